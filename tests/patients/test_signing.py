"""Consents signed at the desk: the text of today, strokes of a finger, shown on the card."""

import json

from clinic.accounts.roles import Role
from clinic.patients.models import Consent
from tests.make import Make

HX = {"HX-Request": "true"}
STROKES = [[[40, 120], [120, 40], [180, 150], [260, 60], [420, 140]]]


def test_a_finger_signs_and_the_card_shows_it(make: Make, page) -> None:
    patient, desk = make.patient(), page(Role.SECRETARY)
    base = f"/patients/{patient.pk}/consents/"
    assert f"{base}treatment/sign/" in desk.get(base).content.decode()
    shown = desk.get(f"{base}treatment/sign/", headers=HX).content.decode()
    assert "data-sign" in shown
    answer = desk.post(
        f"{base}treatment/sign/", {"signature": json.dumps(STROKES)}, headers={**HX, "User-Agent": "Tablet 7"}
    )
    assert answer.status_code == 204
    consent = Consent.objects.get()
    assert (consent.signature, consent.kind, consent.device) == (STROKES, "treatment", "Tablet 7")
    assert consent.ip
    card = desk.get(base).content.decode()
    assert "c-signature" in card
    assert f"{base}treatment/sign/" not in card
    desk.post(f"{base}treatment/sign/", {"signature": json.dumps(STROKES)}, headers=HX)
    assert Consent.objects.count() == 1


def test_no_signature_is_refused_where_it_is_missing(make: Make, page) -> None:
    patient, desk = make.patient(), page(Role.SECRETARY)
    address = f"/patients/{patient.pk}/consents/record/sign/"
    for wrong in ({}, {"signature": "[[[1,1],[2,2]]]"}, {"signature": "rubbish"}, {"signature": "[[[9000,1]]]"}):
        answer = desk.post(address, wrong, headers=HX)
        assert answer.status_code == 422
        assert "signature_error" in answer.content.decode()
    assert desk.get(address).content.decode().count("<html") == 1
    assert desk.post(address, {"signed_name": "مینا شریفی"})["Location"] == f"/patients/{patient.pk}/"
    assert Consent.objects.get().signed_name == "مینا شریفی"
    assert desk.get(f"/patients/{patient.pk}/consents/nothing/sign/").status_code == 404
    assert page(Role.DOCTOR).get(address).status_code == 403
