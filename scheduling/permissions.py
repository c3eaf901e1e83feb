"""Whose appointments an account may see and change."""

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from clinic.accounts.models import User
from clinic.accounts.permissions import Perm
from clinic.patients.permissions import acts_for
from clinic.shared.errors import NotFound
from scheduling.models import Appointment


def visible_appointments(user: User) -> QuerySet[Appointment]:
    """Everything in the branches whose diary the account may see, and what belongs to her and her family."""
    own = Q(patient__in=acts_for(user).values("pk"))
    if not user.can(Perm.DIARY_VIEW):
        return Appointment.objects.filter(own)
    branches = user.rights.branches(Perm.DIARY_VIEW)
    return Appointment.objects.all() if branches is None else Appointment.objects.filter(Q(branch__in=branches) | own)


def is_desk(user: User, appointment: Appointment) -> bool:
    """Whether the account changes this appointment as staff."""
    return user.can(Perm.DIARY_BOOK, appointment.branch_id)


def is_own(user: User, appointment: Appointment) -> bool:
    """Whether the appointment is hers or her family's."""
    return appointment.patient_id is not None and acts_for(user).filter(pk=appointment.patient_id).exists()


def check_may_change(user: User, appointment: Appointment) -> None:
    """Raises NotFound for whoever is neither staff of the branch nor acts for the patient."""
    if not is_desk(user, appointment) and not is_own(user, appointment):
        raise NotFound(_("There is no such appointment for you."))
