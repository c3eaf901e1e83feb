"""A doctor's stars: diagnoses and drugs that stand at hand."""

from django.utils.translation import gettext as _

from clinic.accounts.models import User
from clinic.accounts.permissions import Perm
from clinic.shared.actions import action
from clinic.shared.errors import Forbidden
from emr.actions.common import locked
from emr.actions.sets import LINE
from emr.models import Condition, FavouriteDiagnosis, FavouriteDrug, MedicationRequest


@action
def toggle_favourite_drug(*, line: MedicationRequest, by: User) -> FavouriteDrug | None:
    """Put a line among the doctor's favourites, or take it away from there."""
    locked(line.encounter, by, Perm.PRESCRIBE)
    found = FavouriteDrug.objects.filter(user=by, name=line.name, dose=line.dose).first()
    if found:
        found.delete()
        return None
    return FavouriteDrug.objects.create(user=by, **{name: getattr(line, name) for name in LINE})


@action
def toggle_favourite_diagnosis(*, condition: Condition, by: User) -> FavouriteDiagnosis | None:
    """Put a diagnosis among the doctor's favourites, or take it away from there."""
    if not by.can(Perm.RECORD_WRITE):
        raise Forbidden(_("Only who may write medical records in this branch can do this."))
    found = FavouriteDiagnosis.objects.filter(user=by, code=condition.code, title=condition.title).first()
    if found:
        found.delete()
        return None
    return FavouriteDiagnosis.objects.create(user=by, code=condition.code, title=condition.title)
