"""What a page must look like, asked of the page itself."""

from functools import lru_cache
from pathlib import Path
from typing import Any

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
# What people named (the platform shows clinics of both languages on one page), and what Persian has no other word for.
NAMES = ["River Clinic", "کلینیک آفتاب", "Rosewater", "Rose Water", "Operator", "ICD-10", "ATC", "A5", "IP"]
# Kinds of files, a key, units as UCUM writes them, questionnaires, and what every Persian laboratory writes in Latin.
NAMES += ["PDF", "XLSX", "CSV", "FHIR", "Enter", "mmHg", "mg/dL", "kg/m²", "kg", "cm", "GAD-7", "PHQ-9"]
NAMES += ["MRI", "ALT", "INR", "ACE", "MAO"]
DIRECTIONS = {"fa": "rtl", "en": "ltr"}


@lru_cache(maxsize=1)
def _script() -> str:
    return (Path(__file__).parent / "looks.js").read_text()


def look(page: Page, language: str, data: str = "") -> list[str]:
    """Contrast under 4.5, sideways scroll, words and digits of the other language, a wrong direction.

    `data` selects what may hold names and codes in any language.
    """
    given = {"language": language, "names": NAMES, "data": data}
    found: dict[str, list[str]] = page.evaluate(_script(), given)
    for _again in range(5):  # on a busy machine colours of another scheme may come some frames late
        if not found["contrast"]:
            break
        page.wait_for_timeout(100)
        found = page.evaluate(_script(), given)
    complaints = [f"{kind}: {text}" for kind, texts in found.items() for text in texts]
    root = page.locator("html")
    if (root.get_attribute("lang"), root.get_attribute("dir")) != (language, DIRECTIONS[language]):
        complaints.append(f"direction: {root.get_attribute('lang')} {root.get_attribute('dir')}")
    return complaints


def axe(page: Page) -> list[str]:
    """What axe finds: WCAG A and AA up to 2.2 and best practice."""
    options = {"runOnly": RULES, "resultTypes": ["violations"]}
    answer: Any = Axe().run(page, options=options).response
    for _again in range(3):  # as above: colours on their way to another scheme
        if all(rule["id"] != "color-contrast" for rule in answer["violations"]):
            break
        page.wait_for_timeout(300)
        answer = Axe().run(page, options=options).response
    return [
        f"axe {rule['id']}: {node['target']} {node['html'][:120]}"
        for rule in answer["violations"]
        for node in rule["nodes"][:3]
    ]
