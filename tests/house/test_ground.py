"""The ground that everything stands on: no clinic no data, history, one door, append-only rows."""

from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction

from clinic.accounts.models import Branch, SecurityEvent, User
from clinic.shared.errors import NoClinic
from clinic.shared.tenancy import cache_key, current_clinic, forget_clinic, nobody, use_clinic, use_platform
from tenants.models import Clinic
from tests.conftest import HOST_B, clinic_info


def test_a_query_without_a_clinic_is_an_error() -> None:
    with nobody():
        with pytest.raises(NoClinic):
            User.objects.count()
        with pytest.raises(NoClinic):
            cache_key("k", "", 1)


def test_the_platform_is_no_clinic() -> None:
    with use_platform(), pytest.raises(NoClinic):
        current_clinic()


def test_a_clinic_does_not_see_the_platform(clinic: Any) -> None:
    with pytest.raises(DatabaseError), transaction.atomic():
        list(Clinic.objects.all())


def test_clinics_are_apart(make: Any) -> None:
    make.branch(name="only in A")
    with use_clinic(clinic_info(HOST_B)):
        assert not Branch.objects.filter(name="only in A").exists()


def test_history_keeps_who_and_what(make: Any) -> None:
    from clinic.accounts.actions import set_preferences

    user, by = make.user(), make.user("owner")
    set_preferences(user=user, language="en", by=by)
    row = user.history.first()
    assert (row.language, row.history_user_id, row.history_type) == ("en", by.pk, "~")
    assert row.prev_record.language == ""


@pytest.mark.parametrize("statement", ["UPDATE {} SET kind = 'x'", "DELETE FROM {}", "TRUNCATE {}"])
def test_rows_written_once_stay(make: Any, statement: str) -> None:
    from clinic.accounts.actions import note_security

    note_security(kind="test", by=None)
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement.format(SecurityEvent._meta.db_table))


def test_audited_rows_refuse_bulk_writes(make: Any) -> None:
    with pytest.raises(TypeError):
        Branch.objects.all().update(name="x")


def test_forgetting_leaves_nobody(clinic: Any) -> None:
    with use_clinic(clinic):
        forget_clinic()
        with pytest.raises(NoClinic):
            Branch.objects.count()
    connection.set_tenant(clinic)
