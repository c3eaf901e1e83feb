"""Two cards of one person: what was joined, so that it can be told apart again, and who is surely somebody else."""

from django.conf import settings
from django.db import models
from django.db.models.functions import Now
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from clinic.patients.models.people import Patient
from clinic.shared.audit import History
from clinic.shared.models import Audited

# What is frozen follows its patient all the same, but only along a merge that stands.
FOLLOWS = """
CREATE OR REPLACE FUNCTION ext.follows_merge(clinic text, before bigint, after bigint) RETURNS boolean
LANGUAGE plpgsql STABLE AS $$
DECLARE found_one boolean;
BEGIN
    EXECUTE format('SELECT EXISTS (SELECT FROM %I.patients_patientmerge WHERE separated_at IS NULL
                    AND ((source_id, target_id) = ($1, $2) OR (source_id, target_id) = ($2, $1)))', clinic)
        INTO found_one USING before, after;
    RETURN found_one;
END $$;
"""

# A person is erased: only the owner's own function says so, whatever else is written once.
ERASING = """
CREATE OR REPLACE FUNCTION ext.is_erasing(changed oid) RETURNS boolean LANGUAGE sql STABLE AS $$
    SELECT coalesce(current_setting('clinic.maintenance', true), '') = 'on'
       AND current_user = (SELECT pg_get_userbyid(relowner) FROM pg_class WHERE oid = changed)
$$;
"""


class PatientMerge(Audited):
    """One card (`source`) became part of another (`target`), with everything that hung on it.

    `moved` names the rows that went over: {"app.model.field": [ids]}; `before` and `after` hold the details of the
    target that the merge changed. Rows that are written once stay where they are and are read through `merged_into`.
    """

    source = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="merges_away")
    target = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="merges_in")
    merged_at = models.DateTimeField(_("merged"), db_default=Now())
    merged_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    reason = models.CharField(_("reason"), max_length=200, blank=True)
    separable_until = models.DateTimeField()
    moved = models.JSONField(default=dict)
    before = models.JSONField(default=dict)
    after = models.JSONField(default=dict)
    separated_at = models.DateTimeField(_("separated"), null=True, blank=True)
    separated_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    separated_because = models.CharField(max_length=200, blank=True)
    history = History(excluded_fields=["moved", "before", "after"])

    GUARD_SQL = [FOLLOWS, ERASING]
    stays_on_merge = "It tells what was merged into what."

    class Meta:
        verbose_name = _("merged patient")
        verbose_name_plural = _("merged patients")
        constraints = [
            models.CheckConstraint(condition=~models.Q(source=models.F("target")), name="merged_into_another"),
            models.UniqueConstraint(fields=["source"], condition=models.Q(separated_at=None), name="merged_away_once"),
        ]

    @property
    def is_separable(self) -> bool:
        """Whether the time for telling the two apart again has not run out."""
        return self.separated_at is None and timezone.now() <= self.separable_until


class NotTheSame(Audited):
    """Somebody looked at two cards that are alike and said that these are two people. The lower id stands first."""

    first = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="+")
    second = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="+")
    said_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    history = History()

    erased_whole = True
    stays_on_merge = "It speaks of two cards as they were."

    class Meta:
        verbose_name = _("two patients who are not the same")
        verbose_name_plural = _("patients who are not the same")
        constraints = [
            models.UniqueConstraint(fields=["first", "second"], name="told_apart_once"),
            models.CheckConstraint(condition=models.Q(first__lt=models.F("second")), name="told_apart_in_order"),
        ]
