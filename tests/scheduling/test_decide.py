"""The pages of policies: deciding at the desk, terms on the site, setting the rules."""

from decimal import Decimal
from typing import Any

import pytest

from scheduling import actions
from scheduling.models import Appointment, BookingRules, MissFee, PolicyAcceptance, PolicyText
from scheduling.queries.policy import agreement_for
from scheduling.statuses import AppointmentStatus as A
from tests.scheduling.test_holds import soon

OF_SERVICE = {
    "cancel_until_hours": "۲۴", "move_limit": "", "late_fee_percent": "20", "no_show_fee_percent": "50", "deposit": "0",
    "who_may_book": "anyone", "requires": "", "min_gap_days": "0", "approve_within_hours": "12",
}  # fmt: skip


@pytest.fixture
def place(make: Any) -> dict[str, Any]:
    service = make.service(needs_approval=True)
    return {"service": service, "practitioner": make.practitioner(service), "branch": make.branch()}


@pytest.fixture
def waiting(make: Any, place: dict[str, Any]) -> Appointment:
    user = make.user()
    return actions.book(hold=actions.hold(**place, starts_at=soon(), by=user), patient=make.patient(), by=user)


def missed(make: Any, **service: Any) -> MissFee:
    given = make.service(cancel_until_hours=96, late_fee_percent=20, **service)
    place = {"service": given, "practitioner": make.practitioner(given), "branch": make.branch()}
    visit = actions.book_direct(**place, patient=make.patient(), starts_at=soon(), by=None)
    return actions.cancel(appointment=visit, by_patient=True, by=None).fee


def text(answer: Any) -> str:
    return answer.content.decode()


# --- the desk ----------------------------------------------------------------------------------------------------


def test_what_waits_is_listed_and_approved_in_one_click(page: Any, waiting: Appointment) -> None:
    desk = page("secretary")
    assert waiting.patient.full_name in text(desk.get("/desk/decide/"))
    assert "/desk/decide/?branch=" in text(desk.get("/desk/decide/sign/"))
    answer = desk.post(f"/desk/decide/{waiting.pk}/approve/")
    assert (
        answer.status_code,
        waiting.patient.full_name in answer["HX-Trigger"].encode().decode("unicode_escape"),
    ) == (
        204,
        True,
    )
    waiting.refresh_from_db()
    assert waiting.status == A.BOOKED
    assert waiting.patient.full_name not in text(desk.get("/desk/decide/"))
    assert "banner" not in text(desk.get("/desk/decide/sign/"))


def test_refusing_asks_for_the_reason(page: Any, waiting: Appointment) -> None:
    desk, url = page("secretary"), f"/desk/decide/{waiting.pk}/reject/"
    assert desk.get(url).status_code == 200
    empty = desk.post(url, {"reason": " "})
    assert empty.status_code == 422
    assert "c-field--error" in text(empty)
    assert desk.post(url, {"reason": "", "ready": "Please call us first."}).status_code == 204
    waiting.refresh_from_db()
    assert (waiting.status, waiting.moves.latest("pk").reason) == (A.CANCELLED, "Please call us first.")
    site = text(page().get(f"/a/{waiting.link_token}/"))
    assert "Please call us first." in site
    assert desk.post(f"/desk/appointments/{waiting.pk}/undo/?of=cancelled").status_code < 400
    waiting.refresh_from_db()
    assert waiting.status == A.PENDING


def test_what_is_typed_goes_before_the_ready_answer(page: Any, waiting: Appointment) -> None:
    answer = {"reason": "پزشک در سفر است", "ready": "Please call us first."}
    assert page("secretary").post(f"/desk/decide/{waiting.pk}/reject/", answer).status_code == 204
    assert waiting.moves.latest("pk").reason == "پزشک در سفر است"


def test_the_panel_approves_too_and_shows_what_was_agreed_to(page: Any, waiting: Appointment) -> None:
    desk = page("secretary")
    shown = text(desk.get(f"/desk/appointments/{waiting.pk}/"))
    assert f"/desk/decide/{waiting.pk}/reject/" in shown
    assert PolicyAcceptance.objects.get(appointment=waiting).text.split("\n")[0] in shown
    assert desk.post(f"/desk/appointments/{waiting.pk}/confirm/").status_code == 302
    waiting.refresh_from_db()
    assert waiting.status == A.BOOKED


