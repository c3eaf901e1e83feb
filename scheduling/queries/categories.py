"""Services under the headings of their categories."""

from django.db.models import Count, Q, QuerySet

from scheduling.models import Service, ServiceCategory


def in_categories(services: QuerySet[Service], *first: str) -> QuerySet[Service]:
    """Services (by the fields `first`, then) in the order of their categories, those without one last."""
    return services.select_related("category").order_by(*first, "category__position", "category_id", "pk")


def service_categories() -> QuerySet[ServiceCategory]:
    """Every category in its place, with `count`, how many services that are offered it has."""
    offered = Count("services", filter=Q(services__is_active=True))
    return ServiceCategory.objects.annotate(count=offered).order_by("position", "pk")
