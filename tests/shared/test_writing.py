"""One statement writes a row with its history and its status; a row like it is not written twice."""

from typing import Any

from clinic.accounts.models import Branch
from clinic.shared.actor import acting
from clinic.shared.statuses import begin, move
from messaging.models import Message, MessageStatusChange
from messaging.statuses import MESSAGE_MOVES, MessageStatus


def test_a_row_and_its_history_are_one_statement(make: Any, allow_queries: Any) -> None:
    user = make.user()
    branch = Branch(name="Tajrish")
    with acting(user), allow_queries(1):
        branch.save()
    branch.name = "Vanak"
    with acting(user), allow_queries(1):
        branch.save()
    history: Any = Branch.history  # type: ignore[attr-defined]  # made at run time
    kept = list(history.filter(id=branch.pk).order_by("history_id"))
    assert [(row.history_type, row.name, row.history_user_id) for row in kept] == [
        ("+", "Tajrish", user.pk), ("~", "Vanak", user.pk),
    ]  # fmt: skip
    assert branch.created_at == kept[0].created_at


def _message() -> Message:
    return Message(kind="receipt", recipient="+989120000000", language="fa", text="…", cause="test:1")


def test_a_thing_begins_once_with_its_first_status(allow_queries: Any) -> None:
    first = _message()
    with allow_queries(1):
        assert begin(first, log=MessageStatusChange, by=None, once=True)
    assert not begin(_message(), log=MessageStatusChange, by=None, once=True)
    assert Message.objects.count() == MessageStatusChange.objects.count() == Message.history.count() == 1  # type: ignore[attr-defined]  # made at run time
    with allow_queries(2):  # the row is locked, then written with its history and the move
        move(first, MessageStatus.WITHDRAWN, moves=MESSAGE_MOVES, log=MessageStatusChange, by=None)
    assert list(MessageStatusChange.objects.order_by("pk").values_list("from_status", "to_status")) == [
        ("", "queued"), ("queued", "withdrawn"),
    ]  # fmt: skip
