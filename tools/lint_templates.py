"""What a template or style sheet of ours must not say, with the place: `python tools/lint_templates.py`.

Physical directions break the Persian pages, inline styles and scripts break the Content-Security-Policy, and a number,
date or amount that does not go through the kit's filters shows the wrong digits.
"""

import re
import sys
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
MARKUP = {
    r"\sstyle\s*=": "no inline style: use a class",
    r"<style\b": "no inline style sheet: it belongs in frontend/src/css",
    r"<script\b(?![^>]*\bsrc\s*=)(?![^>]*type\s*=\s*[\"']application/json)": "no inline script: frontend/src/js",
    r"\son(?:click|change|submit|input|load|key\w+|focus|blur|mouse\w+)\s*=": "no inline handler",
    r"\shx-on\b": "no hx-on: it needs eval",
    r"javascript:": "no javascript: address",
    r"\|\s*safe\b": "no |safe: build markup in a template or with format_html",
    r"\bautoescape\s+off\b": "no autoescape off",
    r"https?://(?!www\.w3\.org)[^\s\"']*\.(?:js|css|woff2?)\b": "nothing from other hosts",
    r"<img\b(?![^>]*\balt\s*=)": "an image needs alt",
    r"<a\b(?![^>]*\brel\s*=)[^>]*target\s*=\s*[\"']_blank": "target=_blank needs rel=noopener",
}
CLASSES = {
    r"(?<![\w-])-?(?:ml|mr|pl|pr|left|right|border-[lr]|rounded-(?:[lr]|tl|tr|bl|br)|scroll-[mp][lr])-[\w\[\]./]+": (
        "physical class: use ms- me- ps- pe- start- end- border-s border-e rounded-s rounded-e"
    ),
    r"(?<![\w-])(?:text-left|text-right|float-left|float-right|clear-left|clear-right)(?![\w-])": (
        "physical class: use text-start text-end float-start float-end"
    ),
}
STYLES = {
    r"(?<![\w-])(?:margin|padding|border|scroll-margin|scroll-padding)-(?:left|right)\b": "use …-inline-start/-end",
    r"(?:^|[;{\s])(?:left|right)\s*:": "use inset-inline-start or inset-inline-end",
    r"(?:text-align|float|clear)\s*:\s*(?:left|right)\b": "use start or end",
    r"border-(?:top|bottom)-(?:left|right)-radius": "use border-start-start-radius and its kin",
    r"@import\s+url\(\s*[\"']?https?:": "nothing from other hosts",
}
CLASS_ATTRIBUTE = re.compile(r"""\bclass\s*=\s*("[^"]*"|'[^']*')""", re.S)
COMMENTS = re.compile(r"\{#.*?#\}|\{% comment.*?endcomment %\}|<!--.*?-->|/\*.*?\*/", re.S)


def main() -> int:
    """Print every fault; the exit code says whether there was one."""
    found = [fault for path in _paths() for fault in _faults(path)]
    print("\n".join(found) or f"{len(_paths())} templates and style sheets are clean")
    return bool(found)


def _paths() -> list[Path]:
    templates = [p for p in ROOT.rglob("*.html") if not {"node_modules", ".venv", "staticfiles", "dist"} & set(p.parts)]
    return sorted([*templates, *(ROOT / "frontend" / "src").rglob("*.css")])


def _faults(path: Path) -> Iterator[str]:
    # A comment may say what it likes; its lines stay, so that numbers are right.
    text = COMMENTS.sub(lambda found: "\n" * found[0].count("\n"), path.read_text())
    if path.suffix == ".css":
        yield from _matches(path, text, STYLES)
        return
    yield from _matches(path, text, MARKUP)
    if re.search(r"\|\s*(?:floatformat|intcomma|localize)\b", text):
        yield f"{path.relative_to(ROOT)}: use the filters of {{% load ui %}}: num, money, pct"
    # The kit's filters for dates are named like Django's: what is loaded tells them apart.
    if re.search(r"\|\s*(?:date|time)\b", text) and not re.search(r"\{%\s*load [^%]*\bui\b", text):
        yield f"{path.relative_to(ROOT)}: dates need {{% load ui %}}"
    for attribute in CLASS_ATTRIBUTE.finditer(text):
        yield from _matches(path, attribute[1], CLASSES, first=text[: attribute.start()].count("\n"))


def _matches(path: Path, text: str, rules: dict[str, str], first: int = 0) -> Iterator[str]:
    for pattern, advice in rules.items():
        for match in re.finditer(pattern, text, re.M):
            line = first + text[: match.start()].count("\n") + 1
            yield f"{path.relative_to(ROOT)}:{line}: {match[0].strip()}: {advice}"


if __name__ == "__main__":
    sys.exit(main())
