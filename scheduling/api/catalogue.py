"""What can be booked and with whom: open to everybody."""

from typing import Any

from django.db.models import Prefetch, QuerySet
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import generics, serializers

from clinic.accounts.guards import open_to_all
from clinic.accounts.permissions import Perm
from scheduling.api.parameters import number
from scheduling.models import Practitioner, PractitionerService, Service, ServiceCategory
from scheduling.queries.diary import doctors_on_offer, services_on_offer


class CategoryOutput(serializers.ModelSerializer):
    class Meta:
        model = ServiceCategory
        fields = ["id", "name", "name_en"]


class ServiceOutput(serializers.ModelSerializer):
    category = CategoryOutput(allow_null=True, read_only=True)

    class Meta:
        model = Service
        fields = [
            *("id", "name", "name_en", "description", "minutes", "price", "is_online"),
            *("min_notice_minutes", "horizon_days", "cancel_until_hours", "category"),
        ]


class DoctorOutput(serializers.ModelSerializer):
    services = serializers.SerializerMethodField(help_text="ids of the services that this doctor gives")

    class Meta:
        model = Practitioner
        fields = ["id", "name", "name_en", "specialty", "services"]

    def get_services(self, doctor: Practitioner) -> list[int]:
        return [offer.service_id for offer in doctor.offers.all()]


def _sees_all(request: Any) -> bool:
    return bool(request.user.is_authenticated and request.user.can(Perm.DIARY_VIEW))


@open_to_all("what the clinic offers")
@extend_schema(parameters=[OpenApiParameter("doctor", int, description="only what this doctor gives")])
class Services(generics.ListAPIView):
    """The services that can be booked; staff see also those that patients cannot book themselves."""

    serializer_class = ServiceOutput
    queryset = Service.objects.none()

    def get_queryset(self) -> QuerySet[Service]:
        doctor = number(self.request, "doctor")
        rows = services_on_offer(practitioner=doctor, for_staff=_sees_all(self.request))
        return rows.select_related("category").order_by("pk")


@open_to_all("who works here")
@extend_schema(parameters=[OpenApiParameter("service", int, description="only who gives this service")])
class Doctors(generics.ListAPIView):
    """The doctors who see patients."""

    serializer_class = DoctorOutput
    queryset = Practitioner.objects.none()

    def get_queryset(self) -> QuerySet[Practitioner]:
        offers = PractitionerService.objects.filter(is_active=True, service__is_active=True)
        doctors = doctors_on_offer(service=number(self.request, "service"))
        return doctors.prefetch_related(Prefetch("offers", queryset=offers)).order_by("pk")
