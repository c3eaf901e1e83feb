"""Pieces of pages: escaping, icons, fields, filters, and what the source of pages may not contain."""

import datetime as dt
import json
import re
from decimal import Decimal
from pathlib import Path

import pytest
from django import forms
from django.http import HttpResponse
from django.template import Context, Template
from django.utils import timezone, translation
from django_cotton.compiler_regex import CottonCompiler

from clinic.shared import fields, html, money
from clinic.shared.templatetags import ui

ROOT = Path(__file__).resolve().parents[2]
PAGES = sorted(
    path
    for path in ROOT.glob("**/templates/**/*.html")
    if ".venv" not in path.parts and "node_modules" not in path.parts
)
STYLES = sorted((ROOT / "frontend" / "src").rglob("*.css"))
NAMES = set((ROOT / "frontend" / "icons.txt").read_text().split())


def render(source: str, **context: object) -> str:
    return Template("{% load ui %}" + source).render(Context(context))


@pytest.mark.parametrize("lang", ["fa", "en"])
def test_filters_follow_the_language(lang: str) -> None:
    moment = dt.datetime(2026, 11, 21, 6, 45, tzinfo=dt.UTC)
    with translation.override(lang), timezone.override("Asia/Tehran"), money.use_currency("IRR", "toman"):
        shown = render(
            "{{ n|num }}|{{ n|money }}|{{ s|pct:1 }}|{{ at|date }}|{{ at|time }}|{{ '007'|digits }}|{{ at|weekday }}",
            n=Decimal(1234560), s=Decimal("0.098"), at=moment,
        )  # fmt: skip
    assert (
        shown
        == {
            "fa": "۱٬۲۳۴٬۵۶۰|۱۲۳٬۴۵۶\u00a0تومان|۹٫۸٪|۳۰ آبان ۱۴۰۵|۱۰:۱۵|۰۰۷|شنبه",
            "en": "1,234,560|123,456\u00a0toman|9.8%|21 November 2026|10:15|007|Saturday",
        }[lang]
    )


@pytest.mark.parametrize(
    "name",
    ["num", "money", "amount", "pct", "date", "time", "datetime", "digits", "weekday", "phone", "in_words", "date_iso"],
)
def test_filters_say_nothing_about_nothing(name: str) -> None:
    assert render("{{ x|" + name + " }}", x=None) == ""


@pytest.mark.parametrize(
    ("given", "shown"),
    [(45, "45 min"), (60, "1 h"), (90, "1 h 30 min"), (dt.timedelta(minutes=75), "1 h 15 min"), (0, "0 min")],
)
def test_minutes(given: int | dt.timedelta, shown: str) -> None:
    with translation.override("en"):
        assert ui.minutes(given) == shown


@pytest.mark.parametrize(
    ("name", "letters"),
    [("Sara Mohammadi", "SM"), ("sara", "S"), ("", ""), ("Dr. Ali Reza Karimi", "AK"), ("۱۲ ۳", "")],
)
def test_initials(name: str, letters: str) -> None:
    with translation.override("en"):
        assert ui.initials(name) == letters


def test_attributes_are_escaped() -> None:
    assert html.html_attrs({"a": '"><script>', "b": True, "c": None, "d": False}) == 'a="&quot;&gt;&lt;script&gt;" b'


def test_component_attributes_are_escaped() -> None:
    source = '<c-button :data-x="word" aria-label="{{ word }}">{{ word }}</c-button>'
    shown = Template(CottonCompiler().process("{% load cotton %}" + source)).render(Context({"word": '"><b>'}))
    assert "<b>" not in shown
    assert shown.count("&quot;&gt;&lt;b&gt;") >= 2


def test_the_words_for_scripts_cannot_close_their_block() -> None:
    block = str(ui.js_text())
    body = re.fullmatch(r'<script type="application/json" id="js-text">(.*)</script>', block, re.S)
    assert body
    assert "<" not in body.group(1)
    assert json.loads(body.group(1))["undo"]


def test_headers_carry_persian() -> None:
    response = html.close_drawer("جابه‌جا شد", undo_url="/u/")
    assert response.status_code == 204
    events = json.loads(response["HX-Trigger"])
    assert events["toast"] == {"text": "جابه‌جا شد", "undo_url": "/u/", "tone": ""}
    assert {"drawer:close", "live:refresh"} <= set(events)
    assert html.toast(HttpResponse(), "x")["HX-Trigger"].isascii()


