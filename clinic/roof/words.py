"""Columns without a name of their own, called by name in both languages where people read them: tables and log."""

from typing import Any

from django.apps import apps
from django.utils.functional import Promise
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy
from django.utils.translation import gettext_noop as _

WORDS = {
    _("ID"), _("accepted by"), _("account"), _("amount"), _("appointment"), _("appointment status change"),
    _("appointment status changes"), _("arrived at"), _("at"), _("authority"), _("balance after"), _("booked by"),
    _("branch"), _("bundle"), _("business date"), _("by"), _("called at"), _("calls"), _("came by"), _("campaign"),
    _("cancelled by patient"), _("cause"), _("checked in at"), _("cleaning since"), _("clinic"),
    _("clinic status change"), _("clinic status changes"), _("closed by"), _("code"), _("confirmed at"),
    _("created at"), _("credited"), _("day"), _("deposit"), _("deposit settled at"), _("deposit status change"),
    _("deposit status changes"), _("detail"), _("discount"), _("discount reason"), _("domain"), _("domains"),
    _("done at"), _("done by"), _("due at"), _("encounter"), _("ended on"), _("entered afterwards at"),
    _("entered in error"), _("error"), _("expected"), _("external id"), _("finished at"), _("form token"),
    _("from status"), _("frozen days"), _("happened at"), _("held by"), _("held from"), _("hold expires at"),
    _("hold note"), _("in room at"), _("invoice"), _("invoice status change"), _("invoice status changes"), _("ip"),
    _("is active"), _("is cancelled"), _("is credit"), _("is demo"), _("is official"), _("is primary"), _("issued at"),
    _("item"), _("journal"), _("kind"), _("language"), _("left room at"), _("link token"), _("list price"),
    _("look at"), _("lot"), _("medication"), _("memo"), _("merchant id"), _("merged into"), _("moves by patient"),
    _("name"), _("needs approval"), _("note"), _("number"), _("on hold at"), _("on my way at"), _("on my way minutes"),
    _("online payment status change"), _("online payment status changes"), _("override reason"), _("package"),
    _("package status change"), _("package status changes"), _("paid"), _("paired at"), _("paired by"), _("patient"),
    _("payment"), _("point"), _("points"), _("posted at"), _("practitioner"), _("prefix"), _("price source"),
    _("priority"), _("problem"), _("promised at"), _("proposed at"), _("provider id"), _("public token"),
    _("quantity"), _("queue room"), _("queue token"), _("reason"), _("recalled at"), _("received at"),
    _("received by"), _("refunded"), _("refunded at"), _("relation"), _("request id"), _("returned"), _("reverses"),
    _("room"), _("saved at"), _("saved by"), _("saved from"), _("schema name"), _("search text"), _("seat"),
    _("send after"), _("sent at"), _("series"), _("service"), _("services"), _("session"), _("sessions"),
    _("settled at"), _("shift"), _("short"), _("signed at"), _("signed by"), _("source"), _("status"), _("subject"),
    _("subtotal"), _("successor"), _("supplier"), _("tax"), _("tenant"), _("time zone"), _("times posted"),
    _("to status"), _("token"), _("token hash"), _("told from"), _("told until"), _("total"), _("tries"), _("undoes"),
    _("unit cost"), _("unit price"), _("used"), _("user"), _("value"), _("version"), _("visit"),
    _("visit status change"), _("visit status changes"), _("wall time"), _("warning overridden"), _("was"),
    _("was late cancel"), _("what"), _("worth"),
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
