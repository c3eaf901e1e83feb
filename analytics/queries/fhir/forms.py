"""Questionnaire and QuestionnaireResponse: what the clinic asked before a visit, and what she answered."""

from collections.abc import Iterator
from typing import Any

from fhir.resources.R4B.questionnaire import Questionnaire
from fhir.resources.R4B.questionnaireresponse import QuestionnaireResponse
from fhir.resources.R4B.resource import Resource

from analytics.queries import handed
from analytics.queries.fhir.parts import base, ref, said
from emr.models import Intake, IntakeFormVersion
from emr.queries.intake import said as in_words_of
from emr.queries.intake_items import Item, in_words, label_of

ASKS = {
    "section": "display", "card": "string", "text": "string", "long": "text", "yes_no": "boolean", "choice": "choice",
    "several": "choice", "date": "date", "consent": "boolean", "photo": "attachment",
}  # fmt: skip


def forms(cards: list[int]) -> Iterator[Resource]:
    """Each form that she filled, after the version of the questions that it answers."""
    known = set[int]()
    rows = list(handed.intakes(cards))
    sent = {file.pk: file for file in handed.files(cards).filter(intake__in=rows)}
    for row in rows:
        if row.asked_id not in known:
            known.add(row.asked_id)
            yield _questions(row.asked)
        yield _answers(cards, row, set(sent))


def _address(version: IntakeFormVersion) -> str:
    return f"{base()}/Questionnaire/form-{version.pk}"


def _questions(version: IntakeFormVersion) -> Questionnaire:
    return Questionnaire(
        **said(
            id=f"form-{version.pk}",
            url=_address(version),
            version=str(version.number),
            title=version.form.name,
            status="active",
            date=version.created_at,
            item=[_question(item) for item in version.content],
        )
    )


def _question(item: Item) -> dict[str, Any]:
    options = [{"valueString": in_words(each)} for each in item.get("options", [])]
    asked = said(linkId=item["key"], text=label_of(item), type=ASKS[item["kind"]], answerOption=options)
    if item["kind"] == "section":
        return asked
    return asked | {"required": item["required"]} | ({"repeats": True} if item["kind"] in {"several", "photo"} else {})


def _answers(cards: list[int], row: Intake, released: set[int]) -> QuestionnaireResponse:
    answered = [item for item in row.asked.content if item["key"] in row.answers]
    return QuestionnaireResponse(
        **said(
            id=str(row.pk),
            questionnaire=f"{_address(row.asked)}|{row.asked.number}",
            status="completed",
            subject=ref("Patient", cards[0]),
            authored=row.filled_at,
            author=ref("Patient", cards[0]),
            item=[_answer(item, row.answers[item["key"]], released) for item in answered],
        )
    )


def _answer(item: Item, answer: Any, released: set[int]) -> dict[str, Any]:
    """One answer; of photos those that were released to her, by reference to the document."""
    values: list[dict[str, Any]]
    if item["kind"] == "photo":
        values = [{"valueReference": ref("DocumentReference", f"file-{pk}")} for pk in answer if pk in released]
    elif item["kind"] in {"yes_no", "consent"}:
        values = [{"valueBoolean": answer == "yes"}]
    elif item["kind"] == "several":
        values = [{"valueString": in_words(item["options"][each])} for each in answer]
    elif item["kind"] == "date":
        values = [{"valueDate": answer}]
    else:
        values = [{"valueString": in_words_of(item, answer)}]
    return said(linkId=item["key"], text=label_of(item), answer=values)
