"""What can be asked of money when a group of patients is put together."""

from django.db.models import F, Q, Sum
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from clinic.accounts.permissions import Perm
from clinic.shared.segments import MONEY, Asked, Way, condition
from finance.models import JournalLine, Payment
from finance.queries.money import REAL

MONEY_OF = _("Money")
OWN_ACCOUNTS = ("1100", "2010")  # what patients owe, and what lies with the clinic for them


@condition(
    "balance",
    label=_("Balance"),
    group=MONEY_OF,
    permission=Perm.INVOICES_VIEW,
    order=60,
    ways=(
        Way("owes", _("owes more than"), _("owe more than %(what)s"), MONEY),
        Way("credit", _("has credit of more than"), _("have more than %(what)s of credit"), MONEY),
        Way("even", _("owes nothing"), _("owe nothing")),
    ),
)
def balance(asked: Asked) -> Q:
    """By the books, as on the card; rows of cards that were merged into a patient's count as hers."""
    lines = JournalLine.objects.filter(account__code__in=OWN_ACCOUNTS, patient__isnull=False)
    whose = lines.annotate(whose=Coalesce("patient__merged_into", "patient")).values("whose")
    sums = whose.annotate(sum=Sum("amount")).order_by()
    if asked.way == "owes":
        return Q(pk__in=sums.filter(sum__gt=asked.number).values("whose"))
    if asked.way == "credit":
        return Q(pk__in=sums.filter(sum__lt=-asked.number).values("whose"))
    return ~Q(pk__in=sums.filter(sum__gt=0).values("whose"))


@condition(
    "paid",
    label=_("Paid in all"),
    group=MONEY_OF,
    permission=Perm.INVOICES_VIEW,
    order=61,
    ways=(
        Way("at_least", _("at least"), _("paid at least %(what)s in all"), MONEY),
        Way("below", _("less than"), _("paid less than %(what)s in all"), MONEY),
    ),
)
def paid(asked: Asked) -> Q:
    """Money that came on bills and was not paid back; neither credit nor points."""
    rows = Payment.objects.filter(REAL, invoice__isnull=False).values("patient").order_by()
    much = rows.annotate(sum=Sum(F("amount") - F("refunded"))).filter(sum__gte=asked.number)
    found = Q(pk__in=much.values("patient"))
    if asked.way == "below":
        return ~found
    return found if asked.number else ~Q(pk__in=[])
