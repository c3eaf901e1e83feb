"""What can be permitted, by name. Which role has what stands in `roles.py`."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Perm(models.TextChoices):
    """One permission a line; the label is the sentence an owner reads when granting it to one person."""

    OWN_VIEW = "own.view", _("See their own bookings, visits and bills")
    OWN_BOOK = "own.book", _("Book, move and cancel for themselves and their family")

    DIARY_VIEW = "diary.view", _("See the diary")
    DIARY_BOOK = "diary.book", _("Book, move and cancel appointments")
    DIARY_OVERRIDE = "diary.override", _("Book over a conflict, with a reason")
    DAYPACK_TAKE = "daypack.take", _("Keep the branch's day pack on a device for the time without a network")
    FEES_DECIDE = "fees.decide", _("Charge or waive fees for missed visits")
    FLOOR_VIEW = "floor.view", _("See the queue and the rooms")
    FLOOR_WORK = "floor.work", _("Check in, call and lead patients to rooms")

    PATIENTS_VIEW = "patients.view", _("Find patients and see their details")
    PATIENTS_EDIT = "patients.edit", _("Register patients and change their details")

    SEGMENTS_VIEW = "segments.view", _("See groups of patients and who is in them")
    SEGMENTS_EDIT = "segments.edit", _("Put groups of patients together")
    SEGMENTS_EXPORT = "segments.export", _("Take a group of patients away as a file")
    PATIENTS_MERGE = "patients.merge", _("Merge two cards of one person, and separate them again")
    PATIENTS_EXPORT = "patients.export", _("Have a patient's whole record made ready and sent to the patient")
    PATIENTS_ERASE = "patients.erase", _("Erase a person's data for good")
    ACCESS_VIEW = "access.view", _("See who read which record")

    RECORD_VIEW = "record.view", _("Read medical records")
    RECORD_WRITE = "record.write", _("Write medical records")
    FILES_ADD = "files.add", _("Add photos and documents to patients")
    PRESCRIBE = "record.prescribe", _("Prescribe")
    RECORD_MEASURE = "record.measure", _("Write down vitals, scores and results")
    RECORD_LISTS = "record.lists", _("Keep the lists of the record: interactions, vitals, orders, letters")

    INVOICES_VIEW = "invoices.view", _("See invoices and payments")
    INVOICES_ISSUE = "invoices.issue", _("Issue and correct invoices")
    PAYMENTS_TAKE = "payments.take", _("Take payments")
    PAYMENTS_REFUND = "payments.refund", _("Pay money back")
    REFUND_CHANNEL = "payments.channel", _("Pay money back by another channel than it came")
    CASH_MANAGE = "cash.manage", _("Close colleagues’ drawers, settle card terminals and close the day")
    CLAIMS_WORK = "claims.work", _("Put claims to insurers together and write down their answers")
    DEBTS_WRITE_OFF = "debts.write_off", _("Write off bad debts")
    DISCOUNTS_GIVE = "discounts.give", _("Give discounts and decide on those that others ask for")
    LEDGER_VIEW = "ledger.view", _("See the books")
    LEDGER_WRITE = "ledger.write", _("Enter expenses, income, transfers, suppliers and accounts")
    PERIODS_CLOSE = "periods.close", _("Close periods of the books and open them again")

    WALLET_OWN = "wallet.own", _("See their own share of bills and what they were paid")
    WALLETS_VIEW = "wallets.view", _("See what every doctor has earned and was paid")
    WALLETS_PAY = "wallets.pay", _("Pay doctors their shares and correct their wallets")
    COMMISSIONS_SET = "commissions.set", _("Set the rules of doctors’ shares")

    STOCK_VIEW = "stock.view", _("See stock")
    STOCK_MOVE = "stock.move", _("Receive, use and correct stock")
    STOCK_MANAGE = "stock.manage", _("Set up items and consumption templates")

    POINTS_VIEW = "points.view", _("See point statements")
    POINTS_REDEEM = "points.redeem", _("Let patients pay with points")
    POINTS_RULES = "points.rules", _("Set the rules of points")

    FOLLOWUPS_WORK = "followups.work", _("Work on the call list")
    MESSAGES_VIEW = "messages.view", _("See messages sent to patients")
    CHAT = "chat.use", _("Write with patients and colleagues")
    CHAT_PATIENTS = "chat.patients", _("Read and answer what patients write to the clinic")
    ONLINE_MEET = "online.meet", _("Meet patients by video and write with them there")

    MASTERMIND_VIEW = "mastermind.view", _("See the clinic in numbers")
    TABLES_VIEW = "tables.view", _("See and edit the key tables")
    AUDIT_VIEW = "audit.view", _("See who changed what")
    SETUP_MANAGE = "setup.manage", _("Set up branches, services, doctors and hours")
    STAFF_MANAGE = "staff.manage", _("Invite staff and set their roles")

    PLATFORM_CLINICS = "platform.clinics", _("Admit and manage clinics")
    PLATFORM_AUDIT = "platform.audit", _("See who changed what on the platform")
