"""What the insurer says of each line of a claim. Locks: the claim."""

from decimal import Decimal

from django.utils.translation import gettext as _

from clinic.accounts.models import User
from clinic.shared.actions import action
from clinic.shared.errors import Conflict, Invalid
from clinic.shared.money import format_money, quantise
from clinic.shared.tenancy import current_clinic
from clinic.shared.text import normalise
from finance.actions.claims import Answers, locked_claim, move_claim
from finance.models import Claim, ClaimLine
from finance.statuses import ClaimStatus


@action
def answer_claim(*, claim: Claim, answers: Answers, by: User | None) -> Claim:
    """Write down what the insurer accepted of each line, and why not all of it; lines not named are accepted in full.

    Sent again, only open differences are answered, and nothing that was accepted is taken back. Raises Invalid at
    `a<line>` for an amount that cannot be and at `r<line>` for a difference without a reason.
    """
    claim = locked_claim(claim)
    if claim.status not in (ClaimStatus.SENT, ClaimStatus.RESUBMITTED):
        raise Conflict(_("This claim waits for no answer."), code="not_sent")
    lines = list(claim.lines.filter(is_live=True).select_for_update().order_by("pk"))
    for line in lines:
        if claim.status == ClaimStatus.RESUBMITTED and not line.difference:
            continue
        _answer(line, *answers.get(line.pk, (line.asked - line.settled, "")))
        line.save()
    accepted = sum((line.accepted or Decimal(0) for line in lines), Decimal(0))
    asked = sum((line.asked for line in lines), Decimal(0))
    return move_claim(
        claim,
        ClaimStatus.ACCEPTED if accepted == asked else ClaimStatus.PARTLY if accepted else ClaimStatus.REJECTED,
        by,
    )


def _answer(line: ClaimLine, accepted: Decimal, reason: str) -> None:
    field, reason = f"a{line.pk}", normalise(reason)[:200]
    if not accepted.is_finite() or accepted < 0 or accepted != quantise(accepted, current_clinic().currency):
        raise Invalid(_("Write zero or more, in whole units of the currency."), field=field)
    most = line.asked - line.settled
    if accepted > most:
        raise Invalid(_("Only %(most)s was asked for.") % {"most": format_money(most)}, field=field)
    if accepted < (line.accepted or 0):
        raise Invalid(_("%(least)s was accepted already.") % {"least": format_money(line.accepted)}, field=field)
    if accepted < most and not reason:
        raise Invalid(_("Write the insurer’s reason."), field=f"r{line.pk}")
    line.accepted, line.reason = accepted, reason
