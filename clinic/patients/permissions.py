"""Whose record an account may see or act for."""

from django.db.models import QuerySet

from clinic.accounts.models import User
from clinic.accounts.permissions import Perm
from clinic.patients.models import Patient, PatientAccess


def acts_for(user: User) -> QuerySet[Patient]:
    """The patients for whom an account may book and see bills: herself and her family, in the order they were added."""
    return Patient.objects.filter(access__user=user, access__held_at=None, merged_into=None).order_by("access__pk")


def is_held(user: User) -> bool:
    """Whether an account has to show first that its number has no other owner by now."""
    return PatientAccess.objects.filter(user=user, patient__merged_into=None).exclude(held_at=None).exists()


def may_act_for(user: User, patient: Patient) -> bool:
    """Whether an account may act for this patient without being staff."""
    return acts_for(user).filter(pk=patient.pk).exists()


def visible_to(user: User) -> QuerySet[Patient]:
    """The patients that an account may know of: everybody for staff who may find patients, else her own."""
    if user.can(Perm.PATIENTS_VIEW):
        return Patient.objects.filter(merged_into=None)
    return acts_for(user)
