"""Two visits at once never use the last session twice, two bills never the last of a gift card."""

import threading
from collections.abc import Callable
from decimal import Decimal
from typing import Any

from django.db import connection

from clinic.shared.errors import ActionError
from clinic.shared.tenancy import use_clinic
from finance import actions
from finance.models import GiftCard, PackageItem, PackageMove
from tests.finance import make as money
from tests.finance.packages import agreed, sold, visit_with
from tests.finance.test_gifts import sold as sold_card


def at_once(clinic: Any, *work: Callable[[], Any]) -> list[Any]:
    """What each gives, or the refusal; all begin together."""
    start, found = threading.Barrier(len(work)), [None] * len(work)

    def run(place: int) -> None:
        try:
            with use_clinic(clinic):
                start.wait()
                found[place] = work[place]()
        except ActionError as error:
            found[place] = error
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(place,)) for place in range(len(work))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    return found


def test_the_last_session_and_the_last_of_a_card_are_used_once(committed: Any) -> None:
    service = money.make.service(price=Decimal(400_000))
    package = sold(counts={service: 1})
    visits = [visit_with(package) for _each in range(3)]
    bills = at_once(committed, *[lambda each=each: actions.issue_for_visit(visit=each, by=None) for each in visits])
    assert sorted(int(bill.due) for bill in bills) == [0, 400_000, 400_000]
    assert PackageItem.objects.get().left == 0
    assert PackageMove.objects.filter(kind="used").count() == 1
    card, _code = sold_card(300_000)
    owed = [bill for bill in bills if bill.due]
    paid = at_once(
        committed, *[lambda bill=bill: money.pay(bill, 300_000, "gift_card", gift_card=card) for bill in owed]
    )
    assert sorted(isinstance(each, ActionError) for each in paid) == [False, True]
    assert GiftCard.objects.get().balance == 0
    agreed()
