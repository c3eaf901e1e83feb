"""Whose points an account may see."""

from django.db.models import QuerySet

from clinic.accounts.models import User
from clinic.accounts.permissions import Perm
from clinic.patients.models import Patient
from clinic.patients.permissions import acts_for


def statements_open_to(user: User) -> QuerySet[Patient]:
    """All patients for staff who may see points, else those for whom the account acts."""
    return Patient.objects.all() if user.can(Perm.POINTS_VIEW) else acts_for(user)