def test_another_branch_does_not_decide(make: Any, page: Any, waiting: Appointment) -> None:
    other = make.branch(name="Other")
    stranger = page(make.user("secretary", branch=other))
    fee = missed(make)
    assert stranger.post(f"/desk/decide/{waiting.pk}/approve/").status_code == 404
    assert stranger.post(f"/desk/fees/{fee.pk}/charge/").status_code == 404
    assert page("doctor").post(f"/desk/fees/{fee.pk}/charge/").status_code == 403


def test_a_booking_without_its_deposit(make: Any, page: Any, place: dict[str, Any], waiting: Appointment) -> None:
    place["service"].needs_approval, place["service"].deposit = False, Decimal(50_000)
    place["service"].save()
    user = make.user()
    unpaid = actions.book(hold=actions.hold(**place, starts_at=soon(3), by=user), patient=make.patient(), by=user)
    desk = page("secretary")
    assert f"/desk/decide/{unpaid.pk}/no-deposit/" in text(desk.get("/desk/decide/"))
    assert desk.post(f"/desk/decide/{unpaid.pk}/no-deposit/", {"reason": ""}).status_code == 422
    assert desk.post(f"/desk/decide/{unpaid.pk}/no-deposit/", {"reason": "known"}).status_code == 204
    unpaid.refresh_from_db()
    assert unpaid.status == A.BOOKED


def test_fees_are_charged_changed_and_waived(make: Any, page: Any) -> None:
    desk, first, second, third = page("secretary"), missed(make), missed(make), missed(make)
    listed = text(desk.get("/desk/decide/"))
    assert listed.count("/charge/") == 3
    assert desk.post(f"/desk/fees/{first.pk}/charge/").status_code == 204
    assert desk.get(f"/desk/fees/{second.pk}/").status_code == 200
    refused = desk.post(f"/desk/fees/{second.pk}/", {"amount": "50000", "reason": ""})
    assert refused.status_code == 422
    assert desk.post(f"/desk/fees/{second.pk}/", {"amount": "50000", "reason": "half"}).status_code == 204
    assert desk.post(f"/desk/fees/{third.pk}/waive/", {"reason": ""}).status_code == 422
    assert desk.post(f"/desk/fees/{third.pk}/waive/", {"ready": "Our own mistake"}).status_code == 204
    assert list(MissFee.objects.order_by("pk").values_list("status", "amount")) == [
        ("charged", 100_000),
        ("charged", 50_000),
        ("waived", 100_000),
    ]
    assert desk.post(f"/desk/fees/{third.pk}/reopen/").status_code == 204
    assert MissFee.objects.get(pk=third.pk).status == "due"


def test_the_desk_is_warned_and_goes_on(make: Any, page: Any, place: dict[str, Any]) -> None:
    place["service"].who_may_book = "known"
    place["service"].save()
    at = soon().astimezone()
    sent = {
        "patient": make.patient().pk, "who": "x", "service": place["service"].pk,
        "practitioner": place["practitioner"].pk, "day": f"{at:%Y-%m-%d}", "time": "13:30", "source": "desk",
    }  # fmt: skip
    desk = page("secretary")
    warned = desk.post("/desk/book/", sent)
    assert (warned.status_code, 'name="despite"' in text(warned)) == (422, True)
    assert desk.post("/desk/book/", {**sent, "despite": "1"}).status_code == 204
    assert Appointment.objects.get().status == A.BOOKED


# --- the site ----------------------------------------------------------------------------------------------------


def hold_on_site(client: Any, place: dict[str, Any], starts_at: Any) -> None:
    slot = f"{place['practitioner'].pk}-{place['branch'].pk}-{int(starts_at.timestamp())}"
    assert client.post(f"/book/{place['service'].pk}/take/", {"slot": slot}).status_code == 302


def own(make: Any, page: Any) -> tuple[Any, Any]:
    """A patient with an account, and her browser."""
    from clinic.patients.actions import own_patient_for

    user = make.user()
    patient = own_patient_for(user=user, first_name="سارا", last_name="امینی", by=user)
    return patient, page(user)


