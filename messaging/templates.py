"""Every text that goes to a patient, on one page: one purpose each, what to do first, nothing clinical.

A text in one SMS has a limit, so long names are cut before anything else is. Names in braces are facts; `{name}`,
`{clinic}`, `{when}` and `{link}` are filled in by `render` where the caller does not give them.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from clinic.shared.calendar import format_date, format_time
from clinic.shared.quiet import UNDO_TIME

LONGEST = 160


@dataclass(frozen=True)
class Text:
    """One kind of message."""

    label: str | Promise
    fa: str
    en: str
    # An answer to what the patient just did may come at any hour; everything else waits for the morning.
    keeps_quiet: bool = False
    # An undo within this time sends nothing.
    grace: timedelta = timedelta(0)


TEXTS: dict[str, Text] = {
    "record_ready": Text(
        _("Record made ready"),
        "{name}، پروندهٔ شما در {clinic} آماده است و یک روز می‌ماند:\n{link}",
        "{name}, your record at {clinic} is ready for one day:\n{link}",
    ),
    "booking_confirmed": Text(
        _("Booking confirmation"),
        "{name}، نوبت شما در {clinic}: {when}.\nتغییر یا لغو:\n{link}",
        "{name}, you are booked at {clinic}: {when}.\nMove or cancel:\n{link}",
    ),
    "glass_broken": Text(
        _("Private note opened"),
        "{clinic}: {name} یک یادداشت خصوصی را اضطراری باز کرد ({when}). دلیل:\n{link}",
        "{clinic}: {name} opened a private note in an emergency ({when}). Why:\n{link}",
    ),
    "booking_requested": Text(
        _("Booking waits for approval"),
        "{name}، درخواست نوبت شما برای {when} به {clinic} رسید و در انتظار تأیید است.\n{link}",
        "{name}, {clinic} got your request for {when} and will answer soon.\n{link}",
    ),
    "bill_sent": Text(
        _("Bill"),
        "{name}، صورت‌حساب شما در {clinic}: {amount}.\nدیدن و پرداخت:\n{link}",
        "{name}, your bill at {clinic}: {amount}.\nSee and pay it:\n{link}",
    ),
    "debt_reminder": Text(
        _("Reminder of a debt"),
        "{name}، {amount} از صورت‌حساب شما در {clinic} هنوز مانده است. دیدن و پرداخت:\n{link}",
        "{name}, {amount} is still open at {clinic}. See and pay it:\n{link}",
        keeps_quiet=True,
    ),
    "instalment_due": Text(
        _("Instalment due"),
        "{name}، قسط شما در {clinic}: {amount} برای {day}.\n{link}",
        "{name}, your instalment at {clinic}: {amount}, due {day}.\n{link}",
    ),
    "instalment_overdue": Text(
        _("Instalment overdue"),
        "{name}، قسط {day} شما در {clinic} ({amount}) هنوز نرسیده است.\n{link}",
        "{name}, your instalment of {day} at {clinic} ({amount}) has not come yet.\n{link}",
    ),
    "deposit_asked": Text(
        _("Deposit asked for"),
        "{name}، {when} در {clinic} تا {until} برای شما. بیعانه {amount}:\n{link}",
        "{name}: {when}, {clinic}, yours until {until} for a deposit of {amount}:\n{link}",
    ),
    "deposit_kept": Text(
        _("Deposit kept"),
        "{name}، بابت {when} در {clinic} {amount} از بیعانهٔ شما نگه داشته شد.\n{link}",
        "{name}, for {when} at {clinic} {amount} of your deposit was kept.\n{link}",
        grace=UNDO_TIME,
    ),
    "deposit_returned": Text(
        _("Deposit returned"),
        "{name}، بیعانهٔ {amount} نوبت {when} به اعتبار شما در {clinic} برگشت.\n{link}",
        "{name}, your deposit of {amount} for {when} is now credit at {clinic}.\n{link}",
        grace=UNDO_TIME,
    ),
    "booking_rejected": Text(
        _("Booking not approved"),
        "{name}، {clinic} نمی‌تواند {when} شما را بپذیرد. دلیل و زمان‌های دیگر:\n{link}",
        "{name}, {clinic} cannot take you on {when}. Why, and other times:\n{link}",
        grace=UNDO_TIME,
    ),
    "booking_lapsed": Text(
        _("Waiting booking ended"),
        "{name}، نوبت {when} در {clinic} به‌موقع قطعی نشد و آزاد شد. نوبت تازه:\n{link}",
        "{name}, your time on {when} at {clinic} was not made certain in time. Book again:\n{link}",
    ),
    "session_counted": Text(
        _("Session of a package for a missed visit"),
        "{name}، بابت {when} در {clinic} یک جلسه از بستهٔ شما کم شد؛ مانده: {count}\n{link}",
        "{name}, for {when} at {clinic} a session of your package was used; left: {count}\n{link}",
        grace=UNDO_TIME,
    ),
    "fee_charged": Text(
        _("Fee for a missed visit"),
        "{name}، بابت {when} در {clinic} {amount} هزینه ثبت شد:\n{link}",
        "{name}, for {when} at {clinic} a fee of {amount} is due:\n{link}",
        grace=UNDO_TIME,
    ),
    "online_soon": Text(
        _("The way into an online visit"),
        "{name}، ویزیت آنلاین شما: {when}.\nاز همین حالا وارد شوید:\n{link}",
        "{name}, your online visit: {when}.\nYou can come in now:\n{link}",
    ),
    "reminder_day_before": Text(
        _("Reminder the day before"),
        "یادآوری: {name}، {when}، {clinic}.\nتأیید، تغییر یا لغو:\n{link}",
        "Reminder for {name}: {when}, {clinic}.\nConfirm, move or cancel:\n{link}",
        keeps_quiet=True,
    ),
    "appointment_moved": Text(
        _("Appointment moved"),
        "{name}، زمان تازهٔ نوبت شما در {clinic}: {when}.\nتغییر یا لغو:\n{link}",
        "{name}, your new time at {clinic}: {when}.\nMove or cancel:\n{link}",
        grace=UNDO_TIME,
    ),
    "appointment_cancelled": Text(
        _("Appointment cancelled"),
        "{name}، نوبت {when} در {clinic} لغو شد.\nنوبت تازه:\n{link}",
        "{name}, your appointment on {when} at {clinic} is cancelled.\nBook again:\n{link}",
        grace=UNDO_TIME,
    ),
    "intake": Text(
        _("Form before the visit"),
        "{name}، پیش از آمدن به {clinic} این فرم کوتاه را پر کنید:\n{link}",
        "{name}, please fill this short form before you come to {clinic}:\n{link}",
        keeps_quiet=True,
    ),
    "thank_you": Text(
        _("Thank-you"),
        "{name}، از اینکه به {clinic} آمدید سپاسگزاریم.\nنوبت بعدی:\n{link}",
        "{name}, thank you for coming to {clinic}.\nNext appointment:\n{link}",
        keeps_quiet=True,
        grace=UNDO_TIME,
    ),
    "follow_up_invite": Text(
        _("Invitation to a follow-up"),
        "{name}، برای نوبت پیگیری در {clinic} زمان انتخاب کنید:\n{link}",
        "{name}, choose a time for your follow-up at {clinic}:\n{link}",
        keeps_quiet=True,
    ),
    "waitlist_joined": Text(
        _("On the waitlist"),
        "{name}، در فهرست انتظار {clinic} هستید: {service}.\nتغییر یا انصراف:\n{link}",
        "{name}, you are on the waitlist at {clinic}: {service}.\nChange or leave:\n{link}",
        keeps_quiet=True,
        grace=UNDO_TIME,
    ),
    # Sent and ended between eight and nine only: the search itself keeps the quiet hours.
    "waitlist_offer": Text(
        _("A time has opened"),
        "{name}، این زمان در {clinic} باز شد: {when}.\nتا ساعت {until} برای شماست:\n{link}",
        "{name}, a time opened at {clinic}: {when}.\nIt is yours until {until}:\n{link}",
    ),
    "waitlist_gone": Text(
        _("The offered time is gone"),
        "{name}، زمان {when} دیگر آزاد نیست.\nزمان‌های آزاد دیگر:\n{link}",
        "{name}, {when} is no longer available.\nOther free times:\n{link}",
        keeps_quiet=True,
    ),
    "series_booked": Text(
        _("Confirmation of a series"),
        "{name}، {count} نوبت شما در {clinic} ثبت شد، نخستین: {when}.\nهمه در:\n{link}",
        "{name}, {count} visits are booked at {clinic}, the first: {when}.\nSee them:\n{link}",
    ),
    "series_cancelled": Text(
        _("Cancellation of a series"),
        "{name}، {count} نوبت شما در {clinic} از {when} لغو شد.\nنوبت تازه:\n{link}",
        "{name}, {count} visits at {clinic} from {when} on are cancelled.\nBook again:\n{link}",
        grace=UNDO_TIME,
    ),
    "series_moved": Text(
        _("Series moved"),
        "{name}، {count} نوبت شما در {clinic} جابه‌جا شد، نخستین: {when}.\nهمه در:\n{link}",
        "{name}, {count} visits at {clinic} have new times, the first: {when}.\nSee them:\n{link}",
        grace=UNDO_TIME,
    ),
    "gift_code": Text(
        _("Gift card"),
        "{name}، یک کارت هدیهٔ {amount} از {giver} در {clinic}:\n{code}\n{link}",
        "{name}, a gift card of {amount} from {giver} at {clinic}:\n{code}\n{link}",
        keeps_quiet=True,
        grace=UNDO_TIME,
    ),
    "membership_due": Text(
        _("Membership goes on"),
        "{name}، عضویت «{service}» شما در {clinic} از {day} ادامه دارد: {amount}\n{link}",
        "{name}, your {service} at {clinic} goes on from {day}: {amount}\n{link}",
        keeps_quiet=True,
    ),
    "receipt": Text(
        _("Receipt"),
        "{amount} در {clinic} پرداخت شد.\nرسید:\n{link}",
        "{amount} paid at {clinic}.\nReceipt:\n{link}",
    ),
}

# Short reasons that the code keeps, as people read them.
REASONS = {
    "failed": _("The operator could not deliver it."),
    "not delivered": _("The phone was off or out of reach."),
    "cancelled": _("The provider cancelled it."),
    "blocked by the recipient": _("This number takes no messages from this line."),
    "the gateway never got it": _("It never reached the provider."),
    "NewConnectionError": _("The provider could not be reached."),
    "ConnectTimeoutError": _("The provider could not be reached."),
}


def say_when(moment: datetime, language: str) -> str:
    """Weekday, day and hour of an appointment, short, in the zone that is active."""
    mark = " ساعت " if language == "fa" else ", "
    return f"{format_date(moment, language, 'weekday')}{mark}{format_time(moment, language)}"


def render(kind: str, language: str, facts: dict[str, str]) -> str:
    """The text of a kind in one SMS; names are cut where it would become too long. KeyError for a missing fact."""
    pattern = TEXTS[kind].fa if language == "fa" else TEXTS[kind].en
    text = pattern.format(**facts)
    for most in (30, 20, 12, 8):
        if len(text) <= LONGEST:
            break
        text = pattern.format(
            **{k: _cut(v, most) if k in ("name", "clinic", "service", "giver") else v for k, v in facts.items()}
        )
    return text


def _cut(name: str, most: int) -> str:
    return name if len(name) <= most else f"{name[: most - 1].rstrip()}…"
