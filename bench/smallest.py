"""The least that a booking with all its rows costs the database: four short questions and one statement that writes.

Who asks, on which conditions, the lock of the doctor, whether the time is taken; then appointment, history, occupancy,
status, acceptance, message, its history and its status; one durable commit. By bare psycopg, a process a client.
"""

import datetime as dt
import multiprocessing
import secrets
import time
from typing import TYPE_CHECKING, Any

from bench.load import CLIENTS

if TYPE_CHECKING:  # hello's own application books by this, too, and has none of our models
    from bench.data import World

WHO = """SELECT u.id, t.is_verified, a.patient_id FROM accounts_token t JOIN accounts_user u ON u.id = t.user_id
    LEFT JOIN patients_patientaccess a ON a.user_id = u.id AND a.relation = 'self'
    WHERE t.key_hash = %s AND t.expires_at > now()"""
WHAT = """SELECT s.minutes, s.price, o.price, h.starts, h.ends FROM scheduling_practitionerservice o
    JOIN scheduling_service s ON s.id = o.service_id JOIN scheduling_workinghours h USING (practitioner_id)
    WHERE o.practitioner_id = %s AND o.service_id = %s AND h.branch_id = %s AND h.weekday = %s"""
LOCK = "SELECT pg_advisory_xact_lock(%s)"
TAKEN = """SELECT 1 FROM scheduling_occupancy
    WHERE resource = %s AND interval && tstzrange(%s, %s) AND NOT is_override"""
_VISIT = """created_at, status, branch_id, service_id, practitioner_id, patient_id, starts_at, ends_at, wall_time,
    time_zone, price, held_by, source, campaign, referred_by, booked_by_id, note, was_late_cancel, override_reason,
    mode, moves_by_patient, deposit, needs_approval, external_id"""
_SMS = """kind, channel, status, recipient, patient_id, appointment_id, language, text, cause, send_after, created_at,
    provider_id, tries, error, sealed"""
_WHO = "'127.0.0.1', 'bench'"
WRITE = f"""
WITH a AS (INSERT INTO scheduling_appointment ({_VISIT}, link_token, intake)
    VALUES (now(), 'booked', %(branch)s, %(service)s, %(doctor)s, %(patient)s, %(since)s, %(until)s, %(since)s,
        'Asia/Tehran', 500000, '', 'site', '{{}}', '', %(user)s, '', false, '', 'in_person', 0, 0, false, '',
        %(link)s, '')
    RETURNING *),
b AS (INSERT INTO scheduling_historicalappointment (id, {_VISIT}, history_date, history_type, history_user_id, ip,
    request_id) SELECT id, {_VISIT}, now(), '+', %(user)s, {_WHO} FROM a),
c AS (INSERT INTO scheduling_occupancy (appointment_id, resource, interval, is_override)
    SELECT id, resource, tstzrange(%(since)s, %(until)s), false FROM a, unnest(%(resources)s::text[]) resource
    ON CONFLICT DO NOTHING RETURNING 1),
d AS (INSERT INTO scheduling_appointmentstatuschange (from_status, to_status, by_id, reason, ip, request_id, subject_id)
    SELECT '', 'booked', %(user)s, '', {_WHO}, id FROM a),
e AS (INSERT INTO scheduling_policyacceptance (appointment_id, text, by_id, ip, device)
    SELECT id, %(text)s, %(user)s, '127.0.0.1', '' FROM a),
f AS (INSERT INTO messaging_message ({_SMS})
    SELECT 'booking_confirmed', 'sms', 'queued', '+989120000000', %(patient)s, id, 'fa', %(text)s,
        'appointment:' || id, now() + interval '10 years', now(), '', 0, '', '' FROM a
    ON CONFLICT DO NOTHING RETURNING *),
g AS (INSERT INTO messaging_historicalmessage (id, {_SMS}, history_date, history_type, history_user_id, ip, request_id)
    SELECT id, {_SMS}, now(), '+', %(user)s, {_WHO} FROM f),
h AS (INSERT INTO messaging_messagestatuschange (from_status, to_status, by_id, reason, ip, request_id, subject_id)
    SELECT '', 'queued', %(user)s, '', {_WHO}, id FROM f)
SELECT count(*) FROM c"""


def bookings(world: "World", each: int = 150) -> float:
    """Bookings a second by eight connections, each with a doctor and a patient of its own."""
    from bench.data import new_patients
    from clinic.accounts.queries import token_hash
    from clinic.shared.tenancy import use_clinic

    with use_clinic(world.clinic()):
        hashes = [token_hash(token) for token in new_patients(world, CLIENTS)]
    context = multiprocessing.get_context("fork")
    start = context.Barrier(CLIENTS + 1)
    processes = [
        context.Process(target=_client, args=(world, world.others[number], hashes[number], each, start))
        for number in range(CLIENTS)
    ]
    for process in processes:
        process.start()
    start.wait()
    began = time.perf_counter()
    for process in processes:
        process.join()
    if any(process.exitcode for process in processes):
        raise SystemExit("The smallest booking failed.")
    return CLIENTS * each / (time.perf_counter() - began)


def _client(world: "World", doctor: int, key: str, count: int, start: Any) -> None:
    from bench.limit import connect

    first = dt.datetime(2100 + secrets.randbelow(5000), 1, 1, tzinfo=dt.UTC)  # a time that nobody else measures in
    with connect(world.schema) as connection:
        book(connection, (world.service, world.branch), doctor, key, first)
        start.wait()
        for number in range(1, count + 1):
            book(connection, (world.service, world.branch), doctor, key, first + dt.timedelta(minutes=30 * number))


def book(connection: Any, offer: tuple[int, int], doctor: int, key: str, since: dt.datetime) -> None:
    """One booking of a time that nobody has, of a service in a branch (`offer`), by the hash of a patient's token."""
    service, branch = offer
    until = since + dt.timedelta(minutes=30)
    with connection.transaction():
        user, _verified, patient = connection.execute(WHO, [key]).fetchone()
        connection.execute(WHAT, [doctor, service, branch, since.weekday()]).fetchall()
        connection.execute(LOCK, [doctor])
        assert connection.execute(TAKEN, [f"d:{doctor}", since, until]).fetchone() is None
        values = {
            "branch": branch, "service": service, "doctor": doctor, "patient": patient, "user": user,
            "since": since, "until": until, "link": secrets.token_urlsafe(24), "text": "t" * 120,
            "resources": [f"d:{doctor}", f"p:{patient}"],
        }  # fmt: skip
        assert connection.execute(WRITE, values).fetchone() == (2,)
