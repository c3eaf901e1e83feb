"""What is too large is refused by its length, in the reader's language, before anybody reads it."""

from typing import Any

import pytest
from django.conf import settings

TOO_MUCH = "x" * (settings.DATA_UPLOAD_MAX_MEMORY_SIZE + 1)


def test_a_body_too_large_for_the_api(api: Any) -> None:
    answer = api().post("/api/v1/sign-in/code/", data=TOO_MUCH, content_type="application/json")
    assert answer.status_code == 413
    assert "بزرگ‌تر" in answer.json()["errors"]["detail"][0]


@pytest.mark.parametrize("kind", ["application/x-www-form-urlencoded", "text/csv"])
def test_a_body_too_large_for_a_page(page: Any, kind: str) -> None:
    answer = page().post("/sign-in/", data=TOO_MUCH, content_type=kind)
    assert answer.status_code == 413
    assert "بزرگ‌تر" in answer.content.decode()


def test_a_length_that_is_no_number(page: Any) -> None:
    assert page().post("/sign-in/", {"phone": "1"}, CONTENT_LENGTH="-5").status_code == 413
