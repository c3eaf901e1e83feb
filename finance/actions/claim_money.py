"""What comes of an insurer's answer: its money, and what it does not pay. Locks: claim, bill, payment."""

from decimal import Decimal

from django.db.models import Sum
from django.utils.translation import gettext as _

from clinic.accounts.models import User
from clinic.shared.actions import action
from clinic.shared.errors import Conflict, Invalid
from clinic.shared.money import format_money, quantise
from clinic.shared.notices import tell
from clinic.shared.statuses import move
from clinic.shared.tenancy import current_clinic
from finance.actions.claims import locked_claim
from finance.actions.commissions import follow_commissions
from finance.actions.discounts import give_discount
from finance.actions.invoices import check_amount
from finance.actions.ledger import Entry, post
from finance.actions.refunds import refund
from finance.actions.write_offs import write_off
from finance.models import (
    Account,
    Claim,
    ClaimDifference,
    ClaimLine,
    ClaimPayment,
    ClaimStatusChange,
    DifferenceWay,
    Invoice,
)
from finance.queries.accounts import money_accounts
from finance.queries.claims import received_of
from finance.queries.days import today
from finance.statuses import ANSWERS, CLAIM_MOVES, ClaimStatus


@action
def settle_difference(*, line: ClaimLine, way: str, by: User | None) -> ClaimDifference:
    """Decide on what the insurer does not pay of a line: the patient owes it, gets it as a discount, or it is given up.

    The insurer's payment is taken back by as much; discount or bad debt follow on the bill. Raises Conflict where no
    difference is open.
    """
    if way not in DifferenceWay.values:
        raise Invalid(_("Choose one of the answers."), field="way")
    claim = locked_claim(line.claim)
    line = ClaimLine.objects.select_related("share__payment__invoice").get(pk=line.pk)
    amount = line.difference
    if claim.status not in {*ANSWERS, ClaimStatus.PAID} or amount <= 0:
        raise Conflict(_("No difference is open here."), code="nothing")
    number = len(line.differences.all()) + 1
    token = f"claim-line:{line.pk}:{number}"
    reason = _("Claim %(number)s: %(reason)s") % {"number": claim.number, "reason": line.reason}
    payment = line.share.payment
    refund(payment=payment, amount=amount, reason=reason[:200], credit=False, is_claim=True, form_token=token, by=by)
    bill = line.share.invoice
    if way == DifferenceWay.DISCOUNT:
        give_discount(invoice=bill, amount=amount, reason=reason[:120], form_token=token, by=by)
    elif way == DifferenceWay.WRITE_OFF:
        write_off(invoice=bill, amount=amount, reason=reason, form_token=token, by=by)
    line.settled += amount
    line.save()
    row = ClaimDifference(line=line, way=way, amount=amount, by=by)
    row.save(force_insert=True)
    tell("money", branch=claim.branch_id)
    return row


@action
def receive_claim(
    *,
    claim: Claim,
    amount: Decimal,
    account: Account,
    deducted: Decimal | None = None,
    reference: str = "",
    form_token: str = "",
    by: User | None,
) -> ClaimPayment:
    """Post money of an insurer for a claim into an account where money lies; `deducted` is what it kept for itself.

    Both in the clinic's currency. Repeatable by `form_token`. Raises Invalid at the field, Conflict before the answer.
    """
    claim = locked_claim(claim)
    done = ClaimPayment.objects.filter(form_token=form_token).first() if form_token else None
    if done:
        return done
    if claim.status not in (ClaimStatus.ACCEPTED, ClaimStatus.PARTLY):
        raise Conflict(_("Write down the insurer’s answer first."), code="not_answered")
    check_amount(amount)
    deducted = deducted or Decimal(0)
    if deducted < 0 or deducted != quantise(deducted, current_clinic().currency):
        raise Invalid(_("Write zero or more, in whole units of the currency."), field="deducted")
    if not money_accounts(claim.branch).filter(pk=account.pk).exists():
        raise Invalid(_("Choose one of the accounts where money lies."), field="account")
    accepted = claim.lines.filter(is_live=True).aggregate(sum=Sum("accepted"))["sum"] or Decimal(0)
    left = accepted - received_of(claim)
    if amount + deducted > left:
        said = _("Of what was accepted %(left)s is still to come.")
        raise Invalid(said % {"left": format_money(left)}, field="amount")
    row = ClaimPayment(
        claim=claim, amount=amount, deducted=deducted, account=account, reference=reference.strip()[:60],
        business_date=today(claim.branch), form_token=form_token or None, by=by,
    )  # fmt: skip
    row.save(force_insert=True)
    post(
        kind="claim_paid",
        cause=f"claim-payment:{row.pk}",
        entries=[
            Entry("claim_paid", amount, insurer=claim.insurer, debit=account),
            Entry("claim_deducted", deducted, insurer=claim.insurer),
        ],
        business_date=row.business_date,
        branch=claim.branch,
        memo=f"{claim.insurer.name} · {claim.number}",
        by=by,
    )
    if amount + deducted == left:
        move(claim, ClaimStatus.PAID, moves=CLAIM_MOVES, log=ClaimStatusChange, by=by)
        for bill in Invoice.objects.filter(shares__claim_lines__claim=claim).distinct().order_by("pk"):
            follow_commissions(invoice=bill, cause=f"claim:{claim.pk}", by=by)  # what counts as it comes has come
    tell("money", branch=claim.branch_id)
    return row
