"""Columns without a name of their own, called by name in both languages where people read them: tables and log."""

from typing import Any

from django.apps import apps
from django.utils.functional import Promise
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy
from django.utils.translation import gettext_noop as _

WORDS = {
    _("ID"), _("accepted by"), _("account"), _("amount"), _("appointment"), _("appointment status change"),
    _("appointment status changes"), _("arrived at"), _("at"), _("balance after"), _("booked by"), _("branch"),
    _("business date"), _("by"), _("called at"), _("campaign"), _("cancelled by patient"), _("cause"),
    _("checked in at"), _("clinic"), _("clinic status change"), _("clinic status changes"), _("code"),
    _("confirmed at"), _("created at"), _("credited"), _("day"), _("detail"), _("discount"), _("discount reason"),
    _("domain"), _("domains"), _("done at"), _("done by"), _("due at"), _("encounter"), _("ended on"),
    _("entered in error"), _("error"), _("expected"), _("external id"), _("finished at"), _("form token"),
    _("from status"), _("held by"), _("held from"), _("hold expires at"), _("in room at"), _("invoice"),
    _("invoice status change"), _("invoice status changes"), _("ip"), _("is active"), _("is cancelled"),
    _("is credit"), _("is demo"), _("is official"), _("is primary"), _("issued at"), _("item"), _("journal"),
    _("kind"), _("language"), _("left room at"), _("link token"), _("look at"), _("lot"), _("medication"), _("memo"),
    _("merged into"), _("name"), _("note"), _("number"), _("override reason"), _("paid"), _("paired at"),
    _("paired by"), _("patient"), _("payment"), _("points"), _("posted at"), _("practitioner"), _("price source"),
    _("priority"), _("promised at"), _("provider id"), _("public token"), _("quantity"), _("queue token"),
    _("reason"), _("received at"), _("received by"), _("refunded"), _("refunded at"), _("relation"), _("request id"),
    _("reverses"), _("room"), _("saved at"), _("saved by"), _("saved from"), _("schema name"), _("search text"),
    _("send after"), _("sent at"), _("service"), _("settled at"), _("short"), _("signed at"), _("signed by"),
    _("source"), _("status"), _("subject"), _("subtotal"), _("successor"), _("tax"), _("tenant"), _("time zone"),
    _("times posted"), _("to status"), _("token hash"), _("total"), _("tries"), _("unit cost"), _("unit price"),
    _("user"), _("version"), _("visit"), _("visit status change"), _("visit status changes"), _("wall time"),
    _("warning overridden"), _("was late cancel"), _("what"), _("worth"),
}  # fmt: skip


def name_columns() -> None:
    """Let Django's own names (from the attribute) be translated; migrations know nothing of it."""
    for model in apps.get_models(include_auto_created=True):
        options: Any = model._meta
        for name in ("verbose_name", "verbose_name_plural"):
            if _own(getattr(options, name)):
                setattr(options, name, gettext_lazy(str(getattr(options, name))))
        for field in options.local_fields:
            if _own(field.verbose_name):
                field.verbose_name = gettext_lazy(str(field.verbose_name))


def _own(name: Any) -> bool:
    """Whether a name came from Django and stands in WORDS."""
    plain = not isinstance(name, Promise) or type(name) is type(format_lazy(""))
    return plain and str(name) in WORDS
