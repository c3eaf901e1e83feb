"""Services, doctors and branches by the names of the other system; for the past they are made where missing."""

from django.utils.translation import gettext as _

from clinic.accounts.models import Branch
from clinic.roof.importing.context import Context
from clinic.roof.importing.errors import RowProblem
from clinic.roof.importing.rows import Row
from clinic.roof.importing.treatment import CONSULTATION
from clinic.roof.importing.values import short
from clinic.shared.text import search_key
from scheduling.models import Practitioner, PractitionerService, Service

USUAL_MINUTES = 30


class Setup:
    """Looks names up once. What is made for the past is not offered to anybody: no doctor is bookable by an import."""

    def __init__(self, context: Context) -> None:
        self._context = context
        self._services = {search_key(s.name): s for s in Service.objects.order_by("-is_active", "-pk")}
        self._services |= {search_key(s.name): s for s in Service.objects.filter(is_active=True)}
        self._doctors = {search_key(p.name): p for p in Practitioner.objects.order_by("is_active", "-pk")}
        self._branches = {search_key(b.name): b for b in Branch.objects.all()}
        self._offers = {
            (o.practitioner_id, o.service_id): o for o in PractitionerService.objects.filter(is_active=True)
        }

    def branch(self, row: Row) -> Branch:
        """The branch a row names, else the one of the import."""
        if not row.branch:
            return self._context.branch
        found = self._branches.get(search_key(row.branch))
        if found is None:
            raise RowProblem(f"branch {short(row.branch)}: the clinic has no branch of this name.")
        return found

    def service(self, row: Row, *, ahead: bool) -> Service:
        """The service of a row."""
        name = row.service or _usual_name(row)
        found = self._services.get(search_key(name))
        if found is None and ahead:
            raise RowProblem(f"service {short(name)}: add this service to the clinic first.")
        if found is None:
            found = Service(name=name, minutes=row.minutes or USUAL_MINUTES, is_online=False, is_active=False)
            found.save()
            self._services[search_key(name)] = found
        return found

    def practitioner(self, row: Row, *, ahead: bool) -> Practitioner:
        """The doctor of a row."""
        name = row.practitioner or _("Imported records")
        found = self._doctors.get(search_key(name))
        if ahead and (found is None or not found.is_active):
            raise RowProblem(f"practitioner {short(row.practitioner)}: add this doctor to the clinic first.")
        if found is None:
            found = Practitioner(name=name, is_active=False)
            found.save()
            self._doctors[search_key(name)] = found
        return found

    def minutes(self, row: Row, practitioner: Practitioner, service: Service) -> int:
        """How long it takes: as the file says, as this doctor takes, as the service takes."""
        offer = self._offers.get((practitioner.pk, service.pk))
        return row.minutes or (offer.minutes if offer else None) or service.minutes

    def price(self, practitioner: Practitioner, service: Service):  # type: ignore[no-untyped-def]  # its type lies in a layer that is loaded later
        """What a booking to come is promised at."""
        offer = self._offers.get((practitioner.pk, service.pk))
        return service.price if offer is None or offer.price is None else offer.price


def _usual_name(row: Row) -> str:
    if row.count is None:
        return _("Imported visit")
    return _("First consultation") if row.count == CONSULTATION else _("Orthodontic maintenance")
