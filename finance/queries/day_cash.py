"""The cash of a day: what lay there, what came and went by the documents, what lies there by the books."""

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Q, Sum

from clinic.accounts.models import Branch
from finance.models import (
    CashMove,
    JournalLine,
    MoveKind,
    Payment,
    PaymentMethod,
    Refund,
)
from finance.queries.money import NOTHING


@dataclass(frozen=True)
class CashDay:
    """The branch's cash of a day: opening + in − out is what must be there, drawers and safe together."""

    before: Decimal
    taken: Decimal
    paid_back: Decimal
    put_in: Decimal
    paid_out: Decimal
    to_bank: Decimal
    from_bank: Decimal
    missing: Decimal
    too_much: Decimal
    other: Decimal  # by hand in the books: expenses, transfers
    after: Decimal

    @property
    def adds_up(self) -> bool:
        """Whether the movements lead from the first sum to the last."""
        came = self.taken + self.put_in + self.from_bank + self.too_much
        went = self.paid_back + self.paid_out + self.to_bank + self.missing
        return self.before + came - went + self.other == self.after


def cash_day(branch: Branch, day: dt.date) -> CashDay:
    """Drawers and safe of a branch, from the books; the movements from their documents."""
    codes = [f"1010-{branch.pk}", f"1015-{branch.pk}"]
    books = JournalLine.objects.filter(account__code__in=codes)
    before = books.filter(journal__business_date__lt=day).aggregate(sum=Sum("amount"))["sum"] or NOTHING
    today = books.filter(journal__business_date=day).aggregate(sum=Sum("amount"))["sum"] or NOTHING
    moves = dict(
        CashMove.objects.filter(shift__branch=branch, business_date=day).order_by().values_list("kind").annotate(
            Sum("amount")
        )
    )  # fmt: skip
    cash = Q(method=PaymentMethod.CASH, branch=branch, business_date=day)
    taken = Payment.objects.filter(cash).aggregate(sum=Sum("amount"))["sum"] or NOTHING
    back = Refund.objects.filter(
        method=PaymentMethod.CASH, payment__branch=branch, business_date=day
    ).aggregate(sum=Sum("amount"))["sum"] or NOTHING  # fmt: skip
    named = {kind: moves.get(kind, NOTHING) for kind in MoveKind.values}
    # What the close of a day without shifts has found.
    closing = books.filter(journal__cause=f"day:{branch.pk}:{day}").aggregate(sum=Sum("amount"))["sum"] or NOTHING
    missing, too_much = named["short"] + max(-closing, NOTHING), named["over"] + max(closing, NOTHING)
    by_hand = books.filter(journal__business_date=day).exclude(
        Q(journal__kind__in=["payment", "deposit", "deposit_held", "refund"]) | Q(journal__kind__startswith="cash_")
    )
    return CashDay(
        before=before, taken=taken, paid_back=back, put_in=named["in"], paid_out=named["out"],
        to_bank=named["to_bank"], from_bank=named["from_bank"], missing=missing, too_much=too_much,
        other=by_hand.aggregate(sum=Sum("amount"))["sum"] or NOTHING, after=before + today,
    )  # fmt: skip
