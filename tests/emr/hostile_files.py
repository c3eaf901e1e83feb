"""Files that somebody sends to do harm, made on the spot: none is kept in the repository."""

import io
import struct
import zipfile
import zlib
from collections.abc import Callable
from typing import Any

from PIL import Image
from pypdf import PdfWriter
from pypdf.generic import ArrayObject, DictionaryObject, NameObject, NumberObject, TextStringObject

SCRIPT = b"<html><script>alert(document.domain)</script></html>"
SVG = b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"><script>alert(2)</script></svg>'
SECRET = b"CAMERA-OF-MINA"
# A picture as iPhones make it: only the decoder is installed here, so this one was made elsewhere.
HEIC = (
    "AAAAHGZ0eXBoZWljAAAAAG1pZjFoZWljbWlhZgAAAX1tZXRhAAAAAAAAACFoZGxyAAAAAAAAAABwaWN0AAAAAAAAAAAAAAAAAAAA"
    "ACJpbG9jAAAAAERAAAEAAQAAAAABoQABAAAAAAAAABkAAAAjaWluZgAAAAAAAQAAABVpbmZlAgAAAAABAABodmMxAAAAAA5waXRt"
    "AAAAAAABAAAA/WlwcnAAAADdaXBjbwAAAHZodmNDAQNwAAAAkAAAAAAAHvAA/P34+AAADwNgAAEAGEABDAH//wNwAAADAJAAAAMA"
    "AAMAHroCQGEAAQAqQgEBA3AAAAMAkAAAAwAAAwAeoCCBBZbq5Ka5uAhoMCAAAAMDIAAAAwAhYgABAAZEAcFzwIkAAAATY29scm5j"
    "bHgAAQANAAaAAAAAFGlzcGUAAAAAAAAAQAAAAEAAAAAoY2xhcAAAAEAAAAABAAAAMAAAAAEAAAAAAAAAAv////AAAAACAAAAEHBp"
    "eGkAAAAAAwgICAAAABhpcG1hAAAAAAAAAAEAAQWBAgMFhAAAACFtZGF0AAAAFSgBrxmA70mlvtMTh/0da/ra1pj5uA=="
)


def picture(kind: str = "JPEG", size: tuple[int, int] = (64, 48), mode: str = "RGB", **options: Any) -> bytes:
    """A plain picture."""
    out = io.BytesIO()
    Image.new(mode, size, options.pop("colour", 120 if len(mode) == 1 else (150, 90, 60))).save(out, kind, **options)
    return out.getvalue()


def cheek(red: int) -> bytes:
    """A photo of skin, more or less red in the middle."""
    drawn = Image.new("RGB", (640, 480), (224, 182, 160))
    mark = Image.radial_gradient("L").resize((260, 260)).point(lambda value: 255 - value)
    drawn.paste((red, 70, 70), (190, 110), mark)
    out = io.BytesIO()
    drawn.save(out, "JPEG")
    return out.getvalue()


def photo_with_place() -> bytes:
    """A photo turned by its orientation, which names the camera's owner and the place."""
    exif = Image.Exif()
    exif[0x0112], exif[0x010F] = 6, SECRET.decode()
    exif.get_ifd(0x8825).update({1: "N", 2: (35.0, 41.0, 21.0), 3: "E", 4: (51.0, 23.0, 20.0)})
    return picture("JPEG", (64, 48), exif=exif, comment=SECRET)


def pdf(change: Callable[[PdfWriter], None] | None = None) -> bytes:
    """A PDF of one page, changed as asked."""
    writer, out = PdfWriter(), io.BytesIO()
    writer.add_blank_page(300, 400)
    if change:
        change(writer)
    writer.write(out)
    return out.getvalue()


def _name(text: str) -> NameObject:
    return NameObject(text)


def _does(kind: str, **more: Any) -> DictionaryObject:
    found = DictionaryObject({_name("/S"): _name(kind)})
    for key, value in more.items():
        found[_name(f"/{key}")] = TextStringObject(value)
    return found


def _on_open(action: DictionaryObject) -> Callable[[PdfWriter], None]:
    return lambda writer: writer.root_object.update({_name("/OpenAction"): action})


