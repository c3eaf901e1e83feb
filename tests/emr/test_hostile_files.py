"""Hostile files: none is served as it came, refusals are clear in both languages, the server's memory stays small."""

import base64
import io
import re
import resource
from collections.abc import Callable
from typing import Any

import pytest
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from PIL import Image

from clinic.shared.refusals import REFUSALS
from clinic.shared.uploads import FILE_AT_MOST, keep_upload
from emr.models import File
from tests.emr.hostile_files import FILES, HEIC, SCRIPT, SECRET, SVG, pdf, photo_with_place, picture
from tests.make import Make

PERSIAN = re.compile("[آ-ی]")
HX = {"HX-Request": "true"}
HARM = [
    SCRIPT,
    SVG,
    SECRET,
    b"<script",
    b"<?php",
    b"Evil.class",
    b"E.class",
    b"/JavaScript",
    b"X-Evil",
    b"\nPK\x03\x04",
]


@pytest.fixture
def send(page: Callable[..., Client], make: Make) -> Callable[..., Any]:
    """Sends one file as a doctor, in a language."""
    patient, client = make.patient(), page("doctor")

    def post(name: str, told: str, content: bytes, language: str = "fa") -> Any:
        client.cookies["language"] = language
        upload = SimpleUploadedFile("x", content, content_type=told)
        upload._name = name  # as a hostile client writes it: Django's own door tidies names
        sent = {"kind": "photo", "audience": "clinical", "taken_on": "", "title": "", "file": upload}
        answer = client.post(f"/files/of/{patient.pk}/add/", sent, headers=HX)
        answer.client = client
        return answer

    return post


@pytest.mark.parametrize("which", FILES)
def test_a_hostile_file_is_refused_in_words_or_kept_clean(which: str, send: Callable[..., Any]) -> None:
    name, told, build, why = FILES[which]
    content = build()
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    answer = send(name, told, content)
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 60_000, "the server itself decoded it"
    kept = File.objects.first()
    if why and why != "*":
        assert answer.status_code == 422
        assert kept is None
        text = answer.content.decode()
        assert 'id="file_error"' in text
        assert PERSIAN.search(text[text.index('id="file_error"') :].split("</div>")[0])
        english = send(name, told, content, "en").content.decode()
        assert str(REFUSALS[why]) in english, english[-900:]
        return
    if kept is None:
        assert why == "*"
        assert answer.status_code == 422
        return
    assert answer.status_code == 204
    _is_harmless(kept, answer.client)


def _is_harmless(file: File, client: Client) -> None:
    """Nothing of what was sent but its points, under a name that nobody chose, served as what it is."""
    assert re.fullmatch(r"c_a/files/[0-9a-f]{2}/[0-9a-f]{32}-f\.(jpg|png|pdf)", file.stored)
    for what in ("content", "thumb", "page"):
        answer = client.get(f"/files/{file.pk}/{what}/")
        if answer.status_code == 404:
            continue
        served = b"".join(answer.streaming_content)
        assert not [harm for harm in HARM if harm in served]
        assert answer["Content-Type"] in {"image/jpeg", "image/png", "application/pdf"}
        assert answer["X-Content-Type-Options"] == "nosniff"
        assert answer["Content-Security-Policy"].startswith("sandbox; default-src 'none'")
        assert answer["Cache-Control"] == "no-store"
        place = answer["Content-Disposition"]
        assert re.fullmatch(r'(inline|attachment); filename="photo-\d+\.(jpg|png|pdf)"', place)
        if answer["Content-Type"] == "application/pdf":
            assert place.startswith("attachment")
        else:
            with Image.open(io.BytesIO(served)) as clean:
                assert not clean.getexif()
                assert set(clean.info) <= {"jfif", "jfif_version", "jfif_unit", "jfif_density", "dpi"}


def test_the_list_is_long_enough() -> None:
    assert len(FILES) >= 30
    assert {why for *_rest, why in FILES.values()} - {"", "*"} <= set(REFUSALS)


def test_a_photo_is_turned_upright_and_loses_its_place(send: Callable[..., Any]) -> None:
    assert SECRET in photo_with_place()
    send("me.jpg", "image/jpeg", photo_with_place())
    file = File.objects.get()
    assert (file.width, file.height) == (48, 64)
    stored = default_storage.open(file.stored).read()
    assert SECRET not in stored
    with Image.open(io.BytesIO(stored)) as clean:
        assert not clean.getexif()


@pytest.mark.parametrize(
    ("kind", "mode", "size"),
    [("JPEG", "RGB", (12_000, 12_000)), ("PNG", "RGBA", (7_000, 7_000)), ("PNG", "I;16", (200, 100)),
     ("WEBP", "RGB", (900, 700)), ("AVIF", "RGB", (300, 200)), ("GIF", "P", (90, 70)), ("TIFF", "1", (300, 200)),
     ("JPEG", "CMYK", (300, 200))],
)  # fmt: skip
def test_what_phones_and_scanners_make_is_kept(kind: str, mode: str, size: tuple[int, int]) -> None:
    colour = {"RGB": (200, 150, 120), "RGBA": (200, 150, 120, 90), "CMYK": (10, 90, 80, 0)}.get(mode, 1)
    content = picture(kind, size, mode, colour=colour)
    with keep_upload(SimpleUploadedFile("a", content)) as kept:
        assert max(kept.width, kept.height) == min(max(size), 4096)
        with Image.open(default_storage.open(kept.thumb)) as small:
            assert max(small.size) <= 480
            assert small.mode in {"L", "RGB"}


def test_a_photo_of_an_iphone_is_kept() -> None:
    with keep_upload(SimpleUploadedFile("IMG_1.HEIC", base64.b64decode(HEIC))) as kept:
        assert (kept.mime, kept.width, kept.height) == ("image/jpeg", 64, 48)


def test_a_pdf_gets_a_picture_of_its_first_page() -> None:
    with keep_upload(SimpleUploadedFile("a.pdf", pdf())) as kept:
        assert (kept.mime, kept.pages) == ("application/pdf", 1)
        assert default_storage.exists(kept.page)
        assert default_storage.open(kept.name).read(5) == b"%PDF-"


def test_nothing_is_left_where_the_row_cannot_be_written() -> None:
    names: list[str] = []

    def fail() -> None:
        with keep_upload(SimpleUploadedFile("a", picture())) as kept:
            names.extend([kept.name, kept.thumb])
            assert all(default_storage.exists(name) for name in names)
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail()
    assert len(names) == 2
    assert not [name for name in names if default_storage.exists(name)]


def test_a_file_beyond_the_limit_is_refused_at_its_field(send: Callable[..., Any]) -> None:
    answer = send("big.jpg", "image/jpeg", picture() + b"\0" * FILE_AT_MOST, "en")
    assert answer.status_code == 422
    assert "larger than 30 MB" in answer.content.decode()


def test_other_pages_take_no_large_bodies(page: Callable[..., Client]) -> None:
    client = page("doctor")
    answer = client.post("/sign-out/", {"x": SimpleUploadedFile("a", b"\0" * 3_000_000)})
    assert answer.status_code == 413
