"""What follows from what: the one page where apps meet, top to bottom the story of a visit.

Handlers only write rows, in the publisher's transaction: each effect has its cause, may be repeated, and may veto.
"""

import finance.events as money
import finance.models as papers
import finance.queries as bills
import scheduling.events as diary
from clinic.accounts.events import SignedIn
from clinic.patients import actions as patients
from clinic.patients.events import PatientErased, PatientsMerged, PhoneGivenUp
from clinic.patients.queries import merge_of
from clinic.shared.events import when
from emr import actions as emr
from emr.events import EncounterOpened, EncounterSigned, GlassBroken
from emr.models import GlassBreak
from finance import actions as finance
from inventory import actions as inventory
from inventory.events import StockMoved
from inventory.models import StockMovement
from loyalty import actions as loyalty
from loyalty.events import PointsMoved, PointsRevalued
from loyalty.models import LoyaltyRule, PointsEntry
from messaging import actions as messaging
from messaging.events import FollowUpDone
from messaging.models import FollowUpTask
from scheduling import actions as scheduling
from scheduling.models import MissFee
from scheduling.queries import appointment_of, visit_of


@when(diary.AppointmentBooked)
def booked(event: diary.AppointmentBooked) -> None:
    """The patient is told when and where; what she waited for is from now on an earlier time."""
    appointment = event.appointment or appointment_of(event.appointment_id)
    messaging.tell_of_appointment(kind="booking_confirmed", appointment=appointment, by=None)
    if event.waited:
        scheduling.bind_wish(appointment=appointment, by=None)


@when(diary.SeriesChanged)
def series_changed(event: diary.SeriesChanged) -> None:
    """One message tells of all visits, in place of one for each."""
    messaging.tell_of_series(kind=event.kind, appointments=event.appointment_ids, by=None)


@when(diary.AppointmentRescheduled)
def rescheduled(event: diary.AppointmentRescheduled) -> None:
    """Reminders of the old time are withdrawn; the new time is told after the time for an undo."""
    old, new = appointment_of(event.old_id), appointment_of(event.new_id)
    finance.move_deposit(old=old, new=new, by=None)
    messaging.tell_of_move(old=old, new=new, by=None)


@when(diary.TimesFreed)
def freed(event: diary.TimesFreed) -> None:
    """What was left is offered on; who gets it is told after the time for an undo."""
    for pk in event.appointment_ids:
        scheduling.offer_freed_time(appointment=appointment_of(pk), undoable=event.undoable, by=None)


@when(diary.AppointmentCancelled)
@when(diary.AppointmentWrong)
def cancelled(event: diary.AppointmentCancelled | diary.AppointmentWrong) -> None:
    """Nothing waiting is sent any more; the patient is told after the time for an undo."""
    appointment, never_was = appointment_of(event.appointment_id), isinstance(event, diary.AppointmentWrong)
    finance.follow_deposit(appointment=appointment, by=None)
    messaging.tell_it_is_off(appointment=appointment, never_was=never_was, by=None)


@when(diary.AppointmentRestored)
def restored(event: diary.AppointmentRestored) -> None:
    """The cancellation is not told, or she is told that she is booked again; nobody calls her for having missed it."""
    appointment = appointment_of(event.appointment_id)
    finance.follow_deposit(appointment=appointment, by=None)
    messaging.tell_it_stands(appointment=appointment, by=None)


@when(diary.AppointmentMissed)
def missed(event: diary.AppointmentMissed) -> None:
    """The desk calls tomorrow."""
    appointment = appointment_of(event.appointment_id)
    finance.follow_deposit(appointment=appointment, by=None)
    messaging.plan_call_after_missed(appointment=appointment, by=None)


@when(diary.AppointmentRequested)
@when(diary.DepositAsked)
@when(diary.AppointmentRejected)
@when(diary.AppointmentLapsed)
def not_certain_yet(event: messaging.AboutRequest) -> None:
    """The patient hears each turn of a booking that waits for approval or for its deposit."""
    appointment = appointment_of(event.appointment_id)
    finance.follow_deposit(appointment=appointment, asked=isinstance(event, diary.DepositAsked), by=None)
    messaging.tell_of_request(about=event, appointment=appointment, by=None)


@when(diary.WaitlistJoined)
@when(diary.OfferChanged)
def waits(event: messaging.AboutWaiting) -> None:
    """Who waits hears that she is on the list, that a time is held for her, that it is gone."""
    messaging.tell_of_waiting(about=event, by=None)


