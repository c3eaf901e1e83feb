"""Payments, refunds, discounts and points on a bill; `Idempotency-Key` makes a repeat harmless."""

from typing import Any

from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from clinic.accounts.guards import needs
from clinic.accounts.permissions import Perm
from clinic.shared.api import once
from clinic.shared.errors import Invalid, NotFound
from finance import actions
from finance.api.documents import invoice_for
from finance.api.gifts import card_of
from finance.api.serializers import (
    DiscountInput,
    InvoiceDetail,
    PaymentInput,
    PaymentOutput,
    RedeemInput,
    RefundInput,
    RefundOutput,
)
from finance.models import Invoice, Payment, PaymentMethod

KEY = OpenApiParameter("Idempotency-Key", str, OpenApiParameter.HEADER, description="A repeat gets the first answer.")


@needs(Perm.OWN_VIEW, POST=Perm.PAYMENTS_TAKE)
class Payments(APIView):
    """What was paid on a bill; taking a payment."""

    @extend_schema(responses=PaymentOutput(many=True))
    def get(self, request: Request, pk: int) -> Response:
        invoice = invoice_for(request, pk, Perm.INVOICES_VIEW)
        return Response(PaymentOutput(invoice.payments.order_by("pk"), many=True).data)

    @extend_schema(parameters=[KEY], request=PaymentInput, responses={201: PaymentOutput})
    def post(self, request: Request, pk: int) -> Response:
        """Pay a bill in full or in part; more money than is owed goes to the patient's credit."""
        invoice = invoice_for(request, pk, Perm.PAYMENTS_TAKE)
        data = PaymentInput(data=request.data)
        data.is_valid(raise_exception=True)
        values = data.validated_data
        if values["method"] != PaymentMethod.POINTS and values.get("amount") is None:
            raise Invalid(_("Enter an amount."), field="amount")
        values |= _card(request, values.pop("code", ""))

        def work() -> tuple[int, Any]:
            payment = actions.pay(invoice=invoice, **values, by=request.user)
            return 201, PaymentOutput(payment).data

        return once(request, f"pay:{pk}:{request.user.pk}", work)


@needs(Perm.PAYMENTS_REFUND)
class Refunds(APIView):
    """Money back."""

    @extend_schema(parameters=[KEY], request=RefundInput, responses={201: RefundOutput})
    def post(self, request: Request, pk: int) -> Response:
        """Pay back a payment of this bill, or a part, by the way it came."""
        invoice = invoice_for(request, pk, Perm.PAYMENTS_REFUND)
        data = RefundInput(data=request.data)
        data.is_valid(raise_exception=True)
        values = data.validated_data

        def work() -> tuple[int, Any]:
            row = actions.refund(
                payment=_payment_of(invoice, values.get("payment")),
                amount=values["amount"],
                reason=values["reason"],
                credit=values["credit"],
                by=request.user,
            )
            return 201, RefundOutput(row).data

        return once(request, f"refund:{pk}:{request.user.pk}", work)


@needs(Perm.DISCOUNTS_GIVE)
class Discounts(APIView):
    """Money off an unpaid bill."""

    @extend_schema(parameters=[KEY], request=DiscountInput, responses={201: InvoiceDetail})
    def post(self, request: Request, pk: int) -> Response:
        """Take an amount off what is owed."""
        invoice = invoice_for(request, pk, Perm.DISCOUNTS_GIVE)
        data = DiscountInput(data=request.data)
        data.is_valid(raise_exception=True)

        def work() -> tuple[int, Any]:
            after = actions.give_discount(invoice=invoice, **data.validated_data, by=request.user)
            return 201, InvoiceDetail(after).data

        return once(request, f"discount:{pk}:{request.user.pk}", work)


@needs(Perm.POINTS_REDEEM)
class RedeemPoints(APIView):
    """Paying with points."""

    @extend_schema(parameters=[KEY], request=RedeemInput, responses={201: PaymentOutput})
    def post(self, request: Request, pk: int) -> Response:
        """Use a patient's points on one of her bills, up to the cap."""
        data = RedeemInput(data=request.data)
        data.is_valid(raise_exception=True)
        invoice = invoice_for(request, data.validated_data["invoice"], Perm.POINTS_REDEEM)
        if invoice.patient_id != pk:
            raise NotFound(_("There is no such bill of this patient."), field="invoice")

        def work() -> tuple[int, Any]:
            payment = actions.pay(
                invoice=invoice, method=PaymentMethod.POINTS, points=data.validated_data["points"], by=request.user
            )
            return 201, PaymentOutput(payment).data

        return once(request, f"redeem:{pk}:{request.user.pk}", work)


def _card(request: Request, code: str) -> dict[str, Any]:
    """The gift card of a code, which is looked up outside of what is undone by a refusal: a miss counts."""
    if not code:
        return {}
    card = card_of(request, code)
    return {"gift_card": card, "reference": str(card)}


def _payment_of(invoice: Invoice, pk: int | None) -> Payment:
    """The payment that is meant: the named one, or the only one of which something is left."""
    rows = Payment.objects.filter(invoice=invoice)
    if pk is not None:
        found = rows.filter(pk=pk).first()
        if found is None:
            raise Invalid(_("This bill has no such payment."), field="payment")
        return found
    left = [payment for payment in rows.order_by("pk") if payment.left]
    if len(left) == 1:
        return left[0]
    last = rows.order_by("-pk").first()
    if last is None or left:
        raise Invalid(_("Name the payment that is paid back."), field="payment")
    return last  # everything is paid back already; the action says so
