"""How a branch runs its waiting room."""

from clinic.accounts.models import Branch
from scheduling.models import FloorRules


def rules_of(branch: Branch | int) -> FloorRules:
    """The rules of a branch: its own row, or the defaults (not yet saved) where nobody changed any."""
    pk = branch if isinstance(branch, int) else branch.pk
    return FloorRules.objects.filter(branch=pk).first() or FloorRules(branch_id=pk)