@when(diary.FeeCharged)
def fee_charged(event: diary.FeeCharged) -> None:
    """The fee is billed, out of the deposit first; the patient is told what missing the visit costs."""
    finance.issue_fee(fee=MissFee.objects.get(pk=event.fee_id), by=None)
    messaging.tell_of_fee(fee=MissFee.objects.get(pk=event.fee_id), by=None)


@when(diary.FeeWaived)
def fee_waived(event: diary.FeeWaived) -> None:
    """Nothing is asked of her any more."""
    finance.cancel_fee(fee=MissFee.objects.get(pk=event.fee_id), by=None)
    messaging.withdraw_for(cause=f"fee:{event.fee_id}", by=None)


@when(diary.VisitStarted)
@when(EncounterOpened)
def visit_started(event: diary.VisitStarted | EncounterOpened) -> None:
    """What the service usually uses is laid out, at the latest when the doctor opens the record; members go first."""
    visit = getattr(event, "visit", None) or visit_of(event.visit_id)
    inventory.prepare_consumption(visit=visit, by=None)
    if isinstance(event, diary.VisitStarted):
        messaging.came_after_all(appointment_id=visit.appointment_id, by=None)
        if bills.goes_first(visit.patient, visit.day):
            scheduling.let_member_go_first(visit=visit, by=None)


@when(EncounterSigned)
def encounter_signed(event: EncounterSigned) -> None:
    """What the doctor asked for is planned, also when she signs after the visit."""
    messaging.plan_what_was_asked(visit=visit_of(event.visit_id), by=None)


@when(GlassBroken)
def glass_broken(event: GlassBroken) -> None:
    """The owner hears at once that a private note was opened, by whom, and where the reason stands."""
    messaging.tell_owners_of_glass(glass=GlassBreak.objects.get(pk=event.glass_id), by=None)


@when(diary.VisitFinished)
def visit_finished(event: diary.VisitFinished) -> None:
    """Stock is used, the bill is issued, the follow-up planned, thanks are queued."""
    visit = visit_of(event.visit_id)
    inventory.post_consumption(visit=visit, by=None)
    finance.issue_for_visit(visit=visit, by=None)
    messaging.plan_what_was_asked(visit=visit, by=None)
    messaging.thank(visit=visit, by=None)


@when(diary.VisitReopened)
def visit_reopened(event: diary.VisitReopened) -> None:
    """Taken back in turn; finance refuses once something is paid, the record of what never was once it is written."""
    visit = visit_of(event.visit_id)
    emr.drop_unwritten(visit_id=visit.pk, never_was=event.never_was, by=None)
    finance.cancel_for_visit(visit=visit, by=None)
    inventory.take_back_consumption(visit=visit, by=None)
    messaging.withdraw_for(cause=f"visit:{visit.pk}", by=None)


@when(StockMoved)
def stock_moved(event: StockMoved) -> None:
    """The worth of every movement stands in the books; a share may be counted after it."""
    finance.follow_stock(movement=StockMovement.objects.get(pk=event.movement_id), by=None)


@when(money.InvoiceChanged)
def invoice_changed(event: money.InvoiceChanged) -> None:
    """The doctors' shares are settled on its lines when a bill is issued, and follow what becomes of it."""
    settle = finance.accrue_commissions if event.what == "issued" else finance.follow_commissions
    settle(invoice=papers.Invoice.objects.get(pk=event.invoice_id), cause=event.what, by=None)


@when(money.PaymentReceived)
def payment_received(event: money.PaymentReceived) -> None:
    """Real money gets a receipt; doctors may have a share of it."""
    payment = papers.Payment.objects.select_related("patient", "invoice").get(pk=event.payment_id)
    messaging.send_receipt(payment=payment, by=None)
    finance.follow_commissions(invoice=payment.invoice, cause=f"payment:{payment.pk}", by=None)


@when(money.InvoicePaid)
def invoice_paid(event: money.InvoicePaid) -> None:
    """Real money earns points."""
    invoice = papers.Invoice.objects.select_related("patient").get(pk=event.invoice_id)
    amount = bills.money_that_earns(invoice)
    loyalty.earn(patient=invoice.patient, amount=amount, cause=f"invoice:{invoice.pk}", by=None)


