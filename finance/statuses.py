"""Lives of invoices, payments, refunds, discounts, deposits, online payments, shifts, of what is sold ahead, of
expenses due."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class InvoiceStatus(models.TextChoices):
    DRAFT = "draft", _("Draft")
    ISSUED = "issued", _("Unpaid")
    BALANCED = "balanced", _("Paid")
    CANCELLED = "cancelled", _("Cancelled")


INVOICE_MOVES: dict[str, set[str]] = {
    InvoiceStatus.DRAFT: {InvoiceStatus.ISSUED, InvoiceStatus.CANCELLED},
    InvoiceStatus.ISSUED: {InvoiceStatus.BALANCED, InvoiceStatus.CANCELLED},
    InvoiceStatus.BALANCED: {InvoiceStatus.ISSUED, InvoiceStatus.CANCELLED},  # a payment taken back reopens it
    InvoiceStatus.CANCELLED: set(),
}


class PaymentStatus(models.TextChoices):
    RECEIVED = "received", _("Received")
    REVERSED = "reversed", _("Taken back")


PAYMENT_MOVES: dict[str, set[str]] = {
    PaymentStatus.RECEIVED: {PaymentStatus.REVERSED},
    PaymentStatus.REVERSED: set(),
}


class RefundStatus(models.TextChoices):
    PAID_OUT = "paid_out", _("Paid out")


REFUND_MOVES: dict[str, set[str]] = {RefundStatus.PAID_OUT: set()}


class DepositStatus(models.TextChoices):
    ASKED = "asked", _("To be paid")
    HELD = "held", _("Paid")
    SETTLED = "settled", _("Used or returned")
    LAPSED = "lapsed", _("Not asked for any more")


DEPOSIT_MOVES: dict[str, set[str]] = {
    DepositStatus.ASKED: {DepositStatus.HELD, DepositStatus.LAPSED},
    DepositStatus.HELD: {DepositStatus.SETTLED},
    DepositStatus.SETTLED: {DepositStatus.HELD},  # a cancellation or a bill is taken back
    DepositStatus.LAPSED: {DepositStatus.ASKED},
}


class OnlineStatus(models.TextChoices):
    STARTED = "started", _("Started")
    SENT = "sent", _("At the bank")
    PAID = "paid", _("Paid")
    FAILED = "failed", _("Failed")
    CANCELLED = "cancelled", _("Broken off by the patient")
    EXPIRED = "expired", _("Never finished")


# Only the gateway's word makes one paid, and it may come after we had given up: nothing but paid is final.
ONLINE_MOVES: dict[str, set[str]] = {
    OnlineStatus.STARTED: {OnlineStatus.SENT, OnlineStatus.FAILED, OnlineStatus.EXPIRED},
    OnlineStatus.SENT: {OnlineStatus.PAID, OnlineStatus.FAILED, OnlineStatus.CANCELLED, OnlineStatus.EXPIRED},
    OnlineStatus.PAID: set(),
    OnlineStatus.FAILED: {OnlineStatus.PAID},
    OnlineStatus.CANCELLED: {OnlineStatus.PAID},
    OnlineStatus.EXPIRED: {OnlineStatus.PAID},
}


class ShiftStatus(models.TextChoices):
    OPEN = "open", pgettext_lazy("drawer", "Open")
    COUNTED = "counted", _("Counted, with a difference")
    OFFERED = "offered", _("Waits to be taken over")
    CLOSED = "closed", pgettext_lazy("drawer", "Closed")


LIVE_SHIFTS = [ShiftStatus.OPEN, ShiftStatus.COUNTED, ShiftStatus.OFFERED]
SHIFT_MOVES: dict[str, set[str]] = {
    ShiftStatus.OPEN: {ShiftStatus.COUNTED, ShiftStatus.OFFERED, ShiftStatus.CLOSED},
    ShiftStatus.COUNTED: {ShiftStatus.OPEN, ShiftStatus.CLOSED},  # counted again, or closed with the difference
    ShiftStatus.OFFERED: {ShiftStatus.OPEN, ShiftStatus.CLOSED},  # refused, or accepted
    ShiftStatus.CLOSED: set(),
}


class PackageStatus(models.TextChoices):
    ACTIVE = "active", _("Usable")
    FROZEN = "frozen", _("Frozen")
    USED_UP = "used_up", _("Used up")
    EXPIRED = "expired", _("Expired")
    REFUNDED = "refunded", _("Refunded")
    CANCELLED = "cancelled", _("Cancelled")


# A visit that is taken back gives its session back, whatever became of the package since.
PACKAGE_MOVES: dict[str, set[str]] = {
    PackageStatus.ACTIVE: {
        PackageStatus.FROZEN, PackageStatus.USED_UP, PackageStatus.EXPIRED, PackageStatus.REFUNDED,
        PackageStatus.CANCELLED,
    },
    PackageStatus.FROZEN: {PackageStatus.ACTIVE, PackageStatus.REFUNDED, PackageStatus.CANCELLED},
    PackageStatus.USED_UP: {PackageStatus.ACTIVE},
    PackageStatus.EXPIRED: {PackageStatus.ACTIVE},
    PackageStatus.REFUNDED: {PackageStatus.ACTIVE},
    PackageStatus.CANCELLED: set(),
}  # fmt: skip


class GiftStatus(models.TextChoices):
    ACTIVE = "active", _("Usable")
    USED_UP = "used_up", _("Used up")
    EXPIRED = "expired", _("Expired")
    REFUNDED = "refunded", _("Refunded")
    CANCELLED = "cancelled", _("Cancelled")


# What was paid with a card may come back to it, whatever became of it since.
GIFT_MOVES: dict[str, set[str]] = {
    GiftStatus.ACTIVE: {GiftStatus.USED_UP, GiftStatus.EXPIRED, GiftStatus.REFUNDED, GiftStatus.CANCELLED},
    GiftStatus.USED_UP: {GiftStatus.ACTIVE},
    GiftStatus.EXPIRED: {GiftStatus.ACTIVE},
    GiftStatus.REFUNDED: {GiftStatus.ACTIVE},
    GiftStatus.CANCELLED: set(),
}


class MembershipStatus(models.TextChoices):
    ACTIVE = "active", _("Running")
    FROZEN = "frozen", _("Frozen")
    EXPIRED = "expired", _("Expired")
    CANCELLED = "cancelled", _("Cancelled")


MEMBERSHIP_MOVES: dict[str, set[str]] = {
    MembershipStatus.ACTIVE: {MembershipStatus.FROZEN, MembershipStatus.EXPIRED, MembershipStatus.CANCELLED},
    MembershipStatus.FROZEN: {MembershipStatus.ACTIVE, MembershipStatus.CANCELLED},
    MembershipStatus.EXPIRED: set(),
    MembershipStatus.CANCELLED: set(),
}


class DiscountStatus(models.TextChoices):
    ASKED = "asked", _("Waits for approval")
    APPROVED = "approved", _("Approved, waits for the bill")
    GIVEN = "given", _("Given")
    DENIED = "denied", _("Denied")
    WITHDRAWN = "withdrawn", _("Taken back")


LIVE_DISCOUNTS = [DiscountStatus.ASKED, DiscountStatus.APPROVED]
DISCOUNT_MOVES: dict[str, set[str]] = {
    DiscountStatus.ASKED: {
        DiscountStatus.APPROVED, DiscountStatus.GIVEN, DiscountStatus.DENIED, DiscountStatus.WITHDRAWN,
    },
    DiscountStatus.APPROVED: {DiscountStatus.GIVEN, DiscountStatus.WITHDRAWN},
    DiscountStatus.GIVEN: {DiscountStatus.APPROVED},  # its bill was taken back; the next one has it again
    DiscountStatus.DENIED: set(),
    DiscountStatus.WITHDRAWN: set(),
}  # fmt: skip


class FollowUpStatus(models.TextChoices):
    ACTIVE = "active", _("Open")
    COMPLETED = "completed", _("All used")
    EXPIRED = "expired", _("Over")
    CANCELLED = "cancelled", _("Cancelled")


# A follow-up visit that is taken back can be used again; the window ends with the bill that gave it.
FOLLOW_UP_MOVES: dict[str, set[str]] = {
    FollowUpStatus.ACTIVE: {FollowUpStatus.COMPLETED, FollowUpStatus.EXPIRED, FollowUpStatus.CANCELLED},
    FollowUpStatus.COMPLETED: {FollowUpStatus.ACTIVE, FollowUpStatus.CANCELLED},
    FollowUpStatus.EXPIRED: {FollowUpStatus.CANCELLED},
    FollowUpStatus.CANCELLED: set(),
}


class DueStatus(models.TextChoices):
    PROPOSED = "proposed", _("To confirm")
    CONFIRMED = "confirmed", _("Posted")
    SKIPPED = "skipped", _("Left out")


DUE_MOVES: dict[str, set[str]] = {
    DueStatus.PROPOSED: {DueStatus.CONFIRMED, DueStatus.SKIPPED},
    DueStatus.SKIPPED: {DueStatus.PROPOSED},
    DueStatus.CONFIRMED: set(),
}


class PlanStatus(models.TextChoices):
    RUNNING = "running", _("Running")
    ENDED = "ended", _("Ended")


PLAN_MOVES: dict[str, set[str]] = {PlanStatus.RUNNING: {PlanStatus.ENDED}, PlanStatus.ENDED: set()}


class ChequeStatus(models.TextChoices):
    IN_HAND = "in_hand", _("In hand")
    DEPOSITED = "deposited", _("With the bank")
    CLEARED = "cleared", _("Cashed")
    BOUNCED = "bounced", _("Bounced")
    RETURNED = "returned", _("Given back")


CHEQUE_MOVES: dict[str, set[str]] = {
    ChequeStatus.IN_HAND: {ChequeStatus.DEPOSITED, ChequeStatus.RETURNED},
    ChequeStatus.DEPOSITED: {ChequeStatus.CLEARED, ChequeStatus.BOUNCED},
    ChequeStatus.BOUNCED: {ChequeStatus.RETURNED},  # its bill is owed again; a new try is a new cheque
    ChequeStatus.CLEARED: set(),
    ChequeStatus.RETURNED: set(),
}


class ClaimStatus(models.TextChoices):
    DRAFT = "draft", _("Draft")
    SENT = "sent", pgettext_lazy("claim", "Sent")
    ACCEPTED = "accepted", pgettext_lazy("claim", "Accepted")
    PARTLY = "partly", _("Partly accepted")
    REJECTED = "rejected", pgettext_lazy("claim", "Rejected")
    RESUBMITTED = "resubmitted", _("Sent again")
    PAID = "paid", pgettext_lazy("claim", "Paid")
    DROPPED = "dropped", pgettext_lazy("claim", "Dropped")


ANSWERS = {ClaimStatus.ACCEPTED, ClaimStatus.PARTLY, ClaimStatus.REJECTED}
CLAIM_MOVES: dict[str, set[str]] = {
    ClaimStatus.DRAFT: {ClaimStatus.SENT, ClaimStatus.DROPPED},
    ClaimStatus.SENT: {*ANSWERS},
    ClaimStatus.RESUBMITTED: {*ANSWERS},
    ClaimStatus.ACCEPTED: {ClaimStatus.PAID},
    ClaimStatus.PARTLY: {ClaimStatus.PAID, ClaimStatus.RESUBMITTED},
    ClaimStatus.REJECTED: {ClaimStatus.RESUBMITTED},
    ClaimStatus.PAID: set(),
    ClaimStatus.DROPPED: set(),
}
