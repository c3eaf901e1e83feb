"""Claims: put together by month, sent, answered line by line, sent again. Locks: claims, claim, bill, payment."""

import datetime as dt
from decimal import Decimal

from django.db.models import Max
from django.utils.translation import gettext as _

from clinic.accounts.models import Branch, User
from clinic.shared.actions import action
from clinic.shared.errors import Conflict, Invalid
from clinic.shared.notices import tell
from clinic.shared.statuses import begin, move
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
    return move_claim(claim, S.RESUBMITTED if again else S.SENT, by, **changes)


@action
def drop_claim(*, claim: Claim, by: User | None) -> Claim:
    """Give up a claim that was not sent; its shares can be claimed anew."""
    claim = move_claim(locked_claim(claim), S.DROPPED, by)
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


def move_claim(claim: Claim, to: str, by: User | None, **changes: object) -> Claim:
    moved = move(claim, to, moves=CLAIM_MOVES, log=ClaimStatusChange, by=by, changes=changes)
    tell("money", branch=claim.branch_id)
    return moved
