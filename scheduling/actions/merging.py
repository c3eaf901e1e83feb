"""Cards that become one: her own time in the diary goes with her visits."""

from typing import Any

from clinic.shared.actions import action
from clinic.shared.db.prepared import Statement
from scheduling.actions.occupancy import lock

# Rows of hers that name another card than their visit does. A time that the other card has too stays as an override:
# both visits were promised, and somebody calls her.
_CARRY = Statement("""
    WITH stray AS (
        SELECT o.id, o.interval, 'p:' || a.patient_id AS resource,
               EXISTS (SELECT FROM scheduling_occupancy d WHERE d.appointment_id = a.id AND d.is_override
                       AND d.resource LIKE 'd:%%') AS loose
        FROM scheduling_occupancy o JOIN scheduling_appointment a ON a.id = o.appointment_id
        WHERE o.resource IN (%(one)s, %(other)s) AND o.resource <> 'p:' || a.patient_id)
    UPDATE scheduling_occupancy o SET resource = stray.resource, is_override = stray.loose
        OR EXISTS (SELECT FROM scheduling_occupancy t WHERE t.resource = stray.resource AND NOT t.is_override
                   AND t.interval && stray.interval)
    FROM stray WHERE o.id = stray.id RETURNING o.id
""")


@action
def carry_times(*, one: int, other: int, by: Any) -> int:
    """After the visits of two cards (ids of patients) were put together or told apart; returns how many times moved."""
    for pk in sorted((one, other)):
        lock(f"p:{pk}")
    return len(_CARRY.rows(one=f"p:{one}", other=f"p:{other}"))
