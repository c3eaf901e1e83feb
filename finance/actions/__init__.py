"""Every write of money, by subject."""

from finance.actions.invoices import (
    Draft,
    cancel_for_visit,
    cancel_invoice,
    discount_visit,
    give_discount,
    issue_for_visit,
    issue_invoice,
)
from finance.actions.ledger import Entry, post, post_points, post_points_revaluation, post_stock, reverse
from finance.actions.payments import pay, pay_visit, top_up
from finance.actions.refunds import refund

__all__ = [
    "Draft",
    "Entry",
    "cancel_for_visit",
    "cancel_invoice",
    "discount_visit",
    "give_discount",
    "issue_for_visit",
    "issue_invoice",
    "pay",
    "pay_visit",
    "post",
    "post_points",
    "post_points_revaluation",
    "post_stock",
    "refund",
    "reverse",
    "top_up",
]
