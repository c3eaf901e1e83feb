"""Sending a stored file to a person who was checked, so that nothing in it may act."""

from django.core.files.storage import default_storage
from django.http import FileResponse, Http404
from django.utils.http import content_disposition_header

# Only these are ever sent, and a PDF never inside a page of the clinic.
ENDINGS = {"image/jpeg": "jpg", "image/png": "png", "application/pdf": "pdf"}
SAFE = {
    "X-Content-Type-Options": "nosniff",
    "Content-Security-Policy": "sandbox; default-src 'none'; frame-ancestors 'none'",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "no-store",
}


def serve(name: str, *, called: str, download: bool = False) -> FileResponse:
    """A stored file for a person who was checked: with its true type, kept by nobody, and nothing in it may act.

    `called` is the name she saves it under, without its ending. Raises Http404 where the file is not there.
    """
    mime = next((kind for kind, ending in ENDINGS.items() if name.endswith(f".{ending}")), "")
    if not mime or not default_storage.exists(name):
        raise Http404
    answer = FileResponse(default_storage.open(name, "rb"), content_type=mime)
    attached = download or mime == "application/pdf"
    disposition = content_disposition_header(attached, f"{called}.{ENDINGS[mime]}")
    for header, value in {**SAFE, "Content-Disposition": disposition or "attachment"}.items():
        answer[header] = value
    return answer
