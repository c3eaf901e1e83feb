"""Translations without GNU gettext: `python tools/i18n.py extract|merge|compile|check`.

`extract` prints every string of the templates and the code; `merge` writes the catalogues in `locale/` from what is
there and `locale/parts/*.fa.json`; `compile` makes the `.mo` files that Django reads (from the same two sources, so a
forgotten merge shows nothing untranslated); `check` fails on what a reader of Persian would stumble over.

A part is `{"English": "Persian"}`; a plural's key is `singular NUL plural`, and a key with context `context EOT text`.
"""

import io
import json
import re
import sys
from datetime import UTC, datetime
from pathlib import Path

import django
from babel.messages.catalog import Catalog
from babel.messages.extract import extract
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po
from django.conf import settings
from django.utils.translation.template import templatize

ROOT = Path(__file__).resolve().parent.parent
LOCALE = ROOT / "locale"
APPS = ["clinic", "tenants", "analytics", "messaging", "finance", "emr", "inventory", "scheduling", "loyalty", "demo"]
HEADER = (
    'msgid ""\nmsgstr ""\n"Content-Type: text/plain; charset=utf-8\\n"\n'
    '"Language: {language}\\n"\n"Plural-Forms: nplurals=2; plural={plural};\\n"\n'
)
PLURALS = {"fa": "(n > 1)", "en": "(n != 1)"}
KEYWORDS: dict[str, tuple | None] = {
    "_": None,
    "gettext": None,
    "gettext_lazy": None,
    "gettext_noop": None,
    "ngettext": (1, 2),
    "ngettext_lazy": (1, 2),
    "pgettext": ((1, "c"), 2),
    "pgettext_lazy": ((1, "c"), 2),
    "npgettext": ((1, "c"), 2, 3),
    "npgettext_lazy": ((1, "c"), 2, 3),
}
PLACEHOLDER = re.compile(r"%\(\w+\)[sdif]|%[sdif]|%%|\{\w*\}")
# A text found: the msgid (or the pair of a plural), and its context.
Key = tuple[str | tuple[str, str], str | None]


def strings() -> dict[Key, set[str]]:
    """Every translatable string, with the files that say it."""
    if not settings.configured:
        settings.configure(USE_I18N=False)
        django.setup()
    found: dict[Key, set[str]] = {}
    for path in _sources():
        text = path.read_text()
        name = str(path.relative_to(ROOT))
        if path.suffix != ".py":
            text = templatize(text, origin=name)
        for _, message, _, context in extract("python", io.BytesIO(text.encode()), keywords=KEYWORDS):
            key = tuple(message) if isinstance(message, tuple | list) else message
            found.setdefault((key, context), set()).add(name)
    return {key: names for key, names in found.items() if key[0]}


def _sources() -> list[Path]:
    folders = [ROOT / app for app in APPS]
    python = [p for folder in folders for p in folder.rglob("*.py") if "migrations" not in p.parts]
    templates = [p for folder in [ROOT / "templates", *folders] for p in folder.rglob("templates/**/*")]
    templates += (ROOT / "templates").rglob("*")
    return sorted({*python, *(p for p in templates if p.suffix in {".html", ".txt"})})


def parts() -> dict[Key, tuple[str, ...]]:
    """The Persian of `locale/parts`; two parts that differ about one string are an error."""
    found: dict[Key, tuple[str, ...]] = {}
    for path in sorted((LOCALE / "parts").glob("*.fa.json")):
        for text, persian in json.loads(path.read_text()).items():
            context, _, rest = text.rpartition("\x04")
            key: Key = (tuple(rest.split("\0")) if "\0" in rest else rest, context or None)  # type: ignore[assignment]  # a pair for plurals
            value = (persian,) if isinstance(persian, str) else tuple(persian)
            if found.setdefault(key, value) != value:
                print(f"{path.name}: “{rest}” is translated otherwise in another part: {found[key]}", file=sys.stderr)
    return found


