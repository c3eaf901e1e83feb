"""What the tiles of the record are given, each as a JSON array: parts of the chart's one statement."""

from clinic.shared.chart import PATIENTS
from emr.statuses import EncounterStatus

LAST = 4
HERS = f"= ANY({PATIENTS})"

ALLERGIES = f"""
    SELECT json_agg(json_build_array(substance, severity, reaction) ORDER BY id) FROM emr_allergyintolerance
    WHERE patient_id {HERS} AND ended_on IS NULL
"""  # noqa: S608 (our own text)
PROBLEMS = f"""
    SELECT json_agg(json_build_array(title, code) ORDER BY id DESC) FROM emr_condition
    WHERE patient_id {HERS} AND is_problem AND NOT entered_in_error AND ended_on IS NULL
"""  # noqa: S608 (our own text)
MEDICINES = f"""
    SELECT json_agg(json_build_array(m.name, m.dose, m.dosing, m.days, m.is_ongoing, m.created_at)
                    ORDER BY m.created_at DESC)
    FROM emr_medicationrequest m JOIN emr_encounter e ON e.id = m.encounter_id
    WHERE m.patient_id {HERS} AND NOT m.is_cancelled AND m.stopped_on IS NULL
      AND (m.is_ongoing OR m.created_at >= now() - interval '366 days')
      AND e.status <> '{EncounterStatus.ENTERED_IN_ERROR}'
"""  # noqa: S608 (our own text)
VISITS = f"""
    SELECT json_agg(json_build_array(arrived_at, name, id) ORDER BY arrived_at DESC)
    FROM (SELECT v.arrived_at, s.name, v.id FROM emr_encounter e JOIN scheduling_visit v ON v.id = e.visit_id
          JOIN scheduling_service s ON s.id = v.service_id
          WHERE e.patient_id {HERS} AND e.status <> '{EncounterStatus.ENTERED_IN_ERROR}'
          ORDER BY v.arrived_at DESC LIMIT {LAST}) AS newest
"""  # noqa: S608 (our own text)
CONSENTS_GIVEN = f"""
    SELECT json_agg(json_build_array(kind, accepted_at) ORDER BY accepted_at DESC) FROM patients_consent
    WHERE patient_id {HERS} AND withdrawn_at IS NULL
"""  # noqa: S608 (our own text)
