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
from clinic.shared.errors import Forbidden, Invalid, NotFound
from finance import actions
from finance.api.documents import invoice_for
from finance.api.gifts import card_of
from finance.api.serializers import (
    CreditNoteOutput,
    DiscountInput,
    InvoiceDetail,
    PaymentInput,
    PaymentOutput,
    RedeemInput,
    RefundInput,
    RefundOutput,
    ReturnInput,
)
from finance.models import Invoice, Payment, PaymentMethod
from finance.queries.credits import notes_of
from finance.statuses import DiscountStatus

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


@needs(Perm.OWN_VIEW, POST=Perm.PAYMENTS_REFUND)
class CreditNotes(APIView):
    """What a bill was reduced by; giving lines of it back."""

    @extend_schema(responses=CreditNoteOutput(many=True))
    def get(self, request: Request, pk: int) -> Response:
        invoice = invoice_for(request, pk, Perm.INVOICES_VIEW)
        return Response(CreditNoteOutput(notes_of(invoice), many=True, context={"request": request}).data)

    @extend_schema(parameters=[KEY], request=ReturnInput, responses={201: CreditNoteOutput})
    def post(self, request: Request, pk: int) -> Response:
        """Give lines back, in part or whole: what is owed is lowered first, then money goes back."""
        invoice = invoice_for(request, pk, Perm.PAYMENTS_REFUND)
        data = ReturnInput(data=request.data)
        data.is_valid(raise_exception=True)
        values = data.validated_data
        if values["way"] not in ("", PaymentMethod.WALLET) and not request.user.can(
            Perm.REFUND_CHANNEL, invoice.branch_id
        ):
            raise Forbidden(_("Your role does not include paying back by another channel."), field="way")

        def work() -> tuple[int, Any]:
            lines = [actions.Return(**line) for line in values["lines"]]
            note = actions.return_lines(
                invoice=invoice, lines=lines, reason=values["reason"], way=values["way"], by=request.user
            )
            return 201, CreditNoteOutput(note, context={"request": request}).data

        return once(request, f"credit:{pk}:{request.user.pk}", work)


@needs(Perm.PAYMENTS_TAKE)
class Discounts(APIView):
    """Money off an unpaid bill."""

    @extend_schema(parameters=[KEY], request=DiscountInput, responses={201: InvoiceDetail})
    def post(self, request: Request, pk: int) -> Response:
        """Take an amount off what is owed; above the limit of one's role it waits for approval (202)."""
        invoice = invoice_for(request, pk, Perm.PAYMENTS_TAKE)
        data = DiscountInput(data=request.data)
        data.is_valid(raise_exception=True)

        def work() -> tuple[int, Any]:
            wish = actions.Wish(**data.validated_data)
            row = actions.ask_discount(wish=wish, invoice=invoice, by=request.user)
            after = Invoice.objects.get(pk=invoice.pk)
            return 201 if row.status == DiscountStatus.GIVEN else 202, InvoiceDetail(after).data

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
