"""Lines are given back by numbered credit notes; money leaves by the channel that it came through, never more."""

from decimal import Decimal
from typing import Any

import pytest
from django.test import Client

from clinic.accounts.roles import Role
from clinic.shared.errors import Conflict, Invalid
from finance import actions, queries
from finance.models import CreditNote, FollowUpWindow, Invoice, JournalLine, Payment, Refund
from finance.queries.credits import left_of
from finance.statuses import InvoiceStatus
from tests.finance import make as money

D = Decimal
HX = {"HX-Request": "true"}


def bill(*amounts: int, quantity: int = 1) -> Invoice:
    """An issued bill with a line for each amount (of one piece), by a doctor."""
    service = money.make.service()
    doctor = money.make.practitioner(service, hours=False)
    lines = [
        actions.Draft(f"ردیف {place}", D(amount), "manual", D(quantity), service=service, practitioner=doctor)
        for place, amount in enumerate(amounts)
    ]
    return actions.issue_invoice(
        patient=money.make.patient(), branch=money.make.branch(), lines=lines,
        cause=f"manual:{Invoice.objects.count()}", by=None,
    )  # fmt: skip


def give_back(invoice: Invoice, place: int, amount: int, **more: Any) -> CreditNote:
    line = invoice.lines.order_by("pk")[place]
    return actions.return_lines(
        invoice=invoice, lines=[actions.Return(line.pk, D(amount))], reason="پس", by=None, **more
    )


def test_a_line_goes_back_with_its_money() -> None:
    invoice = bill(300_000, 200_000)
    money.pay(invoice, 500_000, "card")
    note = give_back(invoice, 1, 200_000)
    invoice.refresh_from_db()
    assert (note.number, note.amount, invoice.credited, invoice.paid, invoice.due) == (1, 200_000, 200_000, 300_000, 0)
    assert invoice.status == InvoiceStatus.BALANCED
    refund = note.refunds.get()
    assert (refund.method, refund.amount) == ("card", 200_000)
    assert money.books() == {"1020": 300_000, "4010": -500_000, "4920": 200_000, "2020": -3000, "4930": 3000}
    line = JournalLine.objects.get(account__code="4920")
    assert None not in (line.practitioner_id, line.service_id)  # so that the doctor's revenue is what is left of it
    assert [int(row.amount) for row in left_of(invoice)] == [300_000, 0]


def test_what_is_owed_is_lowered_before_money_goes_back() -> None:
    invoice = bill(300_000, 200_000)
    money.pay(invoice, 400_000)
    note = give_back(invoice, 0, 150_000)
    invoice.refresh_from_db()
    assert [(row.method, row.amount) for row in note.refunds.all()] == [("cash", 50_000)]
    assert (invoice.paid, invoice.due) == (350_000, 0)


def test_never_more_than_the_line_or_the_bill_has_left() -> None:
    invoice = bill(300_000, 200_000)
    money.pay(invoice, 500_000)
    with pytest.raises(Invalid, match="200,000"):
        give_back(invoice, 1, 200_001)
    give_back(invoice, 1, 150_000)
    with pytest.raises(Invalid, match="50,000"):
        give_back(invoice, 1, 50_001)
    payment = Payment.objects.get()
    with pytest.raises(Conflict):
        actions.refund(payment=payment, amount=D(350_001), reason="x", by=None)
    actions.refund(payment=payment, amount=D(350_000), reason="x", by=None)
    assert [int(row.amount) for row in left_of(invoice)] == [0, 0]
    assert sum(note.amount for note in CreditNote.objects.all()) == 500_000
    assert [note.number for note in CreditNote.objects.order_by("pk")] == [1, 2]


def test_channels_are_capped_newest_first() -> None:
    invoice = bill(600_000)
    money.pay(invoice, 100_000, "cash")
    money.pay(invoice, 200_000, "card")
    money.pay(invoice, 300_000, "transfer")
    note = give_back(invoice, 0, 450_000)
    assert [(row.method, int(row.amount)) for row in note.refunds.order_by("pk")] == [
        ("transfer", 300_000), ("card", 150_000),
    ]  # fmt: skip
    assert money.books()["1020"] == 50_000


