"""Reports of the books, each from the lines alone: of their days, and of what was posted until a moment."""

from finance.queries.reports.ledger import account_lines
from finance.queries.reports.matched import matched
from finance.queries.reports.profit import months_back, profit, profit_by
from finance.queries.reports.scope import Scope
from finance.queries.reports.sheets import balance_sheet, cash_flow
from finance.queries.reports.weekly import weekly

__all__ = [
    "Scope",
    "account_lines",
    "balance_sheet",
    "cash_flow",
    "matched",
    "months_back",
    "profit",
    "profit_by",
    "weekly",
]
