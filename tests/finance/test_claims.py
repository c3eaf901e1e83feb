"""Claims: a month of shares, answered line by line; what is not paid goes to the patient, is given, or given up."""

from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from clinic.shared.errors import Conflict, Invalid
from finance import actions
from finance.actions.ledger import account
from finance.models import Account, Claim, ClaimLine
from finance.queries.claims import open_shares, with_sums
from tests.finance import insured
from tests.finance import make as money


def bank() -> Account:
    return Account.objects.filter(code="1030").first() or account(key="bank", branch=None, by=None)


def fresh(claim: Claim) -> Claim:
    return Claim.objects.get(pk=claim.pk)


def test_a_claim_takes_the_open_shares_of_its_days_once() -> None:
    bills = [money.bill(500_000, patient=insured.covered().patient) for _number in range(3)]
    branch, day = bills[0].branch, bills[0].business_date
    values = {"insurer": insured.insurer(), "branch": branch, "first_day": day, "last_day": day, "by": None}
    claim = actions.make_claim(**values)
    assert (claim.number, claim.lines.count(), open_shares().count()) == (1, 3, 0)
    late = money.bill(500_000, patient=insured.covered().patient)
    assert actions.make_claim(**values) == claim
    assert claim.lines.count() == 4
    actions.take_out(line=claim.lines.get(share__invoice=late), by=None)
    assert open_shares().get().invoice == late
    actions.send_claim(claim=claim, reference="ص-۱", by=None)
    assert actions.make_claim(**values).number == 2
    with pytest.raises(Conflict):
        actions.take_out(line=claim.lines.order_by("pk")[0], by=None)
    insured.agreed()


def test_accepted_in_full_and_paid_into_the_bank() -> None:
    claim = insured.claimed(2)
    with pytest.raises(Conflict):
        actions.receive_claim(claim=claim, amount=Decimal(1), account=bank(), by=None)
    claim = actions.answer_claim(claim=claim, answers={}, by=None)
    assert claim.status == "accepted"
    values = {"claim": claim, "account": bank(), "by": None}
    with pytest.raises(Invalid):
        actions.receive_claim(**values, amount=Decimal(700_001))
    first = actions.receive_claim(**values, amount=Decimal(300_000), form_token="a")
    assert actions.receive_claim(**values, amount=Decimal(300_000), form_token="a") == first
    assert fresh(claim).status == "accepted"
    actions.receive_claim(**values, amount=Decimal(380_000), deducted=Decimal(20_000))
    assert fresh(claim).status == "paid"
    books = money.books()
    assert (books["1030"], books["5065"], books.get("1110", 0)) == (680_000, 20_000, 0)
    insured.agreed()


def test_differences_go_three_ways_each_by_journal() -> None:
    claim = insured.claimed(4)
    lines = list(claim.lines.order_by("pk"))
    with pytest.raises(Invalid) as refused:
        actions.answer_claim(claim=claim, answers={lines[0].pk: (Decimal(100_000), "")}, by=None)
    assert refused.value.field == f"r{lines[0].pk}"
    answers = {line.pk: (Decimal(250_000), "تعرفه") for line in lines[:3]}
    claim = actions.answer_claim(claim=claim, answers=answers, by=None)
    assert claim.status == "partly"
    for line, way in zip(lines, ("patient", "discount", "write_off"), strict=False):
        actions.settle_difference(line=line, way=way, by=None)
        with pytest.raises(Conflict):
            actions.settle_difference(line=line, way=way, by=None)
    due = [line.share.invoice.__class__.objects.get(pk=line.share.invoice_id).due for line in lines]
    assert due == [250_000, 150_000, 150_000, 150_000]
    books = money.books()
    assert (books["1110"], books["4910"], books["5060"]) == (3 * 250_000 + 350_000, 100_000, 100_000)
    insured.agreed()
    [sums] = with_sums([claim])
    assert (sums.asked, sums.accepted, sums.difference, sums.to_come) == (1_400_000, 1_100_000, 0, 1_100_000)


def test_a_rejected_claim_is_sent_again_and_nothing_accepted_is_taken_back() -> None:
    claim = insured.claimed(2)
    one, other = claim.lines.order_by("pk")
    nothing = {one.pk: (Decimal(0), "مدارک"), other.pk: (Decimal(0), "مدارک")}
    assert actions.answer_claim(claim=claim, answers=nothing, by=None).status == "rejected"
    actions.settle_difference(line=other, way="patient", by=None)
    claim = actions.send_claim(claim=fresh(claim), by=None)
    assert claim.status == "resubmitted"
    with pytest.raises(Invalid):
        actions.answer_claim(claim=claim, answers={one.pk: (Decimal(400_000), "")}, by=None)
    claim = actions.answer_claim(claim=claim, answers={}, by=None)
    assert (claim.status, ClaimLine.objects.get(pk=one.pk).accepted) == ("partly", 350_000)
    with pytest.raises(Conflict):
        actions.send_claim(claim=claim, by=None)
    actions.receive_claim(claim=claim, amount=Decimal(350_000), account=bank(), by=None)
    assert fresh(claim).status == "paid"
    insured.agreed()


def test_a_dropped_draft_frees_its_shares() -> None:
    bill = money.bill(500_000, patient=insured.covered().patient)
    day = bill.business_date
    values = {"insurer": insured.insurer(), "branch": bill.branch, "first_day": day, "last_day": day, "by": None}
    claim = actions.make_claim(**values)
    assert actions.drop_claim(claim=claim, by=None).status == "dropped"
    assert open_shares().count() == 1
    claim = actions.make_claim(**values)
    bill = actions.uncover_invoice(invoice=bill, by=None)
    assert claim.lines.filter(is_live=True).count() == 0
    with pytest.raises(Conflict):
        actions.send_claim(claim=claim, by=None)
    with pytest.raises(Conflict):
        actions.make_claim(**{**values, "insurer": insured.insurer("سلامت")})
    insured.agreed()


STEPS = st.lists(
    st.tuples(st.sampled_from(["answer", "settle", "again", "money"]), st.integers(0, 9)), min_size=3, max_size=7
)


@settings(max_examples=2, deadline=None, suppress_health_check=list(HealthCheck))
@given(steps=STEPS)
def test_whatever_happens_the_books_and_the_claims_agree(steps: list[tuple[str, int]]) -> None:
    claim = insured.claimed(2)
    for what, size in steps:
        lines = list(fresh(claim).lines.order_by("pk"))
        line = lines[size % 2]
        try:
            if what == "answer":
                part = (line.asked * size / 10).quantize(Decimal(1))
                actions.answer_claim(claim=claim, answers={line.pk: (part, "x")}, by=None)
            elif what == "settle":
                way = ("patient", "discount", "write_off")[size % 3]
                actions.settle_difference(line=line, way=way, by=None)
            elif what == "again":
                actions.send_claim(claim=claim, by=None)
            else:
                actions.receive_claim(claim=claim, amount=Decimal(1000 * size), account=bank(), by=None)
        except (Conflict, Invalid):
            pass
        insured.agreed()