@pytest.mark.parametrize(("way", "account"), [("wallet", "2010"), ("cash", "1010"), ("transfer", "1030")])
def test_another_way_than_it_came(way: str, account: str) -> None:
    invoice = bill(300_000)
    money.pay(invoice, 300_000, "online")
    note = give_back(invoice, 0, 100_000, way=way)
    assert note.refunds.get().method == way
    assert money.books()[account] == -100_000
    assert money.books()["1040"] == 300_000  # what lies at the gateway stays there
    assert queries.credit_of(invoice.patient) == (100_000 if way == "wallet" else 0)


def test_credit_and_points_never_become_money() -> None:
    first = money.bill(10_000_000)
    money.pay(first, 10_000_000)  # a hundred points
    actions.top_up(patient=first.patient, branch=first.branch, method="card", amount=D(300_000), by=None)
    second = money.bill(350_000, patient=first.patient)
    actions.pay(invoice=second, method="points", points=50, by=None)
    money.pay(second, 300_000, "wallet")
    note = give_back(second, 0, 310_000, way="cash")
    assert [(row.method, int(row.amount)) for row in note.refunds.order_by("pk")] == [
        ("wallet", 300_000), ("points", 10_000),
    ]  # fmt: skip


def test_the_same_form_gives_back_once() -> None:
    invoice = bill(300_000)
    money.pay(invoice, 300_000)
    assert give_back(invoice, 0, 100_000, form_token="f") == give_back(invoice, 0, 100_000, form_token="f")
    assert Refund.objects.count() == 1
    with pytest.raises(Conflict):
        give_back(bill(300_000), 0, 1000, form_token="f")


def test_pieces_are_counted(page: Any) -> None:
    invoice = bill(100_000, quantity=3)
    money.pay(invoice, 300_000)
    manager = page(Role.MANAGER)
    address, line = f"/finance/invoices/{invoice.pk}/give-back/", invoice.lines.get()
    values = {"reason": "شکسته", "way": "", f"line-{line.pk}": "200000", "form_token": "t"}
    assert manager.post(address, values, headers=HX).status_code == 204
    given = CreditNote.objects.get().lines.get()
    assert (given.quantity, given.amount) == (2, 200_000)
    again = manager.post(address, values | {"form_token": "u"}, headers=HX)
    assert again.status_code == 422
    assert CreditNote.objects.count() == 1


def test_the_desk_sees_where_money_goes_before_it_goes(page: Any) -> None:
    invoice = bill(300_000, 200_000)
    money.pay(invoice, 400_000, "card")
    cashier: Client = page(Role.CASHIER)
    first, second = invoice.lines.order_by("pk")
    values = {f"line-{first.pk}": "300000", f"line-{second.pk}": "", "reason": "", "way": "wallet"}
    said = cashier.get(f"/finance/invoices/{invoice.pk}/give-back/sum/", values, headers=HX).content.decode()
    assert "۳۰۰٬۰۰۰" in said
    assert "اعتبار بیمار" in said
    opened = cashier.get(f"/finance/invoices/{invoice.pk}/give-back/", headers=HX).content.decode()
    assert 'value="cash"' not in opened  # another channel is the manager's to choose
    assert (
        'value="cash"'
        in page(Role.MANAGER).get(f"/finance/invoices/{invoice.pk}/give-back/", headers=HX).content.decode()
    )
    refused = cashier.post(
        f"/finance/invoices/{invoice.pk}/give-back/", values | {"reason": "x", "way": "cash"}, headers=HX
    )
    assert refused.status_code == 422
    assert page(Role.SECRETARY).get(f"/finance/invoices/{invoice.pk}/give-back/").status_code == 403


def test_the_credit_note_is_printed_and_the_bill_says_who(page: Any) -> None:
    invoice = bill(300_000)
    money.pay(invoice, 300_000)
    manager = page(Role.MANAGER)
    line = invoice.lines.get()
    values = {"reason": "بیمار منصرف شد", "way": "", f"line-{line.pk}": "300000"}
    assert manager.post(f"/finance/invoices/{invoice.pk}/give-back/", values, headers=HX).status_code == 204
    note = CreditNote.objects.get()
    paper = manager.get(f"/finance/credit-notes/{note.pk}/?paper=a5")
    assert paper.status_code == 200
    assert "بیمار منصرف شد" in paper.content.decode()
    happened = manager.get(f"/finance/invoices/{invoice.pk}/").content.decode()
    assert manager.user.full_name in happened
    assert page(Role.DOCTOR).get(f"/finance/credit-notes/{note.pk}/").status_code == 404


