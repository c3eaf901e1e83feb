"""Background work: every task belongs to a clinic, everything timed stands on this page."""

import os
from importlib import import_module
from typing import Any

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "clinic.settings")

import django
from django.apps import apps

if not apps.models_ready:  # a worker starts here; every other process comes here from the roof's ready()
    django.setup()

from celery import Celery, Task
from celery.signals import task_postrun
from django.conf import settings
from django.db import close_old_connections, connection

from clinic.shared.actor import from_where
from clinic.shared.errors import NoClinic
from clinic.shared.tenancy import current_schema, forget_clinic
from clinic.shared.work import HEADER
from tenants.queries import active_clinics, clinic_by_schema

PLATFORM = "public"

CLINICS, ON_PLATFORM, BOTH = "clinics", "platform", "both"
# Seconds between runs, the function, and where it runs: once in every clinic, on the platform, or both.
SWEEPS = {
    "codes": (10, "clinic.accounts.tasks:sweep_codes", BOTH),
    "holds": (20, "scheduling.tasks:sweep_holds", CLINICS),
    "closing": (300, "scheduling.tasks:sweep_closing", CLINICS),
    "waitlist": (15, "scheduling.tasks:sweep_waitlist", CLINICS),
    "wishes": (600, "scheduling.tasks:sweep_entries", CLINICS),
    "messages": (10, "messaging.tasks:sweep_messages", CLINICS),
    "delivery": (60, "messaging.tasks:sweep_delivery", CLINICS),
    "online-payments": (60, "finance.tasks:sweep_online", CLINICS),
    "books": (3600, "finance.tasks:keep_books", CLINICS),
    "reminders": (600, "messaging.actions.reminders:queue_reminders", CLINICS),
    "instalments": (600, "messaging.actions.instalments:remind_instalments", CLINICS),
    "debts": (1800, "finance.tasks:remind_debtors", CLINICS),
    "intake": (60, "messaging.actions.intake:tell_of_intakes", CLINICS),
    "day-packs": (300, "analytics.tasks:make_day_packs", CLINICS),
    "records": (60, "analytics.tasks:sweep_records", CLINICS),
    "sold-ahead": (3600, "finance.tasks:sweep_ahead", CLINICS),
    "points": (3600, "loyalty.tasks:expire_points", CLINICS),
    "requests": (30, "tenants.tasks:sweep_requests", ON_PLATFORM),
}


class ClinicTask(Task):
    """Carries the clinic in a header and refuses to run without one."""

    def apply_async(self, args: Any = None, kwargs: Any = None, **options: Any) -> Any:
        headers = dict(options.pop("headers", None) or {})
        headers.setdefault(HEADER, current_schema() if connection.chosen else "")
        return super().apply_async(args, kwargs, headers=headers, **options)

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        enter(getattr(self.request, HEADER, None) or (self.request.headers or {}).get(HEADER))
        with from_where(ip=None, request_id=str(self.request.id or "")[:40]):
            return super().__call__(*args, **kwargs)


def enter(schema: str | None) -> None:
    """Choose the clinic of a task; raises NoClinic for none, an unknown or a suspended one."""
    close_old_connections()
    if not schema:
        raise NoClinic("A task without a clinic is refused.")
    if schema == PLATFORM:
        connection.choose_platform()
        return
    clinic = clinic_by_schema(schema)
    if clinic is None:
        raise NoClinic(f"The clinic {schema!r} of this task does not work here.")
    connection.set_tenant(clinic)


@task_postrun.connect  # the roof's one signal: after a chain's link was sent on, the thread belongs to nobody
def leave(**_kwargs: Any) -> None:
    forget_clinic()
    close_old_connections()


app = Celery("clinic", task_cls=ClinicTask)
app.config_from_object(settings.CELERY)
app.autodiscover_tasks(lambda: settings.INSTALLED_APPS)


@app.task(name="clinic.sweep")
def sweep(path: str) -> None:
    """Run one timed function in the clinic of this task."""
    module, _colon, name = path.partition(":")
    getattr(import_module(module), name)()


@app.task(name="clinic.fan_out")
def fan_out(name: str) -> None:
    """Ask for one timed function in every clinic."""
    _seconds, path, where = SWEEPS[name]
    schemas = [] if where == ON_PLATFORM else [clinic.schema_name for clinic in active_clinics()]
    schemas += [] if where == CLINICS else [PLATFORM]
    for schema in schemas:
        sweep.apply_async((path,), headers={HEADER: schema}, expires=60)


app.conf.beat_schedule = {
    name: {
        "task": "clinic.fan_out",
        "schedule": seconds,
        "args": (name,),
        "options": {"headers": {HEADER: PLATFORM}, "expires": max(seconds, 10)},
    }
    for name, (seconds, _path, _platform) in SWEEPS.items()
}