@when(money.InvoiceCancelled)
def invoice_cancelled(event: money.InvoiceCancelled) -> None:
    """What the bill sold is sold no more, and the session that it used is there again."""
    invoice = papers.Invoice.objects.get(pk=event.invoice_id)
    finance.take_back_sold(invoice=invoice, by=None)
    finance.take_back_gift(invoice=invoice, by=None)
    finance.take_back_membership(invoice=invoice, by=None)
    messaging.withdraw_gift(invoice=invoice, by=None)
    finance.free_discounts(invoice=invoice, by=None)
    finance.free_follow_ups(invoice=invoice, by=None)


@when(money.BillCredited)
def bill_credited(event: money.BillCredited) -> None:
    """A bill that is given back whole gives no free follow-up; doctors give their shares of the lines back."""
    note = papers.CreditNote.objects.get(pk=event.note_id)
    finance.follow_credit_note(note=note, by=None)
    finance.follow_commissions(invoice=note.invoice, cause=f"credit:{note.pk}", by=None)


@when(money.MembershipBilled)
def membership_billed(event: money.MembershipBilled) -> None:
    """She is reminded that her membership goes on, with the bill."""
    messaging.tell_of_membership(period=papers.MembershipPeriod.objects.get(pk=event.period_id), by=None)


@when(money.GiftGiven)
def gift_given(event: money.GiftGiven) -> None:
    """Whoever gets the gift card hears its code."""
    messaging.send_gift(card=papers.GiftCard.objects.get(pk=event.card_id), given=event, by=None)


@when(money.PaymentRefunded)
def payment_refunded(event: money.PaymentRefunded) -> None:
    """Points and shares that the returned money had earned are taken back."""
    refund = papers.Refund.objects.select_related("payment__invoice").get(pk=event.refund_id)
    finance.take_back_points(refund=refund, by=None)
    finance.follow_commissions(invoice=refund.payment.invoice, cause=f"refund:{refund.pk}", by=None)


@when(money.BillSent)
def bill_sent(event: money.BillSent) -> None:
    """The patient gets the bill by SMS, with the link where it can be paid."""
    messaging.send_bill(sending=papers.BillSending.objects.get(pk=event.sending_id), by=None)


@when(money.DebtReminded)
def debt_reminded(event: money.DebtReminded) -> None:
    """The patient hears what is still open, with the link where it can be paid."""
    messaging.remind_of_debt(contact=papers.DebtContact.objects.get(pk=event.contact_id), by=None)


@when(money.DepositReturned)
def deposit_returned(event: money.DepositReturned) -> None:
    """The patient is told that the clinic keeps it for her next bill."""
    deposit = papers.Deposit.objects.get(pk=event.deposit_id)
    messaging.tell_of_returned_deposit(deposit=deposit, amount=event.amount, by=None)


@when(PointsMoved)
def points_moved(event: PointsMoved) -> None:
    """Points are a debt of the clinic; so the books know them."""
    finance.post_points(entry=PointsEntry.objects.get(pk=event.entry_id), by=None)


@when(PointsRevalued)
def points_revalued(event: PointsRevalued) -> None:
    """A new worth of a point changes that debt."""
    finance.post_points_revaluation(rule=LoyaltyRule.objects.get(pk=event.rule_id), amount=event.amount, by=None)


@when(FollowUpDone)
def follow_up_done(event: FollowUpDone) -> None:
    """Somebody has spoken to her: the written invitation is not sent any more."""
    messaging.withdraw_for(cause=messaging.invitation_cause(FollowUpTask.objects.get(pk=event.task_id).cause), by=None)


@when(PatientsMerged)
def patients_merged(event: PatientsMerged) -> None:
    """Debts, credit, points and times go with the person, and come back when the cards are told apart."""
    merge = merge_of(event.merge_id)
    scheduling.carry_times(one=merge.source_id, other=merge.target_id, by=None)
    finance.carry_balances(merge=merge, apart=event.apart, by=None)
    loyalty.carry_points(merge=merge, apart=event.apart, by=None)


@when(SignedIn)
def signed_in(event: SignedIn) -> None:
    """A number that was silent for long may have another owner: she is asked who she is before she sees anybody."""
    patients.hold_after_silence(user_id=event.user_id, last=event.last, by=None)


@when(PatientErased)
def patient_erased(event: PatientErased) -> None:
    """What asks her for more by link asks no more."""
    emr.close_links(patient_id=event.patient_id, by=None)


@when(PhoneGivenUp)
def phone_given_up(event: PhoneGivenUp) -> None:
    """Nothing that waits goes to a number of somebody else."""
    messaging.withdraw_to(patient_id=event.patient_id, phone=event.phone, by=None)
