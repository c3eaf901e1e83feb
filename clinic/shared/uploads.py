"""Files that people send: never believed, always decoded and written anew by a small program of its own."""

import hashlib
import json
import secrets
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.http import HttpRequest
from django.utils.translation import gettext as _

from clinic.shared.errors import Invalid, Unavailable
from clinic.shared.refusals import refusal
from clinic.shared.tenancy import file_path

V = TypeVar("V", bound=Callable[..., Any])
DECODER = Path(__file__).with_name("decode.py")
FILE_AT_MOST = 30_000_000  # bytes of one file
REQUEST_AT_MOST = 100_000_000  # bytes of several files in one form
PATIENCE = 40  # seconds
ACCEPT = "image/jpeg,image/png,image/webp,image/heic,image/heif,image/avif,image/tiff,application/pdf"
_at_once = threading.BoundedSemaphore(2)


@dataclass(frozen=True)
class Stored:
    """A clean file below the clinic's own folder, by random names."""

    name: str
    thumb: str
    page: str  # the first page of a PDF as a picture
    mime: str
    size: int
    width: int
    height: int
    pages: int
    sha256: str


def takes_files(view: V) -> V:
    """Mark a view whose requests may be as large as files are; all others are refused by their length."""
    view.takes_files = True  # type: ignore[attr-defined]  # read by the middleware
    return view


@contextmanager
def keep_upload(upload: Any, *, field: str = "file") -> Iterator[Stored]:
    """Decode an uploaded file and keep the clean copy; where the block fails nothing is left on the disk.

    Raises Invalid at `field` for what is not kept, in the reader's words, and Unavailable while the decoder is away.
    """
    kept: list[str] = []
    with tempfile.TemporaryDirectory(prefix="upload-") as folder:
        try:
            yield _store(_clean(upload, Path(folder), field), Path(folder), kept)
        except BaseException:
            for name in kept:
                default_storage.delete(name)
            raise


def _clean(upload: Any, folder: Path, field: str) -> dict[str, Any]:
    if upload.size > FILE_AT_MOST:
        raise refusal("large", field)
    source = folder / "source"
    with source.open("wb") as out:
        for chunk in upload.chunks():
            out.write(chunk)
    found = _decode(source, folder)
    source.unlink()
    if "refused" in found:
        raise refusal(found["refused"], field)
    return found


def _decode(source: Path, folder: Path) -> dict[str, Any]:
    """What the program of its own says of a file; it gets no secret, no database and little memory."""
    command = [sys.executable, "-I", str(DECODER), str(source), str(folder)]
    if not _at_once.acquire(timeout=PATIENCE):
        raise Unavailable(_("Many files are coming in at once. Try again in a minute."))
    try:
        done = subprocess.run(
            command,
            capture_output=True,
            timeout=PATIENCE,
            env={"PATH": "/usr/bin:/bin", "LANG": "C.UTF-8"},
            check=False,
        )
    except subprocess.TimeoutExpired:
        return {"refused": "slow"}
    finally:
        _at_once.release()
    try:
        found: dict[str, Any] = json.loads(done.stdout)
    except ValueError:  # it was ended by a limit, or by the file
        return {"refused": "slow" if done.returncode in {-9, -24} else "broken"}
    return found


def _store(found: dict[str, Any], folder: Path, kept: list[str]) -> Stored:
    content = (folder / found["file"]).read_bytes()
    where = secrets.token_hex(16)

    def put(made: str | None, ending: str) -> str:
        if not made:
            return ""
        wanted = file_path("files", where[:2], f"{where}-{ending}{Path(made).suffix}")
        kept.append(default_storage.save(wanted, ContentFile((folder / made).read_bytes())))
        return kept[-1]

    return Stored(
        name=put(found["file"], "f"),
        thumb=put(found.get("thumb"), "t"),
        page=put(found.get("page"), "p"),
        mime=found["mime"],
        size=len(content),
        width=found["width"],
        height=found["height"],
        pages=found["pages"],
        sha256=hashlib.sha256(content).hexdigest(),
    )


def files_of(request: HttpRequest, field: str = "file", *, at_most: int = 20) -> list[Any]:
    """The files of a form; raises Invalid at the field for none, or too many at once."""
    found = request.FILES.getlist(field)
    if not found:
        raise Invalid(_("Choose a photo or a PDF first."), field=field)
    if len(found) > at_most:
        raise Invalid(_("Send at most %(count)s files at once.") % {"count": at_most}, field=field)
    return found
