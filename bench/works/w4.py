"""W4: finding a patient by a part of the name, of the phone, or by the national code; among ten times as many, too."""

import json
import secrets
from collections.abc import Iterator
from dataclasses import asdict
from urllib.parse import quote

from bench.data import HOST, PEOPLE, World, new_clinic
from bench.load import Connection, Request, request
from bench.sessions import cookies
from bench.stage import Stage, spread

TIMES = 10
TYPED = str.maketrans({"ی": "ي", "ک": "ك"})  # as an Arabic keyboard writes them
# The same people again with other numbers: 450,000 rows are the database's work, not Python's.
COPY = """
    INSERT INTO patients_patient (first_name, last_name, phone, national_code, birth_date, sex, email, address,
        language, insurer, insurance_number, referral_source, note, source, external_id, search_text, created_at)
    SELECT first_name, last_name, '+98' || number, '', birth_date, sex, email, address, language, insurer,
           insurance_number, referral_source, note, source, external_id || '-' || copy,
           left(search_text, position(' 98' IN search_text)) || '98' || number || ' 0' || number, created_at
    FROM (SELECT p.*, copy, (9100000000 + copy * 10000000 + row_number() OVER (ORDER BY p.id))::text AS number
          FROM patients_patient p, generate_series(1, %s) AS copy) AS people
"""


def measure(stage: Stage) -> None:
    """What is typed into the search field of every page; the slowest kind of search counts."""
    report = stage.report
    kept = {}
    for name, world in (("50k", stage.long), ("500k", _crowd(stage))):
        staff = cookies(world)
        results = {}
        for kind, text in _searches(world).items():
            asked = [_search(world, text, cookie) for cookie in staff]
            _status, body = Connection(stage.pages.port).send(asked[0])
            result = stage.one(_turns(asked), expected={200}, count=150)
            result.wrong += body.count(b'role="option"') == 0
            report.detail(f"W4.{kind}.{name}", result, clients=1)
            results[kind] = result
        kept[name] = results
    slowest = max(kept["50k"].values(), key=lambda result: result.ratio)
    ratio = slowest.ratio
    report.add("W4.search50k", slowest.p50, "ms", ratio=ratio, to="H.hello", n=len(slowest.times),
               spread=spread(slowest), goal="<= 9 x hello", met=ratio <= 9)  # fmt: skip
    growth = max(kept["500k"][kind].ratio / kept["50k"][kind].ratio for kind in kept["50k"])
    report.add("W4.growth", growth, "", goal="<= 2 at ten times as many", met=growth <= 2)


def _turns(asked: list[Request]) -> Iterator[list[Request]]:
    while True:
        for each in asked:
            yield [each]


def _search(world: World, text: str, cookie: str) -> Request:
    return request("GET", f"/patients/search/?go=1&q={quote(text)}", world.host, headers={"Cookie": cookie})


def _searches(world: World) -> dict[str, str]:
    """One person, as the desk looks for her; the same in both clinics."""
    from clinic.patients.models import Patient
    from clinic.shared.tenancy import use_clinic

    with use_clinic(world.clinic()):
        found = Patient.objects.exclude(national_code="").order_by("pk")[777]
        part = f"{found.first_name[1:]} {found.last_name[:4]}".translate(TYPED)
        return {
            "name": part,
            "phone": found.phone[-7:],
            "code": found.national_code,
            "common": found.first_name,  # one of fifty has it
            "letters": found.first_name[:2],
        }


def _crowd(stage: Stage) -> World:
    """A clinic with half a million patients."""
    from django.db import connection

    from clinic.shared.tenancy import use_clinic
    from tenants.provisioning import owner_connection

    note = stage.state / "crowd.json"
    if note.exists():
        return World(**json.loads(note.read_text()))
    tag = secrets.token_hex(3)
    world = new_clinic(f"c_crowd_{tag}", f"{tag}.{HOST}", people=PEOPLE, history=0)
    with use_clinic(world.clinic()), connection.cursor() as cursor:
        cursor.execute(COPY, [TIMES - 1])
    with owner_connection() as owner:
        owner.execute(f"SELECT gin_clean_pending_list('{world.schema}.patient_search')")  # as autovacuum does in time
        owner.execute(f"ANALYZE {world.schema}.patients_patient")
    note.write_text(json.dumps(asdict(world)))
    return world
