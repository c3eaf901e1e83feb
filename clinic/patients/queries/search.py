"""Who fits what is typed into the search field of every page: a few best ones, however many fit and are registered.

A name that thousands have is neither read nor sorted as a whole. The trigram index finds who fits; the first hundred of
them are ranked. Where there are more, those whose name is just what was typed are read as well, by an index of their
own, and those with words that begin so, where too few of these stand among the hundred.
"""

from functools import cache
from typing import Any, NamedTuple

from clinic.patients.queries.people import FILE_DIGITS, SHORT, words_of
from clinic.shared.db.prepared import Statement

MOST = 100  # who fits and is ranked
LAST = "\U0010ffff"  # no letter stands behind it
_ROW = "p.id, p.first_name, p.last_name, p.phone, p.national_code, p.search_text"
_OF = "FROM patients_patient p WHERE p.merged_into_id IS NULL AND"
# `fits` and `few` are planned each by itself, so that a limit never tempts the planner to read the table in its order.
_SEARCH = """
    WITH fits AS MATERIALIZED (SELECT {row} {of} {parts}),
    few AS MATERIALIZED (SELECT *, {begins} AS begins FROM fits p LIMIT {most}),
    known AS MATERIALIZED (
        SELECT count(*) = {most} AS more, count(*) FILTER (WHERE begins) < %(limit)s::int AS unlike FROM few),
    begun AS MATERIALIZED (SELECT {row} {of} (SELECT more AND unlike AND %(long)s::boolean FROM known) AND {begins}),
    found AS (
        SELECT {row} FROM few p
        UNION (SELECT * FROM begun LIMIT {most})
        UNION (SELECT {row} {of} (SELECT more FROM known) AND p.search_text ~>=~ %(whole)s::text
                  AND p.search_text ~<~ %(until)s::text ORDER BY p.search_text USING ~<~ LIMIT %(limit)s::int)
        UNION SELECT {row} {of} p.national_code = %(code)s::text AND (SELECT more FROM known)
        UNION SELECT {row} {of} p.id = %(file)s::bigint)
    SELECT p.id, trim(concat(p.first_name, ' ', p.last_name)), p.phone, p.national_code FROM found p
    ORDER BY CASE WHEN starts_with(p.search_text, %(whole)s) OR p.national_code = %(code)s OR p.id = %(file)s THEN 0
                  WHEN {begins} THEN 1 ELSE 2 END,
             ext.fa_key(p.last_name) COLLATE "C", ext.fa_key(p.first_name) COLLATE "C", p.id
    LIMIT %(limit)s::int
"""


class Found(NamedTuple):
    """What a line of the search says of a patient."""

    pk: int
    full_name: str
    phone: str
    national_code: str


def search_patients(text: str, limit: int) -> list[Found]:
    """The best of those whose name, phone or national code holds every word of the text; none for an empty text.

    Like `find_patients`, but at most `limit` of them, and in about the same time among ten times as many patients.
    """
    words = words_of(text)
    if not words:
        return []
    return [Found(*row) for row in _statement(len(words)).rows(**values_of(words, limit))]


def values_of(words: list[str], limit: int) -> dict[str, Any]:
    """The values of the statement for words as `words_of` gives them."""
    first = words[0]
    is_file = len(words) == 1 and first.isascii() and first.isdigit() and len(first) <= FILE_DIGITS
    whole = f" {' '.join(words)} "
    values: dict[str, Any] = {
        "whole": whole,
        "until": whole + LAST,
        "code": first,
        "file": int(first) if is_file else 0,
        "long": any(len(word) >= SHORT for word in words),
        "limit": limit,
    }
    for number, word in enumerate(_plain(word) for word in words):
        values[f"part{number}"] = f"% {word}%" if len(words[number]) < SHORT else f"%{word}%"
        values[f"begin{number}"] = f"% {word}%"
    return values


def _plain(word: str) -> str:
    """The word for LIKE, whose own signs are letters like others here."""
    return word.replace("\\", r"\\").replace("%", r"\%").replace("_", r"\_")


@cache
def _statement(words: int) -> Statement:
    parts, begins = (
        " AND ".join(f"p.search_text LIKE %({name}{number})s" for number in range(words)) for name in ("part", "begin")
    )
    return Statement(_SEARCH.format(row=_ROW, of=_OF, most=MOST, parts=parts, begins=begins))
