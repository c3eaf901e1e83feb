"""A tiny model of a clinic's money: a few numbers that the books must agree with after every step."""

from collections import defaultdict
from copy import deepcopy
from dataclasses import dataclass, field
from decimal import Decimal

from clinic.shared.money import split_by_largest_remainder

CHANNEL = {
    "cash": "1010", "card": "1020", "transfer": "1030", "wallet": "2010", "package": "2050", "gift_card": "2060",
}  # fmt: skip
MONEY = {"cash", "card", "transfer"}


@dataclass
class Bill:
    pk: int
    left: list[Decimal]  # of each line
    sells: str = ""  # package or gift: what it sold is not used yet
    total: Decimal = Decimal(0)
    paid: Decimal = Decimal(0)
    returned: Decimal = Decimal(0)
    discounted: Decimal = Decimal(0)
    cancelled: bool = False
    visit: int = 0

    @property
    def credited(self) -> Decimal:
        return self.returned + self.discounted

    @property
    def due(self) -> Decimal:
        return Decimal(0) if self.cancelled else self.total - self.credited - self.paid


@dataclass
class Paid:
    pk: int
    bill: Bill | None
    method: str
    amount: Decimal
    left: Decimal
    of: int = 0  # the package or card that it came from


@dataclass
class Sold:
    """A package or a gift card; `value` is what it still owes."""

    pk: int
    bill: Bill
    value: Decimal
    state: str = "active"
    sessions: int = 0


@dataclass
class Money:
    """All of it. Every change is a debit and a credit, so what is built here balances too."""

    books: dict[str, Decimal] = field(default_factory=lambda: defaultdict(Decimal))
    bills: list[Bill] = field(default_factory=list)
    payments: list[Paid] = field(default_factory=list)
    packages: list[Sold] = field(default_factory=list)
    gifts: list[Sold] = field(default_factory=list)
    wallet: Decimal = Decimal(0)
    drawer: Decimal | None = None  # none is open
    closed: bool = False  # the days before today

    def post(self, debit: str, credit: str, amount: Decimal) -> None:
        self.books[debit] += amount
        self.books[credit] -= amount
        for code, sign in ((debit, 1), (credit, -1)):
            if code == "1010" and self.drawer is not None:
                self.drawer += sign * amount
            if code == "2010":
                self.wallet -= sign * amount

    def copy(self) -> "Money":
        return deepcopy(self)

    def issue(self, bill: Bill, credit: str = "4010") -> Bill:
        bill.total = sum(bill.left, Decimal(0))
        self.post("1100", credit, bill.total)
        self.bills.append(bill)
        return bill

    def cash_ok(self, method: str) -> bool:
        return method != "cash" or self.drawer is not None

    def pay(self, pks: list[int], bill: Bill, method: str, amount: Decimal, of: int = 0) -> None:
        part = min(amount, bill.due)
        self.post(CHANNEL[method], "1100", part)
        bill.paid += part
        self.payments.append(Paid(pks[0], bill, method, part, part, of))
        if amount > part:
            self.top_up(pks[1], method, amount - part)

    def top_up(self, pk: int, method: str, amount: Decimal) -> None:
        self.post(CHANNEL[method], "2010", amount)
        self.payments.append(Paid(pk, None, method, amount, amount))

    def give_back(self, paid: Paid, amount: Decimal, way: str) -> None:
        """Money leaves: out of the claim, or out of the credit."""
        paid.left -= amount
        if paid.bill is None:
            self.post("2010", CHANNEL[way], amount)
            return
        self.post("1100", CHANNEL[way], amount)
        paid.bill.paid -= amount
        for sold in self.gifts if paid.method == "gift_card" else self.packages if paid.method == "package" else []:
            if sold.pk == paid.of:
                sold.value += amount
                sold.sessions += paid.method == "package"
                sold.state = "active"

    def plan(self, bill: Bill, amount: Decimal) -> tuple[list[tuple[Paid, Decimal]], Decimal]:
        """What goes back for a reduction: beyond what is owed, the newest payment first, sessions whole."""
        need, parts = max(Decimal(0), amount - bill.due), []
        for paid in sorted((row for row in self.payments if row.bill is bill), key=lambda row: -row.pk):
            part = min(need, paid.left)
            if paid.method == "package" and part != paid.amount:
                part = Decimal(0)
            if part:
                parts.append((paid, part))
                need -= part
        return parts, need

    def credit(self, bill: Bill, parts: list[tuple[int, Decimal]], account: str) -> None:
        """A credit note: (line, amount), against returns, discounts, or what was sold ahead."""
        for place, amount in parts:
            bill.left[place] -= amount
            self.post(account, "1100", amount)
            if account == "4910":
                bill.discounted += amount
            else:
                bill.returned += amount

    def spread(self, bill: Bill, amount: Decimal) -> list[tuple[int, Decimal]]:
        places = [place for place, left in enumerate(bill.left) if left]
        shares = split_by_largest_remainder(amount, [bill.left[place] for place in places])
        return [(place, share) for place, share in zip(places, shares, strict=True) if share]

    def cancel(self, bill: Bill) -> None:
        self.post("4010" if not bill.sells else CHANNEL[bill.sells], "1100", bill.total)
        self.post("1100", "4920", bill.returned)
        self.post("1100", "4910", bill.discounted)
        bill.cancelled = True

    def expected(self) -> dict[str, Decimal]:
        return {code: Decimal(amount) for code, amount in self.books.items() if amount}
