"""What a new clinic finds in its record, and what an old one adds from the lists that we bring along."""

from collections.abc import Callable
from typing import Any

from clinic.accounts.models import User
from clinic.shared.actions import action
from clinic.shared.speaking import speaking
from emr.actions.letter_templates import save_letter_template
from emr.actions.order_items import save_order_item
from emr.actions.outcomes import save_outcome_measure
from emr.actions.safety import import_starter, require_lists
from emr.actions.templates import save_phrase, save_template
from emr.models import LetterTemplate, NoteTemplate, OrderItem, OutcomeMeasure, Phrase
from emr.queries import seeds
from emr.queries.starter_examinations import examinations
from emr.queries.starter_letters import letters, scores


@action
def furnish_record(*, language: str, by: User | None) -> None:
    """Templates, phrases and all lists in the clinic's language, where it has none of its own yet."""
    with speaking(language):
        if not NoteTemplate.objects.exists():
            for values in seeds.templates():
                save_template(by=by, **values)
        if not Phrase.objects.exists():
            for shortcut, text in seeds.phrases():
                save_phrase(shortcut=shortcut, text=text, is_clinics=True, by=by)
        for which in STARTERS:
            add_starter_list(which=which, by=by)
        import_starter(by=by)


@action
def add_starter_list(*, which: str, by: User | None) -> int:
    """Add what practices use most to the list of `which` ("examinations", "letters", "scores"), in the language of
    this request; how many rows are new. What stands there already, in use or not, stays as it is."""
    require_lists(by)
    return STARTERS[which](by)


def _examinations(by: User | None) -> int:
    known = {(row.kind, row.name): row for row in OrderItem.objects.all()}
    before = len(known)
    for values in examinations():
        holds = values.pop("holds", [])
        key = (values["kind"], values["name"])
        if key not in known:
            panel = [known[values["kind"], name] for name in holds]
            known[key] = save_order_item(panel=panel or None, by=by, **values)
    return len(known) - before


def _letters(by: User | None) -> int:
    known = set(LetterTemplate.objects.values_list("name", "language"))
    fresh = [values for values in letters() if (values["name"], values["language"]) not in known]
    return sum(1 for values in fresh if save_letter_template(by=by, **values))


def _scores(by: User | None) -> int:
    known = set(OutcomeMeasure.objects.values_list("name", flat=True))
    fresh: list[dict[str, Any]] = [values for values in scores() if values["name"] not in known]
    return sum(1 for values in fresh if save_outcome_measure(by=by, **values))


STARTERS: dict[str, Callable[[User | None], int]] = {
    "examinations": _examinations, "letters": _letters, "scores": _scores,
}  # fmt: skip
