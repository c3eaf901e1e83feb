"""The pictures of the README: `make screens` writes them to docs/pictures; without it they only have to come out."""

import os
from pathlib import Path
from typing import Any

import pytest
from django.db import transaction
from PIL import Image

import demo.furnish as furniture
from clinic.shared.tenancy import use_clinic
from demo.today import lay_today
from demo.world import CLINICS
from scheduling.models import Service, Visit
from tests.browser.server import ROOT
from tests.browser.stage import SIZES, Quiet, Stage
from tests.conftest import HOST_A, HOST_B, clinic_info

FOLDER = ROOT / "docs" / "pictures"
# name: host, role, size, theme, address in a clinic
SCREENS: list[tuple[str, str, str, str, str, str]] = [
    ("fa-board", HOST_A, "secretary", "desk", "light", "/desk/"),
    ("en-board-dark", HOST_B, "secretary", "desk", "dark", "/desk/"),
    ("fa-mastermind", HOST_A, "owner", "desk", "light", "/mastermind/"),
    ("en-mastermind", HOST_B, "owner", "desk", "light", "/mastermind/"),
    ("en-visit", HOST_B, "doctor", "desk", "light", "/doctor/visit/{visit}/"),
    ("fa-doctor-dark", HOST_A, "doctor", "desk", "dark", "/doctor/"),
    ("fa-book-phone", HOST_A, "", "phone", "light", "/book/{service}/"),
    ("en-book-phone", HOST_B, "", "phone", "light", "/book/{service}/"),
    ("fa-queue", HOST_A, "secretary", "desk", "light", "/desk/queue/"),
]


@pytest.fixture
def gallery(stage: Stage, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> tuple[Stage, Path]:
    """Both demo clinics as `make demo` furnishes them; small ones where nobody keeps the pictures."""
    kept = os.environ.get("SCREENS") == "1"
    if not kept:
        monkeypatch.setattr(furniture, "PATIENTS", 40)
        monkeypatch.setattr(furniture, "YEARS", 0)
    for demo, host in zip(CLINICS, (HOST_A, HOST_B), strict=True):
        with use_clinic(clinic_info(host)) as info, transaction.atomic():
            furniture.furnish(demo, info)
            lay_today(demo, info)
    return stage, FOLDER if kept else tmp_path


def test_screens(gallery: Any) -> None:
    stage, folder = gallery
    folder.mkdir(parents=True, exist_ok=True)
    for name, host, role, size, theme, address in SCREENS:
        with use_clinic(clinic_info(host)):
            path = address.format(visit=_visit(), service=Service.objects.order_by("pk")[0].pk)
            context = stage.context(host, _person(role), size=size)
        page = context.new_page()
        page.emulate_media(color_scheme=theme, reduced_motion="reduce")
        quiet = Quiet(page)
        page.goto(path)
        quiet.wait()
        file = folder / f"{name}.png"
        page.screenshot(path=file, animations="disabled")
        context.close()
        with Image.open(file) as picture:
            assert picture.size == SIZES[size]
            assert len(picture.convert("RGB").getcolors(1 << 24) or []) > 50


def _visit() -> int:
    """Somebody who is with the demo's doctor, else anybody of today."""
    here = Visit.objects.filter(practitioner__user__isnull=False).order_by("-day", "-in_room_at")
    return (here.filter(status="in_room").first() or here.first()).pk  # type: ignore[union-attr]  # the rows of the test are there


def _person(role: str) -> Any:
    from clinic.accounts.models import User

    users = User.objects.filter(grants__role=role).order_by("-pk")
    return User.objects.prefetch_related("grants", "overrides").get(pk=users[0].pk) if role else None