def catalogue(language: str) -> Catalog:
    """The strings in use, with the translation known for each."""
    old = _read(language)
    fresh = read_po(io.StringIO(HEADER.format(language=language, plural=PLURALS[language])), locale=language)
    fresh.creation_date = fresh.revision_date = datetime(2026, 1, 1, tzinfo=UTC)
    known = parts() if language == "fa" else {}
    for (key, context), names in sorted(strings().items(), key=str):
        before = old.get(key[0] if isinstance(key, tuple) else key, context)
        value: tuple[str, ...] = _texts(before.string) if before else ()
        value = known.get((key, context)) or known.get((key, None)) or value
        text = _both(value) if isinstance(key, tuple) else (value[0] if value else "")
        fresh.add(key, text, locations=[(name, None) for name in sorted(names)], context=context)
    return fresh


def _read(language: str) -> Catalog:
    path = _path(language)
    if not path.exists():
        return Catalog(locale=language)
    with path.open("rb") as handle:
        return read_po(handle, locale=language)


def _path(language: str) -> Path:
    return LOCALE / language / "LC_MESSAGES" / "django.po"


def _texts(string: str | tuple | list) -> tuple[str, ...]:
    texts = (string,) if isinstance(string, str) else tuple(string)
    return texts if any(texts) else ()


def _both(value: tuple[str, ...]) -> tuple[str, str]:
    return (value[0], value[-1]) if value else ("", "")


def merge() -> None:
    """Write the catalogues."""
    for language in PLURALS:
        path = _path(language)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(_as_po(catalogue(language)))


def _as_po(catalog: Catalog) -> bytes:
    out = io.BytesIO()
    write_po(out, catalog, sort_output=True, include_lineno=False, omit_header=False, width=110)
    return out.getvalue()


def compile_all() -> None:
    """Write the `.mo` files."""
    for language in PLURALS:
        path = _path(language).with_suffix(".mo")
        path.parent.mkdir(parents=True, exist_ok=True)
        scratch = path.with_suffix(".tmp")
        with scratch.open("wb") as handle:
            write_mo(handle, catalogue(language))
        scratch.replace(path)  # whoever reads meanwhile gets the old file or the new one, never half


def check() -> list[str]:
    """What is wrong with the Persian, one line each."""
    faults = []
    catalog = catalogue("fa")
    for message in catalog:
        if not message.id:
            continue
        english = message.id[-1] if isinstance(message.id, tuple | list) else message.id
        place = message.locations[0][0] if message.locations else "?"
        texts = _texts(message.string)
        if not texts:
            faults.append(f"{place}: no Persian for “{english}”")
        faults += [f"{place}: {fault}: “{english}” → “{text}”" for text in texts for fault in _faults(english, text)]
        if texts and _placeholders(texts[-1]) != _placeholders(english):
            faults.append(f"{place}: placeholders differ: “{english}” → “{texts[-1]}”")
    if not faults and (not _path("fa").exists() or _path("fa").read_bytes() != _as_po(catalog)):
        faults.append("locale/fa/LC_MESSAGES/django.po is not up to date: run python tools/i18n.py merge")
    return faults


def _faults(english: str, persian: str) -> list[str]:
    faults = []
    words = PLACEHOLDER.sub(" ", persian).split()
    # A digit in a Latin name (ICD-10, PNG) is part of the name.
    if any(re.search(r"[0-9]", word) and not re.search(r"[A-Za-z]", word) for word in words):
        faults.append("Latin digit")
    if re.search(r"[٠-٩يكىة]", persian):
        faults.append("Arabic letter or digit (Persian is ی ک ه ۰–۹)")
    if english.strip() != english or persian.strip() != persian:
        faults.append("space at an end")
    return faults


def _placeholders(text: str) -> list[str]:
    return sorted(set(PLACEHOLDER.findall(text)))


def main(words: list[str]) -> int:
    """Do one of the four things."""
    match words:
        case ["extract"]:
            for (key, context), names in sorted(strings().items(), key=str):
                line = {"id": key, "context": context, "in": sorted(names)}
                print(json.dumps(line, ensure_ascii=False))
        case ["merge"]:
            merge()
        case ["compile"]:
            compile_all()
        case ["check"]:
            faults = check()
            print("\n".join(faults) or f"{len(catalogue('fa'))} strings have their Persian")
            return bool(faults)
        case _:
            print(__doc__, file=sys.stderr)
            return 2
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
