"""What a question for free times names: its services and the clock of its branch, in one statement."""

from collections.abc import Sequence

from clinic.shared.db.prepared import rows
from scheduling.models import Service

# What free times depend on; anything else of a service is read when somebody asks for it.
_NAMES = (
    *("id", "minutes", "buffer_before", "buffer_after", "is_online", "is_active", "needs_room", "min_notice_minutes"),
    *("horizon_days", "mode", "capacity", "grid_minutes", "starts_per_part"),
)
_ASKED = f"""
    SELECT (SELECT time_zone FROM accounts_branch WHERE id = %(branch)s::bigint), {", ".join(_NAMES)}
    FROM scheduling_service WHERE id = ANY(%(services)s::bigint[])
"""  # noqa: S608 (names of our own columns)


def services_and_zone(services: Sequence[int], branch: int | None) -> tuple[dict[int, Service], str | None]:
    """The services that exist, by number, and the time zone of the branch, None where there is no such branch."""
    found = rows(_ASKED, {"services": list(services), "branch": branch})
    known = [Service.from_db("default", _NAMES, row[1:]) for row in found]
    return {service.pk: service for service in known}, found[0][0] if found else None
