"""Which open lists a change of the waitlist concerns."""

from clinic.accounts.models import Branch
from clinic.shared.notices import tell
from scheduling.models import WaitlistEntry


def tell_waitlist(entry: WaitlistEntry) -> None:
    """After the commit: the lists of the branch, or of all."""
    branches = (
        [entry.branch_id] if entry.branch_id else Branch.objects.filter(is_active=True).values_list("pk", flat=True)
    )
    for branch in branches:
        tell("waitlist", branch=branch)
