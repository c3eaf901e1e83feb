"""Credit notes: the bill stays as issued, a numbered document of its own takes off what is given back of its lines."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Max
from django.utils.translation import gettext as _

from clinic.accounts.models import User
from clinic.shared.actions import action
from clinic.shared.errors import Conflict, Invalid
from clinic.shared.money import format_money, split_by_largest_remainder
from finance.actions.invoices import check_amount
from finance.actions.ledger import Entry, post, take_turn
from finance.models import CreditKind, CreditLine, CreditNote, Invoice, InvoiceLine
from finance.queries.credits import Left, left_of
from finance.queries.days import today


@dataclass(frozen=True)
class Part:
    """What is taken off one line: an amount in the clinic's currency, and how many of it came back (0: the price)."""

    line: InvoiceLine
    amount: Decimal
    quantity: Decimal = Decimal(0)


@action
def issue_credit_note(
    *,
    invoice: Invoice,
    parts: Sequence[Part],
    reason: str,
    kind: str = CreditKind.RETURN,
    rule: str = "credited",
    journal_kind: str = "",
    bearer: str = "",
    form_token: str = "",
    by: User | None,
) -> CreditNote:
    """Write the document and its journal, line by line; the caller holds the bill and lowers it by as much.

    Raises Invalid where a line has less left than is taken off.
    """
    _check(parts, {row.line.pk: row for row in left_of(invoice)})
    take_turn("credit-note-number")  # no gaps: the next waits until this one is committed or gone
    last = CreditNote.objects.aggregate(last=Max("number"))["last"] or 0
    note = CreditNote(
        number=last + 1, invoice=invoice, branch=invoice.branch, kind=kind, reason=reason.strip()[:200],
        amount=sum((part.amount for part in parts), Decimal(0)), bearer=bearer, business_date=today(invoice.branch),
        by=by, form_token=form_token or None,
    )  # fmt: skip
    note.save(force_insert=True)
    for part in parts:
        CreditLine(note=note, line=part.line, quantity=part.quantity, amount=part.amount).save(force_insert=True)
    post(
        kind=journal_kind or ("discount" if kind == CreditKind.DISCOUNT else "credit_note"),
        cause=f"invoice:{invoice.pk}/credit:{note.pk}",
        entries=[_entry(rule, part, invoice) for part in parts],
        business_date=note.business_date,
        branch=invoice.branch,
        memo=note.reason,
        by=by,
    )
    return note


def spread(invoice: Invoice, amount: Decimal, only: InvoiceLine | None = None) -> list[Part]:
    """An amount over the lines of a bill (or one of them) by what is left of each, to the last smallest unit."""
    rows = [row for row in left_of(invoice) if row.amount and (only is None or row.line.pk == only.pk)]
    room = sum((row.amount for row in rows), Decimal(0))
    if amount > room:
        text = _("Of this bill %(left)s is left to give back.") % {"left": format_money(room)}
        raise Conflict(text, field="amount", code="too_much")
    shares = split_by_largest_remainder(amount, [row.amount for row in rows])
    return [Part(row.line, share) for row, share in zip(rows, shares, strict=True) if share]


def _entry(rule: str, part: Part, invoice: Invoice) -> Entry:
    return Entry(rule, part.amount, invoice.patient, part.line.practitioner, part.line.service)


def _check(parts: Iterable[Part], left: dict[int, Left]) -> None:
    for part in parts:
        check_amount(part.amount, f"line-{part.line.pk}")
        row = left.get(part.line.pk)
        if row is None or part.amount > row.amount:
            text = _("Of “%(name)s” %(left)s is left to give back.")
            said = {"name": part.line.name, "left": format_money(row.amount if row else Decimal(0))}
            raise Invalid(text % said, field=f"line-{part.line.pk}")
        if not 0 <= part.quantity <= row.quantity:
            text = _("More of “%(name)s” is given back than was sold.")
            raise Invalid(text % {"name": part.line.name}, field=f"line-{part.line.pk}")
