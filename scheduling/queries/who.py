"""Whom the desk means by what was typed in one line: a patient who is there already, or somebody new."""

import re
from dataclasses import dataclass, field

from clinic.patients.models import Patient
from clinic.patients.queries import find_patients, holders
from clinic.shared.phones import read_phone
from clinic.shared.text import normalise, search_key

NUMBER = re.compile(r"\+?[\d(][\d\s()\-./]{5,}\d")
SIMILAR = 4


@dataclass
class Who:
    """The patient, where there is no doubt; else the parts of a new one, and those who may be meant."""

    patient: Patient | None = None
    first_name: str = ""
    last_name: str = ""
    phone: str = ""
    similar: list[Patient] = field(default_factory=list)


def read_who(text: str) -> Who:
    """`Sara Ahmadi 0912 345 6789`, in any order and digits. Raises Invalid for a number that cannot be one.

    A patient is taken without asking only where number and name (as far as they were given) are exactly hers and
    nobody else's.
    """
    plain = normalise(text)
    number = NUMBER.search(plain)
    phone = read_phone(number.group(), field="who") if number else ""
    name = " ".join((plain[: number.start()] + " " + plain[number.end() :] if number else plain).split())
    first, _blank, last = name.partition(" ")
    exact = _exact(name, phone)
    if len(exact) == 1:
        return Who(patient=exact[0])
    similar = exact or list(find_patients(name or phone, SIMILAR))
    return Who(first_name=first, last_name=last, phone=phone, similar=similar[:SIMILAR])


def _exact(name: str, phone: str) -> list[Patient]:
    """Whose name and number are just these; what stands on a card that was merged into hers is hers."""
    cards = holders(phone=phone) if phone else [(row, row) for row in find_patients(name, 20)]
    key = search_key(name)
    fit = [pair for pair in cards if not name or key in {search_key(card.full_name) for card in pair}]
    return list(dict.fromkeys(stands for stands, _card in fit))
