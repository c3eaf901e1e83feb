"""An insurer's share that the patient pays after all: it leaves the claim that is being put together."""

from django.utils.translation import gettext as _

from clinic.shared.errors import Conflict
from finance.models import ClaimLine, Payment, PaymentMethod
from finance.statuses import ClaimStatus


def release_shares(payment: Payment, *, whole: bool, claimed: bool) -> None:
    """Take the shares of a payment out of a claim that was not sent. Raises Conflict where one was, and for a part."""
    if payment.method != PaymentMethod.INSURER or claimed:
        return
    if not whole:
        said = _("What an insurer does not pay goes back by its claim.")
        raise Conflict(said, code="insurer")
    lines = ClaimLine.objects.filter(share__payment=payment, is_live=True).select_related("claim")
    for line in lines.select_for_update(of=("self", "claim")).order_by("pk"):
        if line.claim.status != ClaimStatus.DRAFT:
            said = _("The insurer’s share of this bill stands in claim %(number)s, which was sent.")
            raise Conflict(said % {"number": line.claim.number}, code="claimed")
        line.is_live = False
        line.save()
