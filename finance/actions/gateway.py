"""The clinic's own account with the online gateway."""

import re

from django.utils.translation import gettext as _

from clinic.accounts.models import User
from clinic.shared.actions import action
from clinic.shared.errors import Invalid
from finance.models import GatewayAccount

MERCHANT_ID = re.compile(r"[0-9A-Za-z-]{36}\Z")


@action
def save_gateway(*, merchant_id: str, is_on: bool, by: User | None) -> GatewayAccount:
    """Say in whose name patients pay online, and whether they may; payments on their way keep the old name.

    Raises Invalid for a merchant id that cannot be one; empty means the installation's.
    """
    merchant_id = merchant_id.strip()
    if merchant_id and not MERCHANT_ID.match(merchant_id):
        text = _("A merchant id has 36 letters, digits and dashes. Copy it from the gateway’s panel.")
        raise Invalid(text, field="merchant_id")
    row = GatewayAccount.objects.select_for_update().first() or GatewayAccount()
    row.merchant_id, row.is_on = merchant_id, is_on
    row.save()
    return row
