"""Django's templates, whose context is let go at once."""

from typing import Any

from django.http import HttpRequest
from django.template import TemplateDoesNotExist
from django.template.backends.django import DjangoTemplates, Template, reraise
from django.template.context import make_context
from django.utils.safestring import SafeString


class Page(Template):
    """A template. Its context and the parts of that hold each other, so that a whole page with all its rows would wait
    for the garbage collector: sixty pages of notes at a time, and memory that is cold whenever it is used again.
    """

    def render(self, context: dict[str, Any] | None = None, request: HttpRequest | None = None) -> SafeString:
        made = make_context(context, request, autoescape=self.backend.engine.autoescape)
        try:
            return self.template.render(made)
        except TemplateDoesNotExist as error:
            reraise(error, self.backend)
        finally:
            made.dicts.clear()


class Templates(DjangoTemplates):
    """The backend of `TEMPLATES`."""

    def get_template(self, template_name: str) -> Page:
        try:
            return Page(self.engine.get_template(template_name), self)
        except TemplateDoesNotExist as error:
            reraise(error, self)

    def from_string(self, template_code: str) -> Page:
        return Page(self.engine.from_string(template_code), self)