def _on_page(writer: PdfWriter, note: DictionaryObject) -> None:
    note.update({_name("/Type"): _name("/Annot"), _name("/Rect"): ArrayObject([NumberObject(n) for n in (0, 0, 9, 9)])})
    writer.pages[0][_name("/Annots")] = ArrayObject([writer._add_object(note)])


def _link_with_script(writer: PdfWriter) -> None:
    _on_page(writer, DictionaryObject({_name("/Subtype"): _name("/Link"), _name("/A"): _does("/JavaScript", JS="1")}))


def _attached(writer: PdfWriter) -> None:
    _on_page(writer, DictionaryObject({_name("/Subtype"): _name("/FileAttachment")}))


def _hidden_script(writer: PdfWriter) -> None:
    writer._add_object(_does("/JavaScript", JS="app.alert(1)"))


def _form_that_sends(writer: PdfWriter) -> None:
    _on_page(writer, DictionaryObject({_name("/Subtype"): _name("/Widget"), _name("/AA"): _does("/SubmitForm")}))


def _locked() -> bytes:
    return pdf(lambda writer: writer.encrypt("secret", algorithm="RC4-128"))


def png_that_says(width: int, height: int, rows: int = 0) -> bytes:
    """A PNG whose head promises so many points; its body holds `rows` rows of nothing, well packed."""

    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    packer, body = zlib.compressobj(9), b""
    for _row in range(rows):
        body += packer.compress(b"\0" * (width + 1))
    body += packer.flush()
    head = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", body) + chunk(b"IEND", b"")


def text_bomb() -> bytes:
    """A PNG with a comment that unpacks to half a gigabyte."""
    plain, packed = picture("PNG"), zlib.compress(b"a" * 500_000_000, 9)
    body = b"k\0\0" + packed
    chunk = struct.pack(">I", len(body)) + b"zTXt" + body + struct.pack(">I", zlib.crc32(b"zTXt" + body))
    return plain[:33] + chunk + plain[33:]


def tiff_that_says(width: int, height: int) -> bytes:
    """A TIFF of a few bytes that promises so many points."""
    tags = [(256, 4, width), (257, 4, height), (258, 3, 8), (259, 3, 1), (262, 3, 1), (273, 4, 200), (277, 3, 1)]
    tags += [(278, 4, height), (279, 4, 4)]
    rows = b"".join(struct.pack("<HHII", tag, kind, 1, value) for tag, kind, value in tags)
    return b"II*\0" + struct.pack("<IH", 8, len(tags)) + rows + b"\0" * 120


def moving(kind: str, frames: int) -> bytes:
    """A picture of many frames."""
    out = io.BytesIO()
    first, *others = [Image.new("L", (8, 8), number % 256) for number in range(frames)]
    first.save(out, kind, save_all=True, append_images=others)
    return out.getvalue()


