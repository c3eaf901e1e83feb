"""Admitting clinics."""

import logging
import zoneinfo
from typing import Any

import psycopg
from django.conf import settings
from django.utils.translation import gettext as _

from clinic.accounts.actions import account_for_phone, grant_role
from clinic.accounts.models import Branch
from clinic.accounts.roles import Role
from clinic.shared.actions import action
from clinic.shared.errors import Conflict, Invalid, TooMany
from clinic.shared.money import EXPONENTS
from clinic.shared.phones import read_mobile
from clinic.shared.statuses import move
from clinic.shared.tenancy import SCHEMA_NAME, use_clinic, use_platform
from clinic.shared.work import wake
from emr.actions import furnish_record
from finance.actions import furnish_accounts
from tenants import provisioning, tasks
from tenants.models import Clinic, ClinicRequest, ClinicRequestStatusChange, ClinicStatusChange, Domain
from tenants.queries import forget_hosts
from tenants.statuses import CLINIC_MOVES, REQUEST_MOVES, ClinicStatus, RequestStatus

log = logging.getLogger(__name__)
MAX_WAITING = 3
RESERVED_HOSTS = {"www", "api", "admin", "static", "mail", "public", "control", "app"}


def create_clinic(
    *,
    schema: str,
    name: str,
    host: str,
    owner_phone: str,
    language: str = "fa",
    time_zone: str = "Asia/Tehran",
    currency: str = "IRR",
    branch: str = "",
    name_en: str = "",
    money_display: str = "",
    is_demo: bool = False,
    by: Any = None,
) -> Clinic:
    """Make a clinic that is ready for work: schema, host, first branch, owner.

    The schema is built by the owner role outside of the app's transaction; if anything later fails it is taken back.
    Raises Invalid for names, hosts, zones and numbers that cannot be used, Conflict for ones that are taken.
    """
    host = host.strip().lower().rstrip(".")
    check_names(schema=schema, name=name, host=host, language=language, time_zone=time_zone, currency=currency)
    with use_platform():
        clinic = _register(
            schema=schema,
            name=name.strip(),
            name_en=name_en,
            host=host,
            language=language,
            time_zone=time_zone,
            currency=currency,
            money_display=money_display,
            is_demo=is_demo,
            by=by,
        )
    try:
        provisioning.build_schema(schema)
        with use_clinic(clinic.info(host)):
            _furnish(branch=branch or name, time_zone=time_zone, owner_phone=owner_phone, language=language, by=None)
        with use_platform():
            clinic = set_clinic_status(clinic=clinic, status=ClinicStatus.ACTIVE, by=by)
    except BaseException as error:
        _take_back(clinic)
        if isinstance(error, psycopg.errors.DuplicateSchema):
            raise Conflict(_("This schema name is taken."), field="schema") from error
        raise
    finally:
        forget_hosts()
    return clinic


def check_names(*, schema: str, name: str, host: str, language: str, time_zone: str, currency: str) -> None:
    """Raise Invalid, with the field, for anything that cannot name a clinic."""
    if not SCHEMA_NAME.match(schema):
        raise Invalid(_("A schema is “c_” and 1 to 40 small Latin letters, digits or “_”."), field="schema")
    if not name.strip() or len(name) > 120:
        raise Invalid(_("Give a name of 1 to 120 characters."), field="name")
    labels = host.split(".")
    if len(host) > 200 or not all(_is_host_label(label) for label in labels) or labels[0] in RESERVED_HOSTS:
        raise Invalid(_("A host is small Latin letters, digits and hyphens, like clinic.example.com."), field="host")
    if host == settings.PLATFORM_HOST:
        raise Invalid(_("This host belongs to the platform."), field="host")
    if language not in dict(settings.LANGUAGES):
        raise Invalid(_("The language is fa or en."), field="language")
    if time_zone not in zoneinfo.available_timezones():
        raise Invalid(_("There is no such time zone."), field="time_zone")
    if currency not in EXPONENTS:
        raise Invalid(_("This currency is not supported."), field="currency")


def _is_host_label(label: str) -> bool:
    return (
        0 < len(label) <= 63
        and all(c in "abcdefghijklmnopqrstuvwxyz0123456789-" for c in label)
        and not label.startswith("-")
        and not label.endswith("-")
    )


@action
def _register(*, schema: str, host: str, by: Any, **values: Any) -> Clinic:
    if Clinic.objects.filter(schema_name=schema).exists():
        raise Conflict(_("This schema name is taken."), field="schema")
    if Domain.objects.filter(domain=host).exists():
        raise Conflict(_("This host is taken."), field="host")
    clinic = Clinic(schema_name=schema, **values)
    clinic.save()
    Domain.objects.create(domain=host, tenant=clinic, is_primary=True)
    return clinic


