"""The chart of accounts and the posting rules, as one table that an accountant can read.

This is the one module of finance without a house name: it is neither a write nor a read, only the law that
`actions.ledger` follows and that `tests/finance/test_postings.py` holds row by row. Each rule is one debit and one
credit, so whatever is built from rules balances before it is added up.
"""

from dataclasses import dataclass
from typing import NamedTuple

from finance.models.documents import PaymentMethod
from finance.models.ledger import AccountKind
from inventory.models import MovementKind


@dataclass(frozen=True)
class Chart:
    """An account as it is seeded; `per_branch` ones are kept one for each branch, in `money` ones money lies."""

    code: str
    name: str
    name_en: str
    kind: AccountKind
    per_branch: bool = False
    money: bool = False


class Rule(NamedTuple):
    """What is debited and what is credited, by keys of CHART."""

    debit: str
    credit: str


_ASSET, _LIABILITY = AccountKind.ASSET, AccountKind.LIABILITY
_INCOME, _EXPENSE, _EQUITY = AccountKind.INCOME, AccountKind.EXPENSE, AccountKind.EQUITY

CHART: dict[str, Chart] = {
    "cash": Chart("1010", "صندوق", "Cash drawer", _ASSET, per_branch=True, money=True),
    "safe": Chart("1015", "گاوصندوق و صندوق‌های بسته", "Safe and closed drawers", _ASSET, True, True),
    "card": Chart("1020", "کارتخوان، در راه بانک", "Card terminal, on its way to the bank", _ASSET, True, True),
    "bank": Chart("1030", "بانک", "Bank", _ASSET, money=True),
    "online": Chart(
        "1040", "درگاه اینترنتی، در راه بانک", "Online gateway, on its way to the bank", _ASSET, False, True
    ),
    "cheques": Chart("1050", "چک‌های نزد کلینیک", "Cheques in hand", _ASSET),
    "cheques_sent": Chart("1055", "چک‌های در جریان وصول", "Cheques at the bank", _ASSET),
    "receivable": Chart("1100", "طلب از بیماران", "Owed by patients", _ASSET),
    "insurers": Chart("1110", "طلب از بیمه‌ها", "Owed by insurers", _ASSET),
    "inventory": Chart("1200", "موجودی انبار", "Stock", _ASSET),
    "transit": Chart("1210", "کالای در راه شعبه‌ها", "Stock between branches", _ASSET),
    "wallet": Chart("2010", "اعتبار بیماران", "Credit of patients", _LIABILITY),
    "points": Chart("2020", "بدهی امتیازها", "Owed as points", _LIABILITY),
    "deposits": Chart("2015", "بیعانهٔ نوبت‌ها", "Deposits of appointments", _LIABILITY),
    "packages": Chart("2050", "بدهی بسته‌های فروخته‌شده", "Owed as sessions of packages", _LIABILITY),
    "gifts": Chart("2060", "بدهی کارت‌های هدیه", "Owed on gift cards", _LIABILITY),
    "memberships": Chart("2070", "بدهی عضویت‌ها", "Owed as memberships", _LIABILITY),
    "tax": Chart("2030", "مالیات پرداختنی", "Tax to pay", _LIABILITY),
    "supplier": Chart("2040", "بدهی به تأمین‌کنندگان", "Owed to suppliers", _LIABILITY),
    "doctors": Chart("2080", "بدهی به پزشکان", "Owed to doctors", _LIABILITY),
    "opening": Chart("3010", "سرمایه و ماندهٔ آغاز", "Capital and opening balances", _EQUITY),
    "retained": Chart("3020", "سود و زیان انباشته", "Profit and loss of years before", _EQUITY),
    "service_revenue": Chart("4010", "درآمد خدمات", "Revenue of services", _INCOME),
    "product_revenue": Chart("4020", "درآمد فروش کالا", "Revenue of goods", _INCOME),
    "stock_gain": Chart("4030", "اضافی انبار", "Stock found", _INCOME),
    "fee_revenue": Chart("4040", "درآمد هزینهٔ لغو و غیبت", "Fees for missed visits", _INCOME),
    "cash_over": Chart("4050", "اضافی صندوق", "Cash over", _INCOME),
    "cash_income": Chart("4060", "دریافت‌های متفرقهٔ صندوق", "Sundry cash income", _INCOME),
    "other_income": Chart("4110", "درآمدهای دیگر", "Other income", _INCOME),
    "membership_revenue": Chart("4080", "درآمد عضویت‌ها", "Revenue of memberships", _INCOME),
    "breakage": Chart("4070", "درآمد پیش‌فروش استفاده‌نشده", "Revenue of what was sold ahead and never used", _INCOME),
    "discounts": Chart("4910", "تخفیف‌ها", "Discounts", _INCOME),
    "returns": Chart("4920", "برگشت از درآمد", "Revenue given back", _INCOME),
    "points_cost": Chart("4930", "امتیازهای داده‌شده", "Points given", _INCOME),
    "consumables": Chart("5010", "بهای مواد مصرفی", "Cost of consumables", _EXPENSE),
    "goods_cost": Chart("5020", "بهای کالای فروخته‌شده", "Cost of goods sold", _EXPENSE),
    "stock_loss": Chart("5030", "کسری و ضایعات انبار", "Stock lost", _EXPENSE),
    "commission": Chart("5015", "سهم پزشکان", "Doctors’ shares", _EXPENSE),
    "cash_short": Chart("5040", "کسری صندوق", "Cash short", _EXPENSE),
    "petty": Chart("5050", "هزینه‌های خرد صندوق", "Small expenses out of the drawer", _EXPENSE),
    "rent": Chart("5110", "اجاره", "Rent", _EXPENSE),
    "wages": Chart("5120", "حقوق و دستمزد", "Wages and salaries", _EXPENSE),
    "utilities": Chart("5130", "آب، برق، گاز، تلفن و اینترنت", "Power, water, telephone and internet", _EXPENSE),
    "repairs": Chart("5140", "تعمیر و نگهداری", "Repairs and upkeep", _EXPENSE),
    "advertising": Chart("5150", "تبلیغات و بازاریابی", "Advertising", _EXPENSE),
    "bank_fees": Chart("5160", "کارمزد بانکی", "Bank fees", _EXPENSE),
    "office": Chart("5170", "پذیرایی و ملزومات اداری", "Refreshments and office supplies", _EXPENSE),
    "insurance": Chart("5180", "بیمه و مالیات", "Insurance and taxes", _EXPENSE),
    "bad_debt": Chart("5060", "مطالبات سوخت‌شده", "Bad debts", _EXPENSE),
    "insurer_deductions": Chart("5065", "کسورات بیمه‌ها", "Deducted by insurers", _EXPENSE),
    "other_expense": Chart("5190", "هزینه‌های دیگر", "Other expenses", _EXPENSE),
}

