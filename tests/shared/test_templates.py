"""The template backend lets a page's context go without the garbage collector."""

import gc
import weakref
from typing import Any

from django.template import engines
from django.template.loader import get_template

from clinic.shared.templates import Page, Templates


class Row:
    """Something of a page that may be looked after."""

    def __str__(self) -> str:
        return "row"


def test_what_a_page_showed_is_let_go_at_once(rf: Any) -> None:
    engine = engines.all()[0]
    assert isinstance(engine, Templates)
    template = engine.from_string("{% for row in rows %}{% with each=row %}{{ each }}{% endwith %}{% endfor %}")
    rows = [Row()]
    seen = weakref.ref(rows[0])
    gc.disable()
    try:
        assert template.render({"rows": rows}, rf.get("/")) == "row"
        del rows
        assert seen() is None
    finally:
        gc.enable()
    assert isinstance(get_template("layout/public.html"), Page)


def test_components_are_drawn(page: Any) -> None:
    text = page().get("/").content.decode()
    assert "<c-" not in text
    assert "c-btn--primary" in text
