"""Numbers of letters: without gaps, also when the first ones of a year are issued at the same moment."""

from typing import Any

from emr import actions
from emr.models import Letter
from tests.emr.make import Doctor
from tests.finance.test_races import race
from tests.make import Make


def test_the_first_letters_of_a_year_issued_at_once_are_numbered_in_turn(committed: Any) -> None:
    doctor, make = Doctor(Make()), Make()
    words = {"kind": "letter", "name": "race", "title": "t", "text": "x", "language": "en"}
    template = actions.save_letter_template(by=doctor.user, **words)
    letters = [actions.write_letter(patient=make.patient(), template=template, by=doctor.user) for _n in range(6)]
    done = race(committed, [lambda row=row: actions.issue_letter(letter=row, by=doctor.user) for row in letters])
    assert done == {"ok": 6}
    assert sorted(Letter.objects.values_list("serial", flat=True)) == [1, 2, 3, 4, 5, 6]
