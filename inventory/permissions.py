"""Who may change what a visit used."""

from clinic.accounts.models import User
from clinic.accounts.permissions import Perm
from scheduling.models import Visit


def may_edit_consumption(user: User, visit: Visit) -> bool:
    """Who moves stock in this branch, and the doctor of the visit."""
    if user.can(Perm.STOCK_MOVE, visit.branch_id):
        return True
    return user.can(Perm.RECORD_WRITE, visit.branch_id) and visit.practitioner.user_id == user.pk
