"""Our own format: one row an appointment, with its patient; rows without a date tell of a patient alone."""

from collections.abc import Callable

from clinic.roof.importing.context import Context
from clinic.roof.importing.errors import RowProblem
from clinic.roof.importing.rows import Row
from clinic.roof.importing.values import (
    read_birth_date,
    read_count,
    read_moment,
    read_national_code,
    read_phone_cell,
    read_sex,
    read_text,
    short,
)
from clinic.shared.text import search_key

COLUMNS: dict[str, tuple[str, ...]] = {
    "external_id": ("patient_id", "patient", "file_number", "شماره_پرونده", "کد_بیمار"),
    "first_name": ("name", "نام"),
    "last_name": ("family_name", "surname", "نام_خانوادگی"),
    "phone": ("mobile", "mobile_number", "موبایل", "تلفن", "شماره_موبایل", "تلفن_همراه"),
    "national_code": ("national_id", "کد_ملی"),
    "birth_date": ("date_of_birth", "birthday", "تاریخ_تولد"),
    "sex": ("gender", "جنسیت"),
    "appointment_id": ("visit_id", "شماره_نوبت", "کد_نوبت"),
    "starts_at": ("date", "visit_date", "visited_at", "تاریخ", "زمان", "تاریخ_نوبت"),
    "service": ("خدمت",),
    "practitioner": ("doctor", "پزشک"),
    "branch": ("شعبه",),
    "status": ("وضعیت",),
    "minutes": ("duration", "مدت"),
    "note": ("notes", "یادداشت", "توضیحات"),
}
ALIASES = {alias: name for name, aliases in COLUMNS.items() for alias in (name, *aliases)}
IDENTIFYING = {"external_id", "national_code", "phone"}
STATUSES = {
    "fulfilled": ("done", "completed", "finished", "attended", "visited", "انجام شد", "انجام شده", "ویزیت شد"),
    "no_show": ("no-show", "noshow", "no show", "missed", "absent", "نیامد", "غایب", "عدم حضور"),
    "cancelled": ("canceled", "cancel", "لغو", "لغو شد", "لغو شده"),
    "booked": ("confirmed", "scheduled", "رزرو", "رزرو شده", "نوبت", "تایید شده"),
}
_STATUS = {word: status for status, words in STATUSES.items() for word in (status, *words)}
A_DAY = 24 * 60


def read(values: dict[str, str], context: Context) -> Row:
    """One row; raises RowProblem."""
    row = _patient(lambda name: values.get(name, ""))
    starts_at = values.get("starts_at", "")
    if not starts_at:
        _refuse_half_an_appointment(values)
        return row
    row.day, row.starts_at = read_moment(starts_at, "starts_at", context.zone)
    row.status = _status(values.get("status", ""), row, context)
    row.minutes = read_count(values["minutes"], "minutes", A_DAY) if values.get("minutes") else None
    row.service = read_text(values.get("service", ""), "service", 120)
    row.practitioner = read_text(values.get("practitioner", ""), "practitioner", 120)
    row.branch = read_text(values.get("branch", ""), "branch", 120)
    row.note = read_text(values.get("note", ""), "note", 300)
    named = values.get("appointment_id", "")
    row.external = f"#{named}" if named else f"{row.person}|{row.starts_at or row.day}|{search_key(row.practitioner)}"
    return row


def _patient(cell: Callable[[str], str]) -> Row:
    first, last = read_text(cell("first_name"), "first_name", 80), read_text(cell("last_name"), "last_name", 80)
    row = Row(
        line=0,
        person="",
        first_name=first if last else "",
        last_name=last or first,
        phone=read_phone_cell(cell("phone")),
        national_code=read_national_code(cell("national_code")),
        birth_date=read_birth_date(cell("birth_date")),
        sex=read_sex(cell("sex")),
    )
    row.person = _identity(cell("external_id"), row)
    return row


def _identity(external_id: str, row: Row) -> str:
    """The other system's id, else the national code, else phone and name together: families share a phone."""
    if external_id:
        return external_id
    if row.national_code:
        return f"code {row.national_code}"
    if row.phone and row.last_name:
        return f"phone {row.phone} {search_key(f'{row.first_name} {row.last_name}')}"
    raise RowProblem("Nobody can say who this is: give external_id, or national_code, or phone and last_name.")


def _refuse_half_an_appointment(values: dict[str, str]) -> None:
    told = [name for name in ("appointment_id", "service", "practitioner", "status") if values.get(name)]
    if told:
        raise RowProblem(f"starts_at is empty, but {', '.join(told)} is given.")


def _status(text: str, row: Row, context: Context) -> str:
    status = _STATUS.get(text.casefold(), "")
    if text and not status:
        raise RowProblem(f"status {short(text)}: use one of {', '.join(STATUSES)}.")
    ahead = row.starts_at > context.now if row.starts_at else row.day is not None and row.day > context.today
    if ahead and row.starts_at is None:
        raise RowProblem("An appointment to come needs its time of day.")
    if ahead and status in {"fulfilled", "no_show"}:
        raise RowProblem(f"status {status}: this appointment lies in the future.")
    if not ahead and status == "booked":
        raise RowProblem("status booked: this day has passed; say fulfilled, no_show or cancelled.")
    return status or ("booked" if ahead else "fulfilled")