def test_the_api_gives_lines_back_once(api: Any) -> None:
    invoice = bill(300_000)
    money.pay(invoice, 300_000, "online")
    line, cashier = invoice.lines.get(), api(Role.CASHIER)
    address = f"/api/v1/invoices/{invoice.pk}/credit-notes/"
    body = {"lines": [{"line": line.pk, "amount": "100000"}], "reason": "x"}
    answers = [cashier.post(address, body, format="json", headers={"Idempotency-Key": "k"}) for _try in range(2)]
    assert [answer.status_code for answer in answers] == [201, 201]
    assert answers[0].json() == answers[1].json()
    assert answers[0].json()["refunds"][0]["method"] == "online"
    assert CreditNote.objects.count() == 1
    refused = cashier.post(address, body | {"way": "cash"}, format="json")
    assert refused.status_code == 403
    assert api(Role.MANAGER).post(address, body | {"way": "cash"}, format="json").status_code == 201
    assert len(cashier.get(address).json()) == 2


# The free follow-up.
def follow_up(**fields: Any) -> Any:
    service = money.make.service(price=D(500_000), follow_up_days=10, follow_up_visits=2, **fields)
    doctor, patient = money.make.practitioner(service, hours=False), money.make.patient()

    def visit(day: int, **more: Any) -> Any:
        import datetime as dt

        found = {"service": service, "practitioner": doctor, "patient": patient, **more}
        return money.visit(day=dt.date(2026, 11, 1) + dt.timedelta(days=day), **found)

    return visit


def issued(visit: Any) -> Invoice:
    return actions.issue_for_visit(visit=visit, by=None)


def test_follow_ups_are_free_within_their_days_and_number() -> None:
    visit = follow_up()
    first = issued(visit(0))
    window = FollowUpWindow.objects.get(invoice=first)
    assert (first.total, window.status) == (500_000, "active")  # the first one is paid
    second = issued(visit(10))
    assert (second.total, second.status) == (0, InvoiceStatus.BALANCED)
    assert second.lines.get().price_source == f"follow-up:{window.pk}"
    assert issued(visit(5)).total == 0
    window.refresh_from_db()
    assert window.status == "completed"
    assert issued(visit(6)).total == 500_000  # a new one begins


def test_outside_of_the_window_it_is_billed() -> None:
    visit = follow_up()
    issued(visit(0))
    assert issued(visit(11)).total == 500_000  # moved beyond the last day
    assert issued(visit(3, practitioner=money.make.practitioner())).total == 500_000  # another doctor
    assert issued(visit(3, patient=money.make.patient())).total == 500_000


def test_a_reduced_follow_up_and_one_that_is_taken_back() -> None:
    visit = follow_up(follow_up_percent=40)
    first, again = issued(visit(0)), visit(2)
    assert issued(again).total == 200_000
    issued(visit(3))
    window = FollowUpWindow.objects.get(invoice=first)
    assert window.status == "completed"
    actions.cancel_for_visit(visit=again, by=None)
    window.refresh_from_db()
    assert window.status == "active"
    money.pay(first, 500_000)
    give_back(first, 0, 500_000)
    window.refresh_from_db()
    assert window.status == "cancelled"  # nothing was paid after all
    assert issued(again).total == 500_000


def test_the_window_ends_by_the_clock_and_the_desk_reads_why(page: Any) -> None:
    visit = follow_up()
    first = issued(visit(0))
    shown = page(Role.SECRETARY).get(f"/finance/for-visit/{visit(4).pk}/").content.decode()
    assert "پیگیری تا ۱۰ روز پس از" in shown
    actions.expire_follow_ups(by=None)
    window = FollowUpWindow.objects.get(invoice=first)
    assert window.status == "expired"
    assert [move.to_status for move in window.moves.order_by("pk")] == ["active", "expired"]
