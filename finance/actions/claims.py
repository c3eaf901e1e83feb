"""Claims: put together by month, sent, answered line by line, sent again. Locks: claims, claim, bill, payment."""

import datetime as dt
from decimal import Decimal

from django.db.models import Max
from django.utils.translation import gettext as _

from clinic.accounts.models import Branch, User
from clinic.shared.actions import action
from clinic.shared.errors import Conflict, Invalid
from clinic.shared.money import format_money, quantise
from clinic.shared.notices import tell
from clinic.shared.statuses import begin, move
from clinic.shared.tenancy import current_clinic
from clinic.shared.text import normalise
from finance.actions.ledger import take_turn
from finance.models import Claim, ClaimLine, ClaimStatusChange, Insurer
from finance.queries.claims import open_shares
from finance.queries.days import today
from finance.statuses import CLAIM_MOVES, ClaimStatus

S = ClaimStatus
Answers = dict[int, tuple[Decimal, str]]  # line → accepted, reason


@action
def make_claim(*, insurer: Insurer, branch: Branch, first_day: dt.date, last_day: dt.date, by: User | None) -> Claim:
    """Put the open shares of an insurer, of bills of these days, into a claim; into its draft where there is one.

    Raises Conflict where there is nothing to claim, Invalid for days that are none.
    """
    if first_day > last_day:
        raise Invalid(_("The last day is before the first one."), field="last_day")
    take_turn("claim-number")
    shares = list(open_shares(branch, insurer).filter(invoice__business_date__range=(first_day, last_day)))
    days = {"first_day": first_day, "last_day": last_day}
    claim = Claim.objects.filter(insurer=insurer, branch=branch, status=S.DRAFT, **days).first()
    if not shares:
        if claim:
            return claim
        raise Conflict(_("There is nothing to claim for these days any more."), code="nothing")
    if claim is None:
        last = Claim.objects.aggregate(last=Max("number"))["last"] or 0
        claim = Claim(number=last + 1, insurer=insurer, branch=branch, **days)
        begin(claim, log=ClaimStatusChange, by=by)
    for share in shares:
        ClaimLine(claim=claim, share=share, asked=share.amount).save()
    tell("money", branch=branch.pk)
    return claim


@action
def send_claim(*, claim: Claim, reference: str = "", by: User | None) -> Claim:
    """Note that a claim went to the insurer today, the first time or again; what was settled is not asked again.

    Raises Conflict for an empty one, and for one whose differences are all settled.
    """
    claim = locked_claim(claim)
    again = claim.status != S.DRAFT
    lines = list(claim.lines.filter(is_live=True))
    if not lines:
        raise Conflict(_("This claim is empty."), code="empty")
    if again and not any(line.difference for line in lines):
        raise Conflict(_("No difference is open any more."), code="nothing")
    changes = {"sent_on": today(claim.branch), "reference": normalise(reference)[:60] or claim.reference}
    return _move(claim, S.RESUBMITTED if again else S.SENT, by, **changes)


@action
def answer_claim(*, claim: Claim, answers: Answers, by: User | None) -> Claim:
    """Write down what the insurer accepted of each line, and why not all of it; lines not named are accepted in full.

    Sent again, only open differences are answered, and nothing that was accepted is taken back. Raises Invalid at
    `a<line>` for an amount that cannot be and at `r<line>` for a difference without a reason.
    """
    claim = locked_claim(claim)
    if claim.status not in (S.SENT, S.RESUBMITTED):
        raise Conflict(_("This claim waits for no answer."), code="not_sent")
    lines = list(claim.lines.filter(is_live=True).select_for_update().order_by("pk"))
    for line in lines:
        if claim.status == S.RESUBMITTED and not line.difference:
            continue
        _answer(line, *answers.get(line.pk, (line.asked - line.settled, "")))
        line.save()
    accepted = sum((line.accepted or Decimal(0) for line in lines), Decimal(0))
    asked = sum((line.asked for line in lines), Decimal(0))
    return _move(claim, S.ACCEPTED if accepted == asked else S.PARTLY if accepted else S.REJECTED, by)


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


@action
def drop_claim(*, claim: Claim, by: User | None) -> Claim:
    """Give up a claim that was not sent; its shares can be claimed anew."""
    claim = _move(locked_claim(claim), S.DROPPED, by)
    for line in claim.lines.filter(is_live=True):
        line.is_live = False
        line.save()
    return claim


@action
def take_out(*, line: ClaimLine, by: User | None) -> ClaimLine:
    """Leave a share out of a claim that was not sent. Raises Conflict for one that was."""
    claim = locked_claim(line.claim)
    if claim.status != S.DRAFT:
        raise Conflict(_("This claim was sent already."), code="sent")
    line = ClaimLine.objects.select_for_update().get(pk=line.pk)
    line.is_live = False
    line.save()
    tell("money", branch=claim.branch_id)
    return line


def locked_claim(claim: Claim) -> Claim:
    """The claim as it is now, held until the transaction ends."""
    rows = Claim.objects.select_for_update(of=("self",)).select_related("insurer", "branch")
    return rows.get(pk=claim.pk)


def _move(claim: Claim, to: str, by: User | None, **changes: object) -> Claim:
    moved = move(claim, to, moves=CLAIM_MOVES, log=ClaimStatusChange, by=by, changes=changes)
    tell("money", branch=claim.branch_id)
    return moved
