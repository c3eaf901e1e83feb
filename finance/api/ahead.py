"""Packages, gift cards and memberships by API: the same actions as the pages."""

from collections.abc import Callable
from typing import Any

from django.db.models import Model, Q, QuerySet
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import mixins, serializers, viewsets
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from clinic.accounts.guards import needs
from clinic.accounts.models import Branch
from clinic.accounts.permissions import Perm
from clinic.accounts.queries import chosen_branch
from clinic.shared.api import once
from clinic.shared.errors import Forbidden
from finance import actions
from finance.api import ahead_shapes as shapes
from finance.api.documents import number
from finance.models import Membership, MembershipPlan, Package, PackageKind
from finance.queries.documents import staff_scope
from finance.queries.memberships import plans
from finance.queries.packages import package_kinds

KEY = OpenApiParameter("Idempotency-Key", str, OpenApiParameter.HEADER, description="A repeat gets the first answer.")
FILTERS = [OpenApiParameter("patient", int), OpenApiParameter("status", str)]


def seen_by(user: Any, owner: str = "patient") -> Q:
    """What is sold ahead and may be seen: staff see what their branches sold, patients their own."""
    own = Q(**{f"{owner}__access__user": user, f"{owner}__access__held_at": None})
    return staff_scope(user, Perm.INVOICES_VIEW) | own


def branch_for(request: Request, values: dict[str, Any]) -> Branch:
    """The branch that sells: the one named, or the only one."""
    branch = values.pop("branch", None)
    return chosen_branch(request.user, Perm.PAYMENTS_TAKE, branch.pk if branch else None)


def checked(serializer: type[serializers.Serializer], request: Request) -> dict[str, Any]:
    """What was sent."""
    data = serializer(data=request.data)
    data.is_valid(raise_exception=True)
    return dict(data.validated_data)


class Sold(mixins.ListModelMixin, mixins.RetrieveModelMixin, viewsets.GenericViewSet):
    """What both kinds of sold things share: who sees which, and doing one thing once."""

    model: Any = None
    owner = "patient"
    inside: tuple[str, ...] = ()

    def get_queryset(self) -> QuerySet[Any]:
        rows = (
            self.model.objects.filter(seen_by(self.request.user, self.owner)).distinct().prefetch_related(*self.inside)
        )
        if patient := self.request.query_params.get("patient"):
            rows = rows.filter(**{self.owner: number("patient", patient)})
        if status := self.request.query_params.get("status"):
            rows = rows.filter(status=status)
        return rows.order_by("-pk")

    def mine(self, pk: int, permission: Perm) -> Any:
        """The one on which somebody may do this, else 404."""
        return get_object_or_404(self.model.objects.filter(staff_scope(self.request.user, permission)), pk=pk)

    def done(self, scope: str, work: Callable[[], Model], code: int = 200) -> Response:
        """Do it once per key, and answer how it stands then."""

        def answer() -> tuple[int, Any]:
            row = self.model.objects.get(pk=work().pk)
            return code, self.get_serializer_class()(row).data

        return once(self.request, f"{scope}:{self.request.user.pk}", answer)


@needs(Perm.PAYMENTS_TAKE)
class PackageKinds(mixins.ListModelMixin, viewsets.GenericViewSet):
    """The packages that the clinic offers."""

    queryset = PackageKind.objects.none()
    serializer_class = shapes.KindOutput

    def get_queryset(self) -> QuerySet[PackageKind]:
        return package_kinds()


@needs(Perm.PAYMENTS_TAKE)
class MembershipPlans(mixins.ListModelMixin, viewsets.GenericViewSet):
    """The memberships that the clinic offers."""

    queryset = MembershipPlan.objects.none()
    serializer_class = shapes.MembershipPlanOutput

    def get_queryset(self) -> QuerySet[MembershipPlan]:
        return plans()


