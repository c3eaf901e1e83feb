"""Services under the headings of their categories."""

from django.db.models import Count, Q, QuerySet

from scheduling.models import Service, ServiceCategory


def in_categories(services: QuerySet[Service]) -> list[Service]:
    """Services in the order of their categories, those without one last; one statement, with the categories."""
    rows = services.select_related("category").order_by("pk")
    return sorted(rows, key=_place)


def service_categories() -> list[ServiceCategory]:
    """Every category in its place, with `count`, how many services that are offered it has."""
    offered = Count("services", filter=Q(services__is_active=True))
    return list(ServiceCategory.objects.annotate(count=offered).order_by("position", "pk"))


def _place(service: Service) -> tuple[bool, int, int]:
    category = service.category
    return (category is None, category.position if category else 0, category.pk if category else 0)
