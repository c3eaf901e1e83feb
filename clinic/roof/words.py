"""Columns without a name of their own, called by name in both languages where people read them: tables and log."""

from typing import Any

from django.apps import apps
from django.utils.functional import Promise
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy
from django.utils.translation import gettext_noop as _

WORDS = {
    _("ID"), _("accepted"), _("accepted by"), _("account"), _("added by"), _("after"), _("amount"), _("answer"),
    _("answered at"), _("answers"), _("appointment"), _("appointment status change"), _("appointment status changes"),
    _("arrived at"), _("asked"), _("asked by"), _("asked for"), _("asked of"), _("assigned to"), _("at"),
    _("audience"), _("authority"), _("balance"), _("balance after"), _("banked"), _("base"), _("bearer"), _("before"),
    _("begins"), _("body"), _("booked"), _("booked by"), _("branch"), _("bundle"), _("business date"), _("buyer"),
    _("by"), _("called at"), _("calls"), _("came by"), _("came from"), _("campaign"), _("cancelled by patient"),
    _("card"), _("care plan status change"), _("care plan status changes"), _("cashier"), _("category"), _("cause"),
    _("challenge"), _("chat seen"), _("chat seens"), _("checked in at"), _("cheque status change"),
    _("cheque status changes"), _("claim"), _("claim status change"), _("claim status changes"), _("cleaning since"),
    _("clinic"), _("clinic status change"), _("clinic status changes"), _("closed at"), _("closed by"), _("closes"),
    _("code"), _("commission"), _("confirmed at"), _("confirmed by"), _("consent"), _("content"), _("conversation"),
    _("cosign status change"), _("cosign status changes"), _("counted"), _("counted notes"), _("coverage"),
    _("created at"), _("created by"), _("credited"), _("day"), _("day pack"), _("day pack taken"),
    _("day pack takens"), _("day packs"), _("days"), _("decided at"), _("decided by"), _("deducted"), _("delivery"),
    _("deposit"), _("deposit settled at"), _("deposit status change"), _("deposit status changes"), _("desk"),
    _("detail"), _("device"), _("discount"), _("discount bearer"), _("discount percent"), _("discount reason"),
    _("discount status change"), _("discount status changes"), _("display"), _("domain"), _("domains"), _("done at"),
    _("done by"), _("dosing"), _("drawn on"), _("due at"), _("due expense status change"),
    _("due expense status changes"), _("earned"), _("earned at"), _("encounter"), _("encounter status change"),
    _("encounter status changes"), _("ended on"), _("ends at"), _("ends on"), _("entered afterwards at"),
    _("entered at"), _("entered by"), _("entered in error"), _("entry"), _("error"), _("expected"), _("expires at"),
    _("expires on"), _("external id"), _("fee"), _("figures"), _("filled at"), _("fingerprint"), _("finished at"),
    _("first"), _("first day"), _("first key"), _("follow up task status change"), _("follow up task status changes"),
    _("follow up window status change"), _("follow up window status changes"), _("form"), _("form token"), _("found"),
    _("freed"), _("from status"), _("frozen days"), _("gift card status change"), _("gift card status changes"),
    _("gift try"), _("gift trys"), _("gross"), _("handed by"), _("happened at"), _("height"), _("held at"),
    _("held by"), _("held from"), _("high"), _("hold"), _("hold expires at"), _("hold note"), _("holder hash"),
    _("idempotency key"), _("idempotency keys"), _("in room at"), _("instead of"), _("insured"), _("insurer"),
    _("intake"), _("intake draft"), _("intake drafts"), _("intake form version"), _("intake form versions"),
    _("intake status change"), _("intake status changes"), _("interval"), _("invoice"), _("invoice status change"),
    _("invoice status changes"), _("ip"), _("is active"), _("is automatic"), _("is cancelled"), _("is credit"),
    _("is demo"), _("is live"), _("is official"), _("is override"), _("is primary"), _("is verified"), _("issued at"),
    _("issued by"), _("item"), _("iterations"), _("joined at"), _("journal"), _("key"), _("kind"), _("kiosk try"),
    _("kiosk trys"), _("language"), _("last"), _("last at"), _("last day"), _("last offered at"), _("left"),
    _("left at"), _("left room at"), _("letter status change"), _("letter status changes"), _("line"), _("lines"),
    _("link token"), _("list price"), _("locked"), _("look at"), _("lot"), _("low"), _("made at"), _("made by"),
    _("measure"), _("medication"), _("membership"), _("membership status change"), _("membership status changes"),
    _("memo"), _("merchant id"), _("merged by"), _("merged into"), _("message status change"),
    _("message status changes"), _("mime"), _("minutes"), _("miss fee status change"), _("miss fee status changes"),
    _("money"), _("moved"), _("moves by patient"), _("name"), _("needs approval"), _("normal text"), _("note"),
    _("number"), _("occupancy"), _("occupancys"), _("of set"), _("offered to"), _("on hold at"), _("on my way at"),
    _("on my way minutes"), _("online payment status change"), _("online payment status changes"), _("only one"),
    _("opened at"), _("opening"), _("opening notes"), _("order"), _("outcome"), _("override reason"), _("owner"),
    _("package"), _("package status change"), _("package status changes"), _("pages"), _("paid"), _("paired at"),
    _("paired by"), _("paper"), _("paper note"), _("paper notes"), _("patient"), _("payable on"), _("payment"),
    _("payment hint"), _("payment plan status change"), _("payment plan status changes"), _("payment status change"),
    _("payment status changes"), _("payout"), _("payout reversal"), _("payout reversals"), _("percent"), _("period"),
    _("phone"), _("place"), _("plan"), _("point"), _("points"), _("points account"), _("points accounts"),
    _("points lot"), _("points lots"), _("policy"), _("posted at"), _("practitioner"), _("prefix"), _("price"),
    _("price source"), _("priority"), _("problem"), _("promised at"), _("proposed at"), _("provider id"),
    _("public token"), _("put by"), _("quantity"), _("queue room"), _("queue token"), _("read on"), _("reason"),
    _("recalled at"), _("received"), _("received at"), _("received by"), _("recurring"), _("referred"),
    _("refund status change"), _("refund status changes"), _("refunded"), _("refunded at"), _("relation"),
    _("relative"), _("released"), _("released by"), _("remaining"), _("removed at"), _("removed by"), _("request id"),
    _("resource"), _("resulted at"), _("returned"), _("reverses"), _("reviewed at"), _("reviewed by"),
    _("revoked at"), _("right"), _("role"), _("room"), _("room stay"), _("room stays"), _("round"), _("rule"),
    _("said by"), _("salt"), _("saved at"), _("saved by"), _("saved from"), _("schema name"), _("scope"), _("sealed"),
    _("search text"), _("seat"), _("second"), _("second key"), _("send after"), _("sent at"), _("separable until"),
    _("separated because"), _("separated by"), _("serial"), _("series"), _("service"),
    _("service request status change"), _("service request status changes"), _("services"), _("session"),
    _("sessions"), _("set at"), _("set by"), _("settled"), _("settled at"), _("sha256"), _("share"), _("shift"),
    _("shift status change"), _("shift status changes"), _("short"), _("side"), _("sign in code"), _("sign in codes"),
    _("signature"), _("signed at"), _("signed by"), _("signed name"), _("size"), _("source"), _("starts at"),
    _("starts on"), _("status"), _("stored"), _("stored page"), _("stored thumb"), _("subject"), _("subtotal"),
    _("successor"), _("supplier"), _("tag"), _("target"), _("tax"), _("tell at"), _("template"), _("tenant"),
    _("terms"), _("text"), _("time"), _("time zone"), _("times posted"), _("to status"), _("token"), _("token hash"),
    _("tokens"), _("told from"), _("told until"), _("total"), _("tries"), _("undo until"), _("undoes"),
    _("unit cost"), _("unit price"), _("until"), _("uploaded by"), _("used"), _("used at"), _("user"), _("uses"),
    _("value"), _("version"), _("visit"), _("visit status change"), _("visit status changes"), _("visits"),
    _("voucher"), _("voucher file"), _("voucher files"), _("voucher reversal"), _("voucher reversals"),
    _("waitlist offer status change"), _("waitlist offer status changes"), _("waitlist status change"),
    _("waitlist status changes"), _("wall time"), _("wallet account"), _("wallet accounts"), _("warning overridden"),
    _("warnings"), _("was"), _("was late cancel"), _("way"), _("weekdays"), _("what"), _("who"), _("width"),
    _("withdrawn at"), _("worth"), _("wrapped key"), _("write off"), _("written off"), _("year"), _("year end"),
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