@needs(
    Perm.OWN_VIEW,
    create=Perm.PAYMENTS_TAKE,
    freeze=Perm.PAYMENTS_TAKE,
    unfreeze=Perm.PAYMENTS_TAKE,
    extend=Perm.INVOICES_ISSUE,
    transfer=Perm.INVOICES_ISSUE,
    refund=Perm.PAYMENTS_REFUND,
)
class Packages(Sold):
    """Packages that were sold: those of one's branches for staff, one's own for patients."""

    model, queryset = Package, Package.objects.none()
    serializer_class = shapes.PackageOutput
    inside = ("items",)

    @extend_schema(parameters=FILTERS)
    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """With what is left of each."""
        return super().list(request, *args, **kwargs)

    @extend_schema(parameters=[KEY], request=shapes.SellPackageInput, responses={201: shapes.PackageOutput})
    def create(self, request: Request) -> Response:
        """Sell one; its bill is paid as every bill."""
        values = checked(shapes.SellPackageInput, request)
        branch = branch_for(request, values)
        if values.get("discount") and not request.user.can(Perm.DISCOUNTS_GIVE, branch.pk):
            raise Forbidden(_("Your role does not include discounts."), field="discount")
        return self.done("package", lambda: actions.sell_package(branch=branch, **values, by=request.user), 201)

    @extend_schema(parameters=[KEY], request=None, responses=shapes.PackageOutput)
    @action(detail=True, methods=["post"])
    def freeze(self, request: Request, pk: int) -> Response:
        """Stop its time."""
        row = self.mine(pk, Perm.PAYMENTS_TAKE)
        return self.done(f"package-freeze:{pk}", lambda: actions.freeze_package(package=row, by=request.user))

    @extend_schema(parameters=[KEY], request=None, responses=shapes.PackageOutput)
    @action(detail=True, methods=["post"])
    def unfreeze(self, request: Request, pk: int) -> Response:
        """Let its time run again."""
        row = self.mine(pk, Perm.PAYMENTS_TAKE)
        return self.done(f"package-unfreeze:{pk}", lambda: actions.unfreeze_package(package=row, by=request.user))

    @extend_schema(parameters=[KEY], request=shapes.ExtendInput, responses=shapes.PackageOutput)
    @action(detail=True, methods=["post"])
    def extend(self, request: Request, pk: int) -> Response:
        """Move its last day later."""
        row, values = self.mine(pk, Perm.INVOICES_ISSUE), checked(shapes.ExtendInput, request)
        return self.done(f"package-extend:{pk}", lambda: actions.extend_package(package=row, **values, by=request.user))

    @extend_schema(parameters=[KEY], request=shapes.PackageTransferInput, responses=shapes.PackageOutput)
    @action(detail=True, methods=["post"])
    def transfer(self, request: Request, pk: int) -> Response:
        """Give what is left to another patient."""
        row, values = self.mine(pk, Perm.INVOICES_ISSUE), checked(shapes.PackageTransferInput, request)
        return self.done(f"package-give:{pk}", lambda: actions.transfer_package(package=row, **values, by=request.user))

    @extend_schema(parameters=[KEY], request=shapes.TakeBackInput, responses=shapes.PackageOutput)
    @action(detail=True, methods=["post"])
    def refund(self, request: Request, pk: int) -> Response:
        """Take back what was not used."""
        row, values = self.mine(pk, Perm.PAYMENTS_REFUND), checked(shapes.TakeBackInput, request)
        return self.done(f"package-refund:{pk}", lambda: actions.refund_package(package=row, **values, by=request.user))


@needs(
    Perm.OWN_VIEW,
    create=Perm.PAYMENTS_TAKE,
    freeze=Perm.PAYMENTS_TAKE,
    unfreeze=Perm.PAYMENTS_TAKE,
    renewal=Perm.PAYMENTS_TAKE,
    cancel=Perm.PAYMENTS_REFUND,
)
class Memberships(Sold):
    """Memberships with their periods: those of one's branches for staff, one's own for patients."""

    model, queryset = Membership, Membership.objects.none()
    serializer_class = shapes.MembershipOutput
    inside = ("periods__rights",)

    @extend_schema(parameters=FILTERS)
    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """With what is left of each period."""
        return super().list(request, *args, **kwargs)

    @extend_schema(parameters=[KEY], request=shapes.MembershipInput, responses={201: shapes.MembershipOutput})
    def create(self, request: Request) -> Response:
        """Begin one; it counts once the bill of its first period is paid."""
        values = checked(shapes.MembershipInput, request)
        branch = branch_for(request, values)
        return self.done("membership", lambda: actions.begin_membership(branch=branch, **values, by=request.user), 201)

    @extend_schema(parameters=[KEY], request=None, responses=shapes.MembershipOutput)
    @action(detail=True, methods=["post"])
    def freeze(self, request: Request, pk: int) -> Response:
        """Stop it."""
        row = self.mine(pk, Perm.PAYMENTS_TAKE)
        return self.done(f"member-freeze:{pk}", lambda: actions.freeze_membership(membership=row, by=request.user))

    @extend_schema(parameters=[KEY], request=None, responses=shapes.MembershipOutput)
    @action(detail=True, methods=["post"])
    def unfreeze(self, request: Request, pk: int) -> Response:
        """Let it go on."""
        row = self.mine(pk, Perm.PAYMENTS_TAKE)
        return self.done(f"member-unfreeze:{pk}", lambda: actions.unfreeze_membership(membership=row, by=request.user))

    @extend_schema(parameters=[KEY], request=shapes.RenewalInput, responses=shapes.MembershipOutput)
    @action(detail=True, methods=["post"])
    def renewal(self, request: Request, pk: int) -> Response:
        """Renew it at its end, or let it end."""
        row, values = self.mine(pk, Perm.PAYMENTS_TAKE), checked(shapes.RenewalInput, request)
        return self.done(f"member-renew:{pk}", lambda: actions.set_renewal(membership=row, **values, by=request.user))

    @extend_schema(parameters=[KEY], request=shapes.TakeBackInput, responses=shapes.MembershipOutput)
    @action(detail=True, methods=["post"])
    def cancel(self, request: Request, pk: int) -> Response:
        """End it today and pay back the days that have not passed."""
        row, values = self.mine(pk, Perm.PAYMENTS_REFUND), checked(shapes.TakeBackInput, request)
        return self.done(
            f"member-cancel:{pk}", lambda: actions.cancel_membership(membership=row, **values, by=request.user)
        )