# Where money of each method arrives and leaves again.
CHANNEL: dict[str, str] = {
    PaymentMethod.CASH: "cash",
    PaymentMethod.CARD: "card",
    PaymentMethod.CARD_TO_CARD: "bank",
    PaymentMethod.TRANSFER: "bank",
    PaymentMethod.CHEQUE: "cheques",
    PaymentMethod.ONLINE: "online",
    PaymentMethod.WALLET: "wallet",
    PaymentMethod.DEPOSIT: "deposits",
    PaymentMethod.POINTS: "points",
    PaymentMethod.PACKAGE: "packages",
    PaymentMethod.GIFT: "gifts",
    PaymentMethod.INSURER: "insurers",
}

RULES: dict[str, Rule] = {
    # An invoice is issued.
    "service_delivered": Rule("receivable", "service_revenue"),
    "product_sold": Rule("receivable", "product_revenue"),
    "fee_charged": Rule("receivable", "fee_revenue"),
    "tax_charged": Rule("receivable", "tax"),
    "discount_given": Rule("discounts", "receivable"),
    # Money comes.
    "paid_cash": Rule("cash", "receivable"),
    "paid_card": Rule("card", "receivable"),
    "paid_card_to_card": Rule("bank", "receivable"),
    "paid_transfer": Rule("bank", "receivable"),
    "paid_cheque": Rule("cheques", "receivable"),
    "paid_online": Rule("online", "receivable"),
    "paid_wallet": Rule("wallet", "receivable"),
    "paid_deposit": Rule("deposits", "receivable"),
    "paid_points": Rule("points", "receivable"),
    "deposited_cash": Rule("cash", "wallet"),
    "deposited_card": Rule("card", "wallet"),
    "deposited_card_to_card": Rule("bank", "wallet"),
    "deposited_transfer": Rule("bank", "wallet"),
    "deposited_online": Rule("online", "wallet"),
    # A deposit for an appointment is kept apart until the visit: then it pays the bill, or goes into the credit.
    "held_cash": Rule("cash", "deposits"),
    "held_card": Rule("card", "deposits"),
    "held_card_to_card": Rule("bank", "deposits"),
    "held_transfer": Rule("bank", "deposits"),
    "held_online": Rule("online", "deposits"),
    "held_wallet": Rule("wallet", "deposits"),
    "deposit_returned": Rule("deposits", "wallet"),
    "deposit_taken_back": Rule("wallet", "deposits"),
    # Money goes back: the claim is reduced (a credit note) or stands again, then it leaves by the channel used.
    "credited": Rule("returns", "receivable"),
    # An insurer owes its share in her place; what it does not accept is hers again, what it pays comes to the bank.
    "paid_insurer": Rule("insurers", "receivable"),
    "paid_back_insurer": Rule("receivable", "insurers"),
    "claim_paid": Rule("bank", "insurers"),
    "claim_deducted": Rule("insurer_deductions", "insurers"),
    "written_off": Rule("bad_debt", "receivable"),
    "paid_back_cash": Rule("receivable", "cash"),
    "paid_back_card": Rule("receivable", "card"),
    "paid_back_card_to_card": Rule("receivable", "bank"),
    "paid_back_transfer": Rule("receivable", "bank"),
    "paid_back_cheque": Rule("receivable", "cheques"),
    "paid_back_online": Rule("receivable", "online"),
    "paid_back_wallet": Rule("receivable", "wallet"),
    "paid_back_deposit": Rule("receivable", "deposits"),
    "paid_back_points": Rule("receivable", "points"),
    "deposit_back_cash": Rule("wallet", "cash"),
    "deposit_back_card": Rule("wallet", "card"),
    "deposit_back_card_to_card": Rule("wallet", "bank"),
    "deposit_back_transfer": Rule("wallet", "bank"),
    "deposit_back_online": Rule("wallet", "online"),
    # What the bank pays out of a terminal arrives less its fee; a cheque waits in hand, then at the bank.
    "card_settled": Rule("bank", "card"),
    "card_fee": Rule("bank_fees", "card"),
    "cheque_deposited": Rule("cheques_sent", "cheques"),
    "cheque_cleared": Rule("bank", "cheques_sent"),
    "cheque_bounced": Rule("cheques", "cheques_sent"),
    # A drawer is filled out of the safe and emptied into it; both accounts together are the branch's cash.
    "cash_opened": Rule("cash", "safe"),
    "cash_in": Rule("cash", "cash_income"),
    "cash_out": Rule("petty", "cash"),
    "cash_from_safe": Rule("cash", "safe"),
    "cash_to_safe": Rule("safe", "cash"),
    "cash_from_bank": Rule("cash", "bank"),
    "cash_to_bank": Rule("bank", "cash"),
    "cash_short": Rule("cash_short", "cash"),
    "cash_over": Rule("cash", "cash_over"),
    "cash_handed": Rule("safe", "cash"),
    "cash_taken_over": Rule("cash", "safe"),
    "cash_left": Rule("safe", "cash"),
    # What is sold ahead is a debt until it is used; then it pays the bill of the visit, session by session.
    "package_sold": Rule("receivable", "packages"),
    "paid_package": Rule("packages", "receivable"),
    "paid_back_package": Rule("receivable", "packages"),
    "package_refunded": Rule("packages", "receivable"),
    "package_kept": Rule("packages", "breakage"),
    "package_expired": Rule("packages", "breakage"),
    "package_revived": Rule("breakage", "packages"),
    "gift_sold": Rule("receivable", "gifts"),
    "paid_gift_card": Rule("gifts", "receivable"),
    "paid_back_gift_card": Rule("receivable", "gifts"),
    "gift_refunded": Rule("gifts", "receivable"),
    "gift_expired": Rule("gifts", "breakage"),
    # A membership is earned day by day; what is not earned goes back with it.
    "membership_sold": Rule("receivable", "memberships"),
    "membership_earned": Rule("memberships", "membership_revenue"),
    "membership_refunded": Rule("memberships", "receivable"),
    # A doctor's share is a cost when it is earned, and a debt until it is paid out.
    "commission_earned": Rule("commission", "doctors"),
    "commission_back": Rule("doctors", "commission"),
    "commission_paid": Rule("doctors", "bank"),
    # Points are a promise: given out of revenue, kept as a debt, back into revenue when they end unused.
    "points_given": Rule("points_cost", "points"),
    "points_ended": Rule("points", "points_cost"),
    # Written by hand: the rule names where it belongs when nobody chose an account; a chosen one is of the same kind.
    "income_received": Rule("bank", "other_income"),
    "expense_paid": Rule("other_expense", "bank"),
    "expense_owed": Rule("other_expense", "supplier"),
    "supplier_paid": Rule("supplier", "bank"),
    "moved": Rule("bank", "cash"),
    "opening_has": Rule("bank", "opening"),
    "opening_owes": Rule("opening", "supplier"),
    "opening_own": Rule("opening", "retained"),
    # At the end of a year what was earned and spent is carried to the equity.
    "year_income": Rule("other_income", "retained"),
    "year_expense": Rule("retained", "other_expense"),
    "year_income_back": Rule("retained", "other_income"),
    "year_expense_back": Rule("other_expense", "retained"),
    # Stock, at the cost of its lot.
    "stock_purchase": Rule("inventory", "supplier"),
    "stock_consume": Rule("consumables", "inventory"),
    "stock_sale": Rule("goods_cost", "inventory"),
    "stock_return_in": Rule("inventory", "goods_cost"),
    "stock_return_out": Rule("supplier", "inventory"),
    "stock_transfer_out": Rule("transit", "inventory"),
    "stock_transfer_in": Rule("inventory", "transit"),
    "stock_found": Rule("inventory", "stock_gain"),
    "stock_lost": Rule("stock_loss", "inventory"),
    "stock_expired": Rule("stock_loss", "inventory"),
    "stock_damaged": Rule("stock_loss", "inventory"),
}

# A reversal has no rule of its own: it turns round what the movement that it reverses has posted.
STOCK_RULES: dict[str, str] = {kind: f"stock_{kind}" for kind in MovementKind.values if kind != MovementKind.REVERSAL}

# Which account lines name the patient, so that her balance can be read from the books.
OF_PATIENT = frozenset({"receivable", "wallet", "deposits"})
OF_WORK = frozenset(
    {
        "service_revenue", "product_revenue", "fee_revenue", "consumables", "commission", "other_income",
        "other_expense", "discounts", "returns",
    }
)  # fmt: skip
OF_DOCTOR = OF_WORK | {"doctors"}
# Accounts that only their own documents move: by hand nothing is posted there, and nothing is opened.
_FREE = {
    "cash",
    "safe",
    "card",
    "bank",
    "online",
    "supplier",
    "tax",
    "opening",
    "retained",
    "other_income",
    "other_expense",
}
RULED = frozenset(CHART[key].code for rule in RULES.values() for key in rule if key not in _FREE)
