"""Why a file is not kept, in words that say what to do instead."""

from django.utils.translation import gettext_lazy

from clinic.shared.errors import Invalid

REFUSALS = {
    "empty": gettext_lazy("The file is empty. Choose it again."),
    "large": gettext_lazy("The file is larger than 30 MB. Take the photo again in a smaller size, or split the PDF."),
    "kind": gettext_lazy("This is neither a photo nor a PDF. Send JPEG, PNG, HEIC, WebP, TIFF or PDF."),
    "drawing": gettext_lazy("Web pages and SVG drawings are not kept. Send a photo or a PDF."),
    "archive": gettext_lazy("Archives and office files are not kept. Save it as a PDF and send that."),
    "broken": gettext_lazy("The file is damaged and cannot be opened. Take or save it again."),
    "pixels": gettext_lazy("The picture has too many points to be opened safely. Save it smaller and send it again."),
    "moving": gettext_lazy("Moving pictures are not kept. Send one still picture."),
    "pages": gettext_lazy("This picture file has several pages. Save it as a PDF and send that."),
    "locked": gettext_lazy("The PDF is locked by a password. Save it without one and send it again."),
    "long": gettext_lazy("The PDF has more than 300 pages. Split it and send the parts."),
    "active": gettext_lazy("The PDF carries a program, a form that sends, or other files. Print it to a plain PDF."),
    "slow": gettext_lazy("The file takes too long to open. Save it in a simpler form and send it again."),
}


def refusal(why: str, field: str = "file") -> Invalid:
    """The refusal of a file in the reader's words."""
    return Invalid(str(REFUSALS.get(why, REFUSALS["broken"])), field=field, code=f"file_{why}")