def archive(name: str = "a.txt", size: int = 50_000_000) -> bytes:
    """A zip that is a thousand times as large inside."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr(name, b"\0" * size)
    return out.getvalue()


def pdf_bomb() -> bytes:
    """A PDF whose page unpacks to a gigabyte, twice packed."""
    inner = zlib.compress(zlib.compress(b"\0" * 100_000_000, 9), 9)
    filters = b"[/FlateDecode /FlateDecode]"
    objects = [
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 300 400]/Contents 4 0 R>>",
        b"<</Length %d/Filter %s>>stream\n%s\nendstream" % (len(inner), filters, inner),
    ]
    out, places = b"%PDF-1.7\n", []
    for number, body in enumerate(objects, 1):
        places.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    start = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n%s" % (len(objects) + 1, table)
    return out + b"trailer\n<</Size %d/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF\n" % (len(objects) + 1, start)


PDF = "application/pdf"
# name: (file name, content type as told, content, why it is refused or "" where only a clean copy of it is kept)
FILES: dict[str, tuple[str, str, Callable[[], bytes], str]] = {
    "svg with script": ("rash.svg", "image/svg+xml", lambda: SVG, "drawing"),
    "svg called jpg": ("rash.jpg", "image/jpeg", lambda: b"\xef\xbb\xbf  " + SVG, "drawing"),
    "page called jpg": ("page.jpg", "image/jpeg", lambda: b"<!DOCTYPE html>" + SCRIPT, "drawing"),
    "page called pdf": ("page.pdf", PDF, lambda: SCRIPT, "drawing"),
    "script": ("a.js", "image/png", lambda: b"alert(1)//" * 9, "kind"),
    "php with double ending": ("shell.php.jpg", "image/jpeg", lambda: b"<?php system($_GET['c']); ?>", "kind"),
    "program": ("setup.png", "image/png", lambda: b"MZ\x90\0" + b"\0" * 500, "kind"),
    "empty": ("empty.jpg", "image/jpeg", lambda: b"", "empty"),
    "zip bomb": ("scan.pdf", PDF, archive, "archive"),
    "office file": ("letter.docx", "application/msword", lambda: archive("word/document.xml", 900), "archive"),
    "gifar": ("photo.gif", "image/gif", lambda: picture("GIF", mode="L") + archive("Evil.class", 99), ""),
    "jpeg with a page behind": ("photo.jpg", "image/jpeg", lambda: picture() + SCRIPT, ""),
    "jpeg with a page inside": ("p.jpg", "text/html", lambda: picture(comment=SCRIPT), ""),
    "png with a page inside": ("p.png", "text/html", lambda: picture("PNG")[:-12] + SCRIPT + picture("PNG")[-12:], ""),
    "jpeg with php inside": ("p.php", "image/jpeg", lambda: picture(comment=b"<?php evil(); ?>"), ""),
    "photo with its place": ("me.jpg", "image/jpeg", photo_with_place, ""),
    "png of 50,000 by 50,000": ("big.png", "image/png", lambda: png_that_says(50_000, 50_000, 2_000), "pixels"),
    "png of 7,000 by 7,000 without a body": ("big.png", "image/png", lambda: png_that_says(7_000, 7_000, 9), ""),
    "tiff of 60,000 by 60,000": ("big.tif", "image/tiff", lambda: tiff_that_says(60_000, 60_000), "pixels"),
    "png with a text bomb": ("text.png", "image/png", text_bomb, "broken"),
    "gif of 10,000 frames": ("many.gif", "image/gif", lambda: moving("GIF", 10_000), "moving"),
    "moving webp": ("moves.webp", "image/webp", lambda: moving("WEBP", 40), "moving"),
    "moving png": ("moves.png", "image/png", lambda: moving("PNG", 40), "moving"),
    "tiff of pages": ("scan.tif", "image/tiff", lambda: moving("TIFF", 3), "pages"),
    "half a jpeg": ("half.jpg", "image/jpeg", lambda: picture(size=(900, 900))[:1200], "broken"),
    "half a pdf": ("half.pdf", PDF, lambda: pdf()[:300], "broken"),
    "pdf that runs a script": ("a.pdf", PDF, lambda: pdf(_on_open(_does("/JavaScript", JS="1"))), "active"),
    "pdf that starts a program": ("a.pdf", PDF, lambda: pdf(_on_open(_does("/Launch", F="cmd"))), "active"),
    "pdf with a script behind a link": ("a.pdf", PDF, lambda: pdf(_link_with_script), "active"),
    "pdf with a script on no page": ("a.pdf", PDF, lambda: pdf(_hidden_script), "active"),
    "pdf with a file in it": ("a.pdf", PDF, lambda: pdf(lambda w: w.add_attachment("x.exe", b"MZ")), "active"),
    "pdf with a pinned file": ("a.pdf", PDF, lambda: pdf(_attached), "active"),
    "pdf with a form that sends": ("a.pdf", PDF, lambda: pdf(_form_that_sends), "active"),
    "locked pdf": ("a.pdf", PDF, _locked, "locked"),
    "pdf with a page before it": ("a.pdf", PDF, lambda: SCRIPT + pdf(), "drawing"),
    "pdf with an archive behind it": ("a.pdf", PDF, lambda: pdf() + archive("E.class", 9) + b"%%EOF", "broken"),
    "pdf bomb": ("a.pdf", PDF, pdf_bomb, "*"),
    "path in the name": ("../../../etc/passwd.jpg", "image/jpeg", picture, ""),
    "nul and turned name": ("inv\u202egpj.\0exe\r\nX-Evil: 1", "image/jpeg", picture, ""),
    "name of 300 letters": ("ا" * 300 + ".jpg", "image/jpeg", picture, ""),
}  # fmt: skip
