"""Decodes one uploaded file and writes it anew: run as a program of its own, with little memory and no clinic.

`python -I decode.py SOURCE FOLDER` prints one line of JSON: what lies in FOLDER now, or why the file was refused.
It imports nothing of the house; whatever a hostile file does to a decoder, it does here, within these limits.
"""

import io
import json
import re
import resource
import sys
from pathlib import Path
from typing import Any

MEMORY = 640 * 2**20  # bytes of address space: libraries take some 150 MB of it
SECONDS = 20
PIXELS = 50_000_000  # a photo of 50 million pixels needs 150 MB
JPEG_PIXELS = 210_000_000  # what JPEG decodes at half or a quarter of its size
SIDE = 4096  # longest side of what is kept
THUMB = 480
PAGES = 300
FORMATS = ["JPEG", "MPO", "PNG", "WEBP", "GIF", "TIFF", "AVIF", "HEIF"]
STARTS = (b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n", b"GIF8", b"II*\0", b"MM\0*", b"II+\0", b"MM\0+")
# Names in a PDF that do something, or carry a file, when it is opened.
ACTIVE_KEYS = {
    *("/JS", "/JavaScript", "/AA", "/EmbeddedFiles", "/EmbeddedFile", "/RichMedia", "/RichMediaContent", "/XFA"),
    *("/Launch", "/EF", "/AF"),
}
ACTIVE_VALUES = {
    *("/JavaScript", "/Launch", "/SubmitForm", "/ImportData", "/Rendition", "/Movie", "/Sound", "/GoToE", "/GoToR"),
    *("/RichMediaExecute", "/RichMedia", "/EmbeddedFile", "/FileAttachment", "/Screen", "/3D", "/Filespec"),
}
OBJECTS = 200_000


class Refused(Exception):
    """The file is not kept; the word says why and is translated by who asked."""


def main(source: Path, folder: Path) -> dict[str, Any]:
    """Write the clean files of one source."""
    content = source.read_bytes()
    if content.startswith(b"%PDF-"):
        return _pdf(content, folder)
    if content.startswith(STARTS) or content[4:8] == b"ftyp" or (content[:4] == b"RIFF" and content[8:12] == b"WEBP"):
        return _image(content, folder)
    raise Refused(_guess(content))


def _guess(content: bytes) -> str:
    """What a person would call the file that she chose."""
    head = content[:2048].lstrip(b"\xef\xbb\xbf \t\r\n\0").lower()
    if not content:
        return "empty"
    if head.startswith((b"<svg", b"<?xml", b"<!doctype", b"<html", b"<script")) or b"<svg" in head:
        return "drawing"
    if content.startswith((b"PK\x03\x04", b"PK\x05\x06", b"Rar!", b"\x1f\x8b", b"7z\xbc\xaf", b"\xd0\xcf\x11\xe0")):
        return "archive"
    return "kind"


def _image(content: bytes, folder: Path) -> dict[str, Any]:
    import warnings

    from PIL import Image, ImageFile, ImageOps

    Image.init()
    if content[4:8] == b"ftyp":
        import pi_heif

        pi_heif.register_heif_opener(thumbnails=False)
    ImageFile.LOAD_TRUNCATED_IMAGES = False
    Image.MAX_IMAGE_PIXELS = None  # counted below, with a limit for each kind
    warnings.simplefilter("ignore")
    with Image.open(io.BytesIO(content), formats=[name for name in FORMATS if name in Image.OPEN]) as picture:
        kind = picture.format
        _check_size(picture)
        if kind not in {"MPO", "HEIF"} and _moves(picture):
            raise Refused("pages" if kind == "TIFF" else "moving")
        if kind in {"JPEG", "MPO"}:
            picture.draft("RGB", (SIDE, SIDE))
        picture.seek(0)
        picture.load()
        small = _shades(picture)
        small.thumbnail((SIDE, SIDE), Image.Resampling.LANCZOS, reducing_gap=2.0)
        kept = _flat(_in_srgb(ImageOps.exif_transpose(small)))
    line_art = kind in {"PNG", "GIF"} and kept.width * kept.height <= 6_000_000
    name = "file.png" if line_art else "file.jpg"
    _save(kept, folder / name)
    width, height = kept.size
    kept.thumbnail((THUMB, THUMB), Image.Resampling.LANCZOS)
    _save(kept, folder / "thumb.jpg")
    mime = "image/png" if line_art else "image/jpeg"
    return {"file": name, "thumb": "thumb.jpg", "mime": mime, "width": width, "height": height, "pages": 1}


def _check_size(picture: Any) -> None:
    pixels = picture.width * picture.height
    if pixels > (JPEG_PIXELS if picture.format in {"JPEG", "MPO"} else PIXELS):
        raise Refused("pixels")
    if picture.width < 2 or picture.height < 2:
        raise Refused("broken")


def _moves(picture: Any) -> bool:
    """Whether there is a second frame; counting them all would be the bomb's work."""
    try:
        picture.seek(1)
    except EOFError:
        return False
    return True


def _in_srgb(picture: Any) -> Any:
    """The colours as every screen shows them: phones write their own space into the file."""
    profile = picture.info.get("icc_profile")
    if not profile or picture.mode not in {"RGB", "RGBA", "L", "CMYK"}:
        return picture
    from PIL import ImageCms

    try:
        theirs = ImageCms.ImageCmsProfile(io.BytesIO(profile))
        mode = "RGBA" if picture.mode == "RGBA" else "RGB"
        return ImageCms.profileToProfile(picture, theirs, ImageCms.createProfile("sRGB"), outputMode=mode)
    except (ImageCms.PyCMSError, OSError, ValueError):
        return picture


def _shades(picture: Any) -> Any:
    """The picture in a mode that can be made smaller: palettes become colours, 16 bits of grey (X-rays) become 8."""
    if picture.mode in {"I;16", "I;16B", "I;16L", "I", "F"}:
        low, high = picture.getextrema()
        scale = 255 / ((high - low) or 1)
        return picture.convert("F").point(lambda value: value * scale - low * scale).convert("L")
    if picture.mode in {"P", "PA", "1"}:
        return picture.convert("RGBA" if picture.mode == "PA" or "transparency" in picture.info else "RGB")
    return picture


def _flat(picture: Any) -> Any:
    """Colours alone, on white: no transparency, nothing of what the file said about itself."""
    from PIL import Image

    if picture.mode in {"RGBA", "LA"} or "transparency" in picture.info:
        clear = picture.convert("RGBA")
        ground = Image.new("RGB", clear.size, "white")
        ground.paste(clear, mask=clear.getchannel("A"))
        return ground
    plain = picture.convert("L" if picture.mode == "L" else "RGB")
    return Image.frombytes(plain.mode, plain.size, plain.tobytes())


def _save(picture: Any, path: Path) -> None:
    if path.suffix == ".png":
        picture.save(path, "PNG", optimize=False, pnginfo=None, exif=b"", icc_profile=None)
    else:
        picture.save(path, "JPEG", quality=88, optimize=True, exif=b"", icc_profile=None)


def _pdf(content: bytes, folder: Path) -> dict[str, Any]:
    import logging

    from pypdf import PdfReader, PdfWriter

    logging.disable(logging.CRITICAL)
    if b"%%EOF" not in content[-4096:]:
        raise Refused("broken")
    reader = PdfReader(io.BytesIO(content), strict=False)
    if reader.is_encrypted:
        raise Refused("locked")
    pages = len(reader.pages)
    if not 0 < pages <= PAGES:
        raise Refused("long" if pages else "broken")
    _refuse_active(reader)
    # Written anew from its pages alone: what hangs on no page, or stands behind the end, is left away.
    writer = PdfWriter()
    for page in reader.pages:
        writer.add_page(page)
    writer.metadata = None
    with (folder / "file.pdf").open("wb") as out:
        writer.write(out)
    _refuse_active(PdfReader(folder / "file.pdf"))
    found: dict[str, Any] = {"file": "file.pdf", "mime": "application/pdf", "pages": pages, "width": 0, "height": 0}
    return {**found, **_first_page(folder)}


def _refuse_active(reader: Any) -> None:
    """Look at every object of the file, not only at those that a viewer would come across."""
    from pypdf.generic import IndirectObject

    numbers = {(number, generation) for generation, table in reader.xref.items() for number in table}
    numbers |= {(number, 0) for number in reader.xref_objStm}
    if len(numbers) > OBJECTS:
        raise Refused("long")
    left = [reader.trailer]
    for number, generation in sorted(numbers):
        if number:
            left.append(reader.get_object(IndirectObject(number, generation, reader)))
    seen = 0
    while left:
        seen += 1
        if seen > OBJECTS * 10:
            raise Refused("long")
        left.extend(_within(left.pop()))


def _within(thing: Any) -> list[Any]:
    """The direct parts of an object; raises Refused where one of them acts."""
    from pypdf.generic import IndirectObject

    if isinstance(thing, dict):
        for key, value in thing.items():
            if key in ACTIVE_KEYS:
                raise Refused("active")
            if key in {"/S", "/Subtype", "/Type", "/Filter"} and str(value) in ACTIVE_VALUES:
                raise Refused("active")
        parts = list(thing.values())
    elif isinstance(thing, list):
        parts = list(thing)
    else:
        return []
    return [part for part in parts if isinstance(part, dict | list) and not isinstance(part, IndirectObject)]


def _first_page(folder: Path) -> dict[str, Any]:
    """A picture of the first page, so that the doctor sees at once what it is; a page that cannot be drawn has none."""
    import pypdfium2

    try:
        document = pypdfium2.PdfDocument(folder / "file.pdf")
        page = document[0]
        width, height = page.get_size()
        if not 1 <= min(width, height) <= max(width, height) <= 14_400:
            return {}
        shown = page.render(scale=1600 / max(width, height), may_draw_forms=False).to_pil().convert("RGB")
        _save(shown, folder / "page.jpg")
        shown.thumbnail((THUMB, THUMB))
        _save(shown, folder / "thumb.jpg")
    except (pypdfium2.PdfiumError, ValueError, OSError):
        return {}
    return {"page": "page.jpg", "thumb": "thumb.jpg", "width": shown.width, "height": shown.height}


def _answer() -> dict[str, Any]:
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS + 1))
    resource.setrlimit(resource.RLIMIT_FSIZE, (80 * 2**20, 80 * 2**20))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    try:
        found = main(Path(sys.argv[1]), Path(sys.argv[2]))
    except Refused as refused:
        return {"refused": str(refused)}
    except MemoryError:
        return {"refused": "pixels"}
    except Exception as error:  # noqa: BLE001 (any decoder may raise anything; the file is then broken)
        return {"refused": "broken", "why": type(error).__name__}
    return {**found, "peak": _peak()}


def _peak() -> int:
    """The most memory this program had, in kilobytes; its parent's is not counted, as `getrusage` would."""
    told = re.search(r"VmHWM:\s*(\d+)", Path("/proc/self/status").read_text())
    return int(told[1]) if told else 0


if __name__ == "__main__":
    print(json.dumps(_answer()))
