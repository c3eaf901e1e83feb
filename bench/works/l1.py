"""L1: the trial balance and a month's profit over a million journal lines, against the bare SQL on the same rows."""

import time
from collections.abc import Callable

from bench.limit import connect
from bench.stage import Stage

LINES, DAYS, ROUNDS = 1_000_000, 1_000, 7
JOURNALS = """INSERT INTO finance_journal (kind, cause, business_date, posted_at, branch_id, memo)
    SELECT 'bench', 'bench:' || n, current_date - 1 - n * %s / %s, now(), %s, '' FROM generate_series(0, %s) n"""
SIDES = """INSERT INTO finance_journalline
               (journal_id, account_id, amount, practitioner_id, service_id, business_date, branch_id)
    SELECT j.id, CASE WHEN side = 0 THEN %s ELSE (%s::bigint[])[1 + j.id %% cardinality(%s::bigint[])] END,
           CASE WHEN side = 0 THEN 500000 ELSE -500000 END, CASE WHEN side = 1 THEN %s END,
           CASE WHEN side = 1 THEN %s END, j.business_date, j.branch_id
      FROM finance_journal j, generate_series(0, 1) side WHERE j.kind = 'bench'"""
BALANCE = """SELECT account_id, sum(amount) FILTER (WHERE amount > 0), sum(amount) FILTER (WHERE amount < 0)
             FROM finance_journalline WHERE business_date <= current_date GROUP BY 1"""
MONTH = """SELECT l.account_id, sum(l.amount) FROM finance_journalline l JOIN finance_account a ON a.id = l.account_id
           WHERE a.kind IN ('income', 'expense') AND l.business_date BETWEEN %s AND %s GROUP BY 1"""


def measure(stage: Stage) -> None:
    """Each figure is the quickest of some rounds, by our query and by one statement of the database."""
    from clinic.shared.tenancy import use_clinic
    from finance.queries import clinic_today, trial_balance
    from finance.queries.reports import Scope, profit
    from finance.queries.reports.scope import ONE, month_of

    world = stage.long
    with use_clinic(world.clinic()):
        _fill(stage)
        today = clinic_today()
        first, last = month_of(month_of(today)[0] - ONE)
        with connect(world.schema) as bare:
            limits = [
                _quickest(lambda: bare.execute(BALANCE).fetchall()),
                _quickest(lambda: bare.execute(MONTH, [first, last]).fetchall()),
            ]
        figures = [
            ("L1.trial_balance", _quickest(lambda: trial_balance(today).rows), limits[0], 300),
            ("L1.month_profit", _quickest(lambda: profit(Scope(first, last)).profit), limits[1], 500),
        ]
        assert trial_balance(today).balances
    for name, took, limit, most in figures:
        stage.report.add(name, took, "ms", ratio=took / limit, to="bare SQL", n=ROUNDS,
                         goal=f"<= {most} ms", met=took <= most)  # fmt: skip


def _quickest(work: Callable[[], object]) -> float:
    times = []
    for _round in range(ROUNDS):
        began = time.perf_counter()
        work()
        times.append(time.perf_counter() - began)
    return min(times) * 1000


def _fill(stage: Stage) -> None:
    """The lines, once; triggers that look at each new line are passed by, for they are not what is measured."""
    import psycopg
    from django.conf import settings

    from clinic.accounts.models import Branch
    from finance.actions import furnish_accounts
    from finance.models import Account, Journal
    from scheduling.models import Practitioner, Service

    if Journal.objects.filter(kind="bench").exists():
        return
    furnish_accounts(by=None)
    accounts = list(Account.objects.filter(kind__in=["income", "expense"]).values_list("pk", flat=True))
    branch, bank = Branch.objects.order_by("pk")[0].pk, Account.objects.get(code="1030").pk
    doctor, service = Practitioner.objects.order_by("pk")[0].pk, Service.objects.order_by("pk")[0].pk
    with psycopg.connect(settings.OWNER_DATABASE_URL) as owner:
        owner.execute(f"SET search_path TO {stage.long.schema}, ext")
        for table in ("finance_journal", "finance_journalline"):
            owner.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        owner.execute(JOURNALS, [DAYS, LINES // 2, branch, LINES // 2 - 1])
        owner.execute(SIDES, [bank, accounts, accounts, doctor, service])
        owner.execute("SET CONSTRAINTS ALL IMMEDIATE")  # a table with checks still to come cannot be altered
        for table in ("finance_journal", "finance_journalline"):
            owner.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")
        owner.commit()
        owner.autocommit = True
        owner.execute("VACUUM ANALYZE finance_journal, finance_journalline")