def test_the_terms_are_read_before_booking_and_kept(make: Any, page: Any, place: dict[str, Any]) -> None:
    PolicyText(version=1, text_fa="ده دقیقه زودتر بیایید.", text_en="Come ten minutes early.").save()
    patient, client = own(make, page)
    hold_on_site(client, place, soon())
    shown = text(client.get("/book/details/"))
    assert "ده دقیقه زودتر بیایید." in shown
    mark = shown.split('name="agreed" value="')[1].split('"')[0]
    sent = {"patient": patient.pk, "agreed": mark}
    place["service"].late_fee_percent = 30
    place["service"].save()
    changed = client.post("/book/details/", sent)
    assert changed.status_code == 409
    assert not PolicyAcceptance.objects.exists()
    mark = text(changed).split('name="agreed" value="')[1].split('"')[0]
    done = client.post("/book/details/", {**sent, "agreed": mark}, headers={"user-agent": "Phone/1"})
    assert done.status_code == 302
    kept = PolicyAcceptance.objects.get()
    assert (kept.device, kept.ip, kept.policy.version) == ("Phone/1", "127.0.0.1", 1)
    link = text(client.get(done["Location"]))
    assert "c-chip--warn" in link  # waits for approval
    assert "/cancel/" in link
    assert "/confirm/" not in link


def test_keep_or_replace_on_the_site(make: Any, page: Any, place: dict[str, Any]) -> None:
    place["service"].needs_approval, place["service"].min_gap_days = False, 7
    place["service"].save()
    patient, client = own(make, page)
    first = actions.book_direct(**place, patient=patient, starts_at=soon(), by=None)
    hold_on_site(client, place, soon(4))
    asked = client.post("/book/details/", {"patient": patient.pk})
    assert asked.status_code == 409
    assert f'name="replace" value="{first.pk}"' in text(asked)
    assert f"/a/{first.link_token}/" in text(asked)
    done = client.post("/book/details/", {"patient": patient.pk, "replace": first.pk})
    assert done.status_code == 302
    first.refresh_from_db()
    assert (first.status, first.successor.starts_at) == (A.RESCHEDULED, soon(4))


def test_nobody_replaces_a_strangers_visit(make: Any, page: Any, place: dict[str, Any]) -> None:
    place["service"].needs_approval = False
    place["service"].save()
    theirs = actions.book_direct(**place, patient=make.patient(), starts_at=soon(), by=None)
    patient, client = own(make, page)
    hold_on_site(client, place, soon(4))
    client.post("/book/details/", {"patient": patient.pk, "replace": theirs.pk})
    theirs.refresh_from_db()
    assert theirs.status == A.BOOKED
    assert Appointment.objects.get(patient=patient).status == A.BOOKED  # her own booking, beside it


def test_a_rule_is_said_at_its_field(make: Any, page: Any, place: dict[str, Any]) -> None:
    place["service"].who_may_book = "known"
    place["service"].save()
    patient, client = own(make, page)
    hold_on_site(client, place, soon())
    refused = client.post("/book/details/", {"patient": patient.pk})
    assert refused.status_code == 422
    assert 'id="id_patient_error"' in text(refused)
    assert not Appointment.objects.filter(patient=patient).exists()


def test_a_child_is_added_and_booked_on_the_spot(make: Any, page: Any, place: dict[str, Any]) -> None:
    _patient, client = own(make, page)
    hold_on_site(client, place, soon())
    sent = {"patient": "new", "name": "آرش امینی", "relation": "parent"}
    assert client.post("/book/details/", sent).status_code == 302
    child = Appointment.objects.get().patient
    assert child.full_name == "آرش امینی"
    assert child.access.get(user=client.user).relation == "parent"


def test_a_lapsed_request_says_so_to_its_patient(page: Any, waiting: Appointment) -> None:
    from tests.scheduling.test_holds import over

    over(waiting)
    actions.expire_holds(by=None)
    shown = page().get(f"/a/{waiting.link_token}/")
    assert shown.status_code == 200
    assert "/book/" in text(shown)


# --- the API -----------------------------------------------------------------------------------------------------


