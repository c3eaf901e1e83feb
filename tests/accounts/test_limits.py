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


def test_an_address_that_only_takes_forms_says_so(page: Any) -> None:
    answer = page().get("/preferences/")
    assert (answer.status_code, answer["Allow"]) == (405, "POST")
    assert "فرم" in answer.content.decode()


def test_who_changes_the_language_on_a_refused_form_comes_back_to_its_page(page: Any) -> None:
    refused = page().post("/sign-in/", {"phone": "1"}, headers={"referer": "http://a.localhost/sign-in/?next=/my/"})
    assert refused.status_code == 422
    assert 'name="next" value="/sign-in/?next=/my/"' in refused.content.decode()
    foreign = page().post("/sign-in/", {"phone": "1"}, headers={"referer": "https://evil.example/x"})
    assert "evil" not in foreign.content.decode()