@action
def _furnish(*, branch: str, time_zone: str, owner_phone: str, language: str, by: Any) -> None:
    """The first branch, the owner, templates of notes and the chart of accounts to begin with."""
    Branch(name=branch, time_zone=time_zone).save()
    owner = account_for_phone(phone=read_mobile(owner_phone, field="owner_phone"), by=None)
    grant_role(user=owner, role=Role.OWNER, by=None)
    furnish_record(language=language, by=None)
    furnish_accounts(by=None)


def _take_back(clinic: Clinic) -> None:
    log.error("clinic %s could not be finished; taking it back", clinic.schema_name)
    provisioning.drop_schema(clinic.schema_name)
    with use_platform():
        Domain.objects.filter(tenant=clinic).delete()
        clinic.delete(force_drop=False)


@action
def set_clinic_status(*, clinic: Clinic, status: str, reason: str = "", by: Any) -> Clinic:
    """Suspend, open again or close a clinic. Its data stays."""
    moved = move(clinic, status, moves=CLINIC_MOVES, log=ClinicStatusChange, by=by, reason=reason)
    forget_hosts()
    return moved


@action
def request_clinic(*, subdomain: str, owner_phone: str, by: Any = None, **values: Any) -> ClinicRequest:
    """Somebody asks for a clinic; operators see it in their queue.

    Raises Invalid or Conflict for an address that cannot be had, TooMany beyond three waiting requests of a number.
    """
    subdomain = subdomain.strip().lower()
    phone = read_mobile(owner_phone, field="owner_phone")
    _check_free(subdomain)
    if ClinicRequest.objects.filter(owner_phone=phone, status=RequestStatus.WAITING).count() >= MAX_WAITING:
        raise TooMany(_("Requests of this number are already waiting. We will call."), field="owner_phone")
    row = ClinicRequest(subdomain=subdomain, owner_phone=phone, **values)
    row.save()
    ClinicRequestStatusChange.record(row, "", row.status, by=by)
    return row


def _check_free(subdomain: str) -> None:
    if not _is_host_label(subdomain) or not 3 <= len(subdomain) <= 40 or subdomain in RESERVED_HOSTS:
        raise Invalid(_("An address is 3 to 40 small Latin letters, digits and hyphens."), field="subdomain")
    if Domain.objects.filter(domain=host_for(subdomain)).exists():
        raise Conflict(_("This address is taken. Try another one."), field="subdomain")


@action
def approve_request(*, request: ClinicRequest, by: Any) -> ClinicRequest:
    """Admit a clinic; a worker builds it within seconds."""
    _check_free(request.subdomain)
    moved = move(request, RequestStatus.APPROVED, moves=REQUEST_MOVES, log=ClinicRequestStatusChange, by=by)
    wake(tasks.build_requested, moved.pk)
    return moved


@action
def reject_request(*, request: ClinicRequest, reason: str, by: Any) -> ClinicRequest:
    """Turn a request down, with a reason that stays in its history."""
    if not reason.strip():
        raise Invalid(_("Write the reason; it stays in the history."), field="reason")
    return move(
        request, RequestStatus.REJECTED, moves=REQUEST_MOVES, log=ClinicRequestStatusChange, by=by, reason=reason
    )


@action
def finish_request(*, request: ClinicRequest, clinic: Clinic, by: Any = None) -> ClinicRequest:
    """The clinic of an approved request stands."""
    return move(
        request,
        RequestStatus.READY,
        moves=REQUEST_MOVES,
        log=ClinicRequestStatusChange,
        by=by,
        changes={"clinic": clinic},
    )


def build_requested(*, request: ClinicRequest, by: Any = None) -> Clinic:
    """Build the clinic of an approved request; safe to repeat after a fault."""
    schema = "c_" + request.subdomain.replace("-", "_")
    clinic = Clinic.objects.filter(schema_name=schema, status=ClinicStatus.ACTIVE).first()
    if clinic is None:
        clinic = create_clinic(
            schema=schema,
            name=request.clinic_name,
            host=host_for(request.subdomain),
            owner_phone=request.owner_phone,
            language=request.language,
            time_zone=request.time_zone,
            currency=request.currency,
            by=by,
        )
    finish_request(request=request, clinic=clinic, by=by)
    return clinic


def host_for(subdomain: str) -> str:
    """The host name of a clinic below the platform's own."""
    return f"{subdomain}.{settings.PLATFORM_HOST}"


@action
def mark_demo(*, clinic: Clinic, accent: str, by: Any) -> Clinic:
    """A clinic of invented people: every page says so."""
    clinic.is_demo, clinic.accent = True, accent
    clinic.save()
    forget_hosts()
    return clinic