def test_by_the_api(make: Any, api: Any, place: dict[str, Any]) -> None:
    patient, desk = api(make.user()), api("secretary")
    wanted = {"service": place["service"].pk, "doctor": place["practitioner"].pk, "branch": place["branch"].pk}
    held = patient.post("/api/v1/holds/", {**wanted, "starts_at": soon().isoformat()}, format="json").json()
    assert (
        held["terms"]["mark"] == agreement_for(place["service"], place["service"].price).mark or held["terms"]["text"]
    )
    stale = patient.post("/api/v1/appointments/", {"hold": held["id"], "agreed": "0" * 16}, format="json")
    assert (stale.status_code, "agreed" in stale.json()["errors"]) == (409, True)
    sent = {"hold": held["id"], "agreed": held["terms"]["mark"]}
    booked = patient.post("/api/v1/appointments/", sent, format="json")
    assert (booked.status_code, booked.json()["status"], booked.json()["needs_approval"]) == (201, "pending", True)
    pk = booked.json()["id"]
    assert PolicyAcceptance.objects.get(appointment=pk).ip == "127.0.0.1"
    assert patient.post(f"/api/v1/appointments/{pk}/confirm/").status_code == 403
    assert patient.post(f"/api/v1/appointments/{pk}/reject/", {"reason": "x"}).status_code == 403
    assert desk.post(f"/api/v1/appointments/{pk}/reject/", {"reason": ""}, format="json").status_code == 400
    assert desk.post(f"/api/v1/appointments/{pk}/confirm/").json()["status"] == "booked"
    again = patient.post("/api/v1/holds/", {**wanted, "starts_at": soon(3).isoformat()}, format="json").json()
    second = patient.post("/api/v1/appointments/", {"hold": again["id"]}, format="json").json()["id"]
    refused = desk.post(f"/api/v1/appointments/{second}/reject/", {"reason": "away"}, format="json").json()
    assert (refused["status"], refused["cancelled_by_patient"]) == ("cancelled", False)


# --- set-up ------------------------------------------------------------------------------------------------------


def test_the_policy_of_a_service(make: Any, page: Any, place: dict[str, Any]) -> None:
    service, owner = place["service"], page("owner")
    url = f"/set-up/services/{service.pk}/policy/"
    assert owner.get(url).status_code == 200
    assert owner.post(url, {**OF_SERVICE, "needs_approval": "on"}).status_code == 302
    service.refresh_from_db()
    assert (service.cancel_until_hours, service.late_fee_percent, service.needs_approval) == (24, 20, True)
    assert service.move_limit is None
    for field, value in {
        "late_fee_percent": "101", "deposit": "99999999", "min_gap_days": "9999", "approve_within_hours": "0",
        "move_limit": "-1", "who_may_book": "nobody", "requires": str(service.pk), "cancel_until_hours": "x",
    }.items():  # fmt: skip
        refused = owner.post(url, {**OF_SERVICE, field: value})
        assert refused.status_code == 422, field
        assert f"id_{field}_error" in text(refused), field


def test_services_do_not_wait_for_each_other(make: Any, page: Any, place: dict[str, Any]) -> None:
    first, owner = make.service(requires=place["service"]), page("owner")
    sent = {**OF_SERVICE, "requires": first.pk}
    assert owner.post(f"/set-up/services/{place['service'].pk}/policy/", sent).status_code == 422


def test_the_rules_of_the_clinic_and_the_versions_of_its_words(make: Any, page: Any) -> None:
    owner = page("owner")
    assert owner.get("/set-up/booking-rules/").status_code == 200
    assert owner.post("/set-up/booking-rules/", {"no_show_limit": "۳", "no_show_days": "90"}).status_code == 302
    rules = BookingRules.objects.get()
    assert (rules.no_show_limit, rules.no_show_days) == (3, 90)
    assert owner.post("/set-up/booking-rules/", {"no_show_limit": "900", "no_show_days": "90"}).status_code == 422
    for words in ("یک", "یک", "دو"):
        assert owner.post("/set-up/booking-rules/text/", {"text_fa": words, "text_en": ""}).status_code == 302
    versions = list(PolicyText.objects.order_by("version").values_list("version", "text_fa", "created_by"))
    assert versions == [(1, "یک", owner.user.pk), (2, "دو", owner.user.pk)]
    assert owner.post("/set-up/booking-rules/text/", {"text_fa": " ", "text_en": ""}).status_code == 422
    shown = text(owner.get("/set-up/booking-rules/"))
    assert "یک" in shown
    assert "دو" in shown


def test_a_branch_manager_reads_the_rules_and_does_not_change_them(make: Any, page: Any, place: dict[str, Any]) -> None:
    manager = page(make.user("manager", branch=place["branch"]))
    assert manager.get("/set-up/booking-rules/").status_code == 200
    assert manager.post("/set-up/booking-rules/", {"no_show_limit": "3", "no_show_days": "90"}).status_code in {
        403,
        422,
    }
    assert manager.post("/set-up/booking-rules/text/", {"text_fa": "x", "text_en": ""}).status_code in {403, 422}
    assert not BookingRules.objects.exists()
    assert not PolicyText.objects.exists()
