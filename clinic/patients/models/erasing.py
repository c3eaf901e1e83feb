"""Erasing a person: who asked, why, and the one statement of the database that may change what is written once.

What is erased is derived from the models: every text in every row that hangs on the patient, however far away, and
the whole history of those rows. Amounts, dates, numbers and statuses stay, so that the books and counts stay right.
"""

from collections.abc import Iterator
from typing import Any

from django.apps import apps
from django.conf import settings
from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from clinic.patients.models.people import Patient
from clinic.shared.audit import History
from clinic.shared.models import Audited

# What the program itself reads, and what documents of the books must keep; none of it says who somebody was.
KEPT = set(
    """status from_status to_status kind language time_zone cause method source price_source currency resource scope
    fingerprint mode number prefix token link_token queue_token public_token form_token authority merchant_id
    provider_id mime version request_id saved_from delivery code_hash held_by public_id""".split()
)
# Lines of bills name what was sold: the books keep them. Who read what is kept as evidence.
KEPT_TABLES = {"finance_invoiceline", "patients_accesslog", "patients_erasure"}

HEAD = """
CREATE OR REPLACE FUNCTION ext.erase_patient(asked bigint) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER AS $erase$
DECLARE cards bigint[]; accounts bigint[];
BEGIN
    SELECT array_agg(p.id) INTO cards FROM patients_erasure e
        JOIN patients_patient p ON p.id = e.patient_id OR p.merged_into_id = e.patient_id
        WHERE e.id = asked AND e.confirmed_at IS NOT NULL AND e.done_at IS NULL;
    IF cards IS NULL THEN
        RAISE EXCEPTION 'nobody confirmed this erasure' USING ERRCODE = 'restrict_violation';
    END IF;
    -- Accounts that act for nobody else and have no role are forgotten with her.
    SELECT array_agg(DISTINCT a.user_id) INTO accounts FROM patients_patientaccess a
        WHERE a.patient_id = ANY(cards)
        AND NOT EXISTS (SELECT FROM patients_patientaccess o WHERE o.user_id = a.user_id AND o.patient_id <> ALL(cards))
        AND NOT EXISTS (SELECT FROM accounts_rolegrant g WHERE g.user_id = a.user_id);
    PERFORM set_config('clinic.maintenance', 'on', true);
    DELETE FROM accounts_historicaluser WHERE id = ANY(accounts);
"""
FOOT = """
    PERFORM set_config('clinic.maintenance', 'off', true);
END $erase$;
"""


def erase_sql() -> list[str]:
    """The function that erases what hangs on the patient of a confirmed erasure."""
    body = []
    found = list(_reached())
    for model, where in found:
        history = _history_table(model)
        if history:
            body.append(f'DELETE FROM "{history}" WHERE id IN (SELECT id FROM "{model._meta.db_table}" WHERE {where});')  # noqa: S608 (names of our own tables)
    for model, where in reversed(found):
        if getattr(model, "erased_whole", False):
            body.append(f'DELETE FROM "{model._meta.db_table}" WHERE {where};')  # noqa: S608 (names of our own tables)
        elif changes := _blank(model):
            body.append(f'UPDATE "{model._meta.db_table}" SET {changes} WHERE {where};')  # noqa: S608 (names of our own tables)
    return [HEAD + "\n".join(f"    {line}" for line in body) + FOOT]


def _reached() -> Iterator[tuple[type[models.Model], str]]:
    """Every model whose rows hang on a patient, nearest first, with the condition that finds its rows."""
    wheres: dict[type[models.Model], str] = {Patient: "id = ANY(cards)"}
    yield Patient, wheres[Patient]
    nearest = [Patient]
    while nearest:
        following = []
        for model in apps.get_models():
            if model in wheres or hasattr(model, "history_id") or not model._meta.managed or model._meta.proxy:
                continue
            ways = [
                f'"{field.column}" IN (SELECT id FROM "{field.related_model._meta.db_table}" '  # noqa: S608 (names of our own tables)
                f"WHERE {wheres[field.related_model]})"
                for field in model._meta.local_concrete_fields
                if field.remote_field is not None and field.related_model in nearest
            ]
            if ways:
                following.append((model, f"({' OR '.join(ways)})"))
        for model, where in following:
            wheres[model] = where
            if model._meta.db_table not in KEPT_TABLES:
                yield model, where
        nearest = [model for model, _where in following]
    for model in apps.get_models():
        if below := getattr(model, "erased_with", ""):
            link: Any = model._meta.get_field(below)
            child, column = link.related_model, link.field.column
            yield model, f'id IN (SELECT "{column}" FROM "{child._meta.db_table}" WHERE {wheres[child]})'  # noqa: S608 (names of our own tables)


def _history_table(model: type[models.Model]) -> str:
    manager = getattr(model._meta, "simple_history_manager_attribute", None)
    return str(getattr(model, manager).model._meta.db_table) if manager else ""


def _blank(model: type[models.Model]) -> str:
    """The columns of one table that are emptied, as the list of an UPDATE."""
    if model is Patient:
        return _blank_patient()
    once = {name for rule in model._meta.constraints for name in getattr(rule, "fields", ())}
    changes = []
    for field in model._meta.local_concrete_fields:
        if hasattr(model, "erased_with") and field.name != "memo":
            continue
        if field.name in KEPT or field.unique or field.primary_key or field.choices:
            continue
        if value := _nothing(field, in_key=field.name in once):
            changes.append(f'"{field.column}" = {value}')
    return ", ".join(changes)


def _nothing(field: models.Field, *, in_key: bool) -> str:
    """What stands in an emptied column; "" for columns that say nothing of a person."""
    if isinstance(field, models.JSONField):
        return "'[]'::jsonb" if field.default is list else "'{}'::jsonb"
    if isinstance(field, models.GenericIPAddressField | models.BinaryField):
        return "NULL" if field.null else ""
    if isinstance(field, models.CharField | models.TextField):
        return "'x' || id" if in_key else "''"
    return ""


def _blank_patient() -> str:
    texts = "phone national_code email address language insurer insurance_number referral_source note search_text"
    empty = [f"\"{name}\" = ''" for name in ("first_name", "external_id", *texts.split())]
    return ", ".join([*empty, "last_name = '#' || id", "birth_date = NULL", "sex = 'unknown'"])


class Erasure(Audited):
    """A person is to be erased: asked for with a reason, confirmed in a second step, then done for good."""

    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="erasures")
    reason = models.CharField(_("reason"), max_length=200)
    asked_at = models.DateTimeField(_("asked for"), db_default=Now())
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    confirmed_at = models.DateTimeField(_("confirmed"), null=True, blank=True)
    confirmed_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    done_at = models.DateTimeField(_("done"), null=True, blank=True)
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    history = History()

    GUARD_SQL = staticmethod(erase_sql)

    class Meta:
        verbose_name = _("erased person")
        verbose_name_plural = _("erased persons")
        constraints = [
            models.UniqueConstraint(
                fields=["patient"], condition=models.Q(done_at=None, withdrawn_at=None), name="one_open_erasure"
            )
        ]
