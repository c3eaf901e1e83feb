"""`{{ service|called }}`: a name in the reader's language where there are two."""

from typing import Any

from django import template

from scheduling.queries.floor import own_name

register = template.Library()


@register.filter
def called(thing: Any) -> str:
    """The name of a service, doctor, branch or room."""
    return own_name(thing) if thing else ""
