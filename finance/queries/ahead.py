"""What was sold ahead and is not served yet: the debt by its documents, beside the same debt by the books."""

from dataclasses import dataclass
from decimal import Decimal

from django.db.models import QuerySet, Sum
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from finance.models import GiftCard, JournalLine, Package, PackageItem
from finance.postings import CHART
from finance.queries.memberships import owed_for_memberships
from finance.queries.money import NOTHING


@dataclass(frozen=True)
class OwedAhead:
    """One kind of debt: what its documents say, what its account says."""

    name: str
    label: str | Promise
    count: int
    documents: Decimal
    books: Decimal

    @property
    def agrees(self) -> bool:
        """Whether both say the same, as they must."""
        return self.documents == self.books


def owed_ahead() -> list[OwedAhead]:
    """The debt of every kind."""
    items = PackageItem.objects.filter(left__gt=0)
    owed = items.aggregate(sum=Sum("value_left"))["sum"] or NOTHING
    count = items.values("package").distinct().count()
    cards = GiftCard.objects.filter(balance__gt=0)
    on_cards = cards.aggregate(sum=Sum("balance"))["sum"] or NOTHING
    return [
        OwedAhead("packages", _("Packages"), count, owed, in_books("packages")),
        OwedAhead("gifts", _("Gift cards"), cards.count(), on_cards, in_books("gifts")),
        OwedAhead("memberships", _("Memberships"), *owed_for_memberships(), in_books("memberships")),
    ]


def in_books(key: str) -> Decimal:
    """What an account of debts holds; above zero is owed by the clinic."""
    lines = JournalLine.objects.filter(account__code=CHART[key].code)
    return -(lines.aggregate(sum=Sum("amount"))["sum"] or NOTHING)


def owing_packages() -> QuerySet[Package]:
    """The packages of which something is left, those that end first at the top."""
    rows = Package.objects.filter(items__left__gt=0).distinct().select_related("patient", "branch", "invoice")
    sums = rows.annotate(owed=Sum("items__value_left"), sessions=Sum("items__left"), bought=Sum("items__count"))
    return sums.order_by("valid_until", "pk")


def owing_cards() -> QuerySet[GiftCard]:
    """The gift cards on which something is left, those that end first at the top."""
    rows = GiftCard.objects.filter(balance__gt=0).select_related("buyer", "branch", "invoice")
    return rows.order_by("valid_until", "pk")


def any_cards() -> bool:
    """Whether somebody could pay with a gift card."""
    return GiftCard.objects.filter(balance__gt=0).exists()
