"""The deposit of an appointment: what is asked, taking it, the way to the bank."""

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from clinic.accounts.guards import needs
from clinic.accounts.permissions import Perm
from clinic.shared.api import once
from clinic.shared.errors import NotFound
from clinic.shared.links import absolute
from clinic.shared.tenancy import current_clinic
from finance import actions
from finance.api.fields import Amount
from finance.api.money import KEY
from finance.api.serializers import PaymentOutput
from finance.forms import AT_THE_DESK
from finance.models import PaymentMethod
from finance.queries.deposits import DepositState, deposit_state
from finance.queries.documents import staff_scope
from scheduling.models import Appointment
from scheduling.permissions import visible_appointments


class TakeDeposit(serializers.Serializer):
    """How it is paid; the amount is the deposit's own."""

    method = serializers.ChoiceField(choices=[(m.value, m.label) for m in [*AT_THE_DESK, PaymentMethod.WALLET]])
    tendered = Amount(required=False, allow_null=True)
    reference = serializers.CharField(max_length=60, required=False, allow_blank=True)


class DepositOutput(serializers.Serializer):
    """`status` is empty while nobody has asked for it; `until` is when the time is given away."""

    status = serializers.CharField(allow_blank=True)
    amount = serializers.DecimalField(max_digits=18, decimal_places=2)
    held = serializers.DecimalField(max_digits=18, decimal_places=2)
    used = serializers.DecimalField(max_digits=18, decimal_places=2)
    returned = serializers.DecimalField(max_digits=18, decimal_places=2)
    can_pay = serializers.BooleanField()
    until = serializers.DateTimeField(allow_null=True)


class BankOutput(serializers.Serializer):
    """Where the patient pays."""

    url = serializers.URLField()


@needs(Perm.OWN_VIEW, POST=Perm.PAYMENTS_TAKE)
class Deposits(APIView):
    """An appointment's deposit."""

    @extend_schema(responses=DepositOutput)
    def get(self, request: Request, pk: int) -> Response:
        return Response(_told(_state(visible_appointments(request.user).filter(pk=pk).first())))

    @extend_schema(parameters=[KEY], request=TakeDeposit, responses={201: PaymentOutput})
    def post(self, request: Request, pk: int) -> Response:
        """Take the whole deposit at the desk: with money, or out of the patient's credit."""
        scope = Appointment.objects.filter(staff_scope(request.user, Perm.PAYMENTS_TAKE))
        state = _state(scope.filter(pk=pk).select_related("patient", "branch").first())
        data = TakeDeposit(data=request.data)
        data.is_valid(raise_exception=True)

        def work() -> tuple[int, Any]:
            payment = actions.take_deposit(appointment=state.appointment, **data.validated_data, by=request.user)
            return 201, PaymentOutput(payment).data

        return once(request, f"deposit:{pk}:{request.user.pk}", work)


@needs(Perm.OWN_VIEW)
class DepositsOnline(APIView):
    """Paying it online."""

    @extend_schema(request=None, responses={201: BankOutput})
    def post(self, request: Request, pk: int) -> Response:
        """Begin to pay the deposit at the bank; answers with the address of the bank's page."""
        state = _state(visible_appointments(request.user).filter(pk=pk).first())
        online = actions.start_for_deposit(appointment=state.appointment, by=request.user)
        back = absolute(reverse("finance:online_back", args=[online.token]))
        words = f"{current_clinic().name} · {_('Deposit')}"
        return Response({"url": actions.begin_online(online, callback_url=back, description=words)}, status=201)


def _state(appointment: Appointment | None) -> DepositState:
    state = deposit_state(appointment) if appointment else None
    if state is None:
        raise NotFound(_("No deposit is asked for this appointment."))
    return state


def _told(state: DepositState) -> Any:
    row = state.deposit
    return DepositOutput(
        {
            "status": row.status if row else "",
            "amount": state.amount,
            "held": row.held if row else 0,
            "used": row.used if row else 0,
            "returned": row.returned if row else 0,
            "can_pay": state.can_pay,
            "until": state.until,
        }
    ).data
