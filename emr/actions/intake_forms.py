"""Building intake forms: what they ask, for which services, when they are sent."""

from collections.abc import Iterable
from typing import Any

from django.utils.translation import gettext as _

from clinic.accounts.models import User
from clinic.shared.actions import action
from clinic.shared.errors import Invalid
from clinic.shared.text import normalise
from emr.models import IntakeForm, IntakeFormVersion
from emr.queries.intake_items import checked
from scheduling.models import Service


@action
def save_intake_form(
    *,
    form: IntakeForm | None = None,
    name: str,
    content: Any,
    services: Iterable[Service] = (),
    country: str = "",
    days_before: int = 3,
    fresh_months: int = 12,
    is_active: bool = True,
    by: User | None,
) -> IntakeForm:
    """Make or change a form. Changed questions become a new version: what was sent keeps its own.

    `days_before` are days before the visit, `fresh_months` months until the same patient is asked again. Raises
    Invalid at the field, `content` for the questions.
    """
    items = checked(content)
    form = IntakeForm.objects.select_for_update().get(pk=form.pk) if form else IntakeForm()
    form.name, form.country, form.is_active = normalise(name)[:120], country.upper(), is_active
    form.days_before, form.fresh_months = days_before, fresh_months
    if not form.name:
        raise Invalid(_("Name the form."), field="name")
    if country and not (len(country) == 2 and country.isascii() and country.isalpha()):
        raise Invalid(_("Write the country as two letters, for example IR."), field="country")
    if not 0 <= days_before <= 60:
        raise Invalid(_("Send it at most 60 days before the visit."), field="days_before")
    if not 1 <= fresh_months <= 120:
        raise Invalid(_("Answers stay fresh for 1 to 120 months."), field="fresh_months")
    form.save()
    form.services.set(services)
    last = form.versions.order_by("-number").first()
    if last is None or last.content != items:
        IntakeFormVersion.objects.create(form=form, number=(last.number if last else 0) + 1, content=items, by=by)
    return form