def test_an_unknown_status_is_shown_with_its_own_word() -> None:
    assert "strange" in html.status_chip("strange")
    assert "<b>" not in html.status_chip("<b>")


class Sample(forms.Form):
    name = fields.PlainText(label="Name")
    phone = fields.PhoneField(label="Phone", help_text="We text it.")
    born = fields.BirthDateField(label="Born", required=False)
    price = fields.MoneyField(label="Price", required=False)
    code = fields.NationalCodeField(label="Code", required=False)
    day = fields.DateField(label="Day", required=False)


def test_fields_read_what_people_type() -> None:
    typed = {
        "name": "علي  كريمي",
        "phone": "۰۹۱۲ ۳۴۵ ۶۷۸۹",
        "born_day": "۱",
        "born_month": "7",
        "born_year": "1360",
        "price": "۴۵٬۰۰۰",
        "code": "",
        "day": "1405/8/30",
    }
    with translation.override("fa"), money.use_currency("IRR", "toman"):
        form = Sample(typed)
        assert form.is_valid(), form.errors
    assert form.cleaned_data == {
        "name": "علی کریمی",
        "phone": "+989123456789",
        "born": dt.date(1981, 9, 23),
        "price": Decimal(450000),
        "code": "",
        "day": dt.date(2026, 11, 21),
    }


def test_fields_say_what_is_wrong() -> None:
    with translation.override("en"), money.use_currency("GBP"):
        form = Sample({"phone": "0912345678", "born_day": "31", "price": "1.234", "code": "1", "day": "soon"})
        shown = render("{% form_fields form %}", form=form)
    assert set(form.errors) == {"name", "phone", "born", "price", "code", "day"}
    assert "one is missing" in shown
    assert 'aria-invalid="true"' in shown
    assert 'id="id_phone_error"' in shown
    assert 'aria-describedby="id_phone_helptext id_phone_error"' in shown
    assert 'href="#id_phone"' in shown


@pytest.mark.parametrize("amount", ["1e5", "nan", "inf", "12,3x", "-5", "99999999999999999999"])
def test_amounts_that_are_none(amount: str) -> None:
    with translation.override("en"), pytest.raises(forms.ValidationError):
        fields.MoneyField().clean(amount)


FORBIDDEN = {
    "inline style": r"\sstyle\s*=",
    "script with code": r"<script(?![^>]*(\ssrc=|application/json))",
    "event attribute": r"\son[a-z]+\s*=\s*[\"']",
    "hx-on or js:": r"hx-on[:-]|hx-vals\s*=\s*[\"']js:",
    "physical utility": r"(?<=[\s\"'])(?:[a-z]+:)?-?(?:m[lr]|p[lr]|left|right|border-[lr]|rounded-[lr])-[\w\[]",
    "physical text": r"text-(?:left|right)\b",
    "filter in a dynamic attribute": r"\s:[\w-]+=\"[^\"{]*\|",
}


@pytest.mark.parametrize("what", FORBIDDEN)
def test_pages_contain_no(what: str) -> None:
    assert [str(path.relative_to(ROOT)) for path in PAGES if re.search(FORBIDDEN[what], path.read_text())] == []


def test_styles_are_logical() -> None:
    physical = re.compile(
        r"(?<![\w-])(?:margin|padding|border|inset)-(?:left|right)|(?<![\w-])(?:left|right)\s*:|text-align:\s*(?:left|right)"
    )
    assert [path.name for path in STYLES if physical.search(path.read_text())] == []


def test_own_classes_have_their_prefix() -> None:
    foreign = re.compile(r"^\.(?!c-|ec-|htmx-|is-)[a-z][\w-]*", re.M)
    styles = [path for path in STYLES if path.name != "pack.css"]  # a file by itself, opened without Tailwind's classes
    assert [(path.name, foreign.findall(path.read_text())) for path in styles if foreign.search(path.read_text())] == []


def test_every_icon_is_in_the_list() -> None:
    used = {
        name
        for path in PAGES
        for name in re.findall(r"""{%\s*icon\s+["']([a-z0-9-]+)["']|\sicon="([a-z0-9-]+)\"""", path.read_text())
        for name in name
        if name
    }
    used |= {look.icon for look in html.LOOKS.values()}
    assert used - NAMES == set()
