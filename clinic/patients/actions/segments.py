"""Writes of groups: making and changing them, taking them out of use."""

from collections.abc import Iterable

from django.utils.translation import gettext as _

from clinic.accounts.models import User
from clinic.patients.models import Segment
from clinic.shared.actions import action
from clinic.shared.errors import Conflict, Forbidden, Invalid
from clinic.shared.segments import TERMS, Term, checked, may_ask
from clinic.shared.text import normalise, search_key

GROUPS_AT_MOST = 100


@action
def save_segment(
    *, segment: Segment | None, name: str, terms: Iterable[Term], any_of: bool = False, by: User | None
) -> Segment:
    """Make or change a group. Raises Invalid without a name or with conditions that cannot be asked, Forbidden for
    conditions that the person may not know, Conflict for a name that is there.
    """
    name, wanted = normalise(name)[:80], [checked(each) for each in terms]
    if not name:
        raise Invalid(_("Write a name."), field="name")
    if not 1 <= len(wanted) <= TERMS:
        raise Invalid(_("Choose from 1 to %(most)s conditions.") % {"most": TERMS}, field="rule")
    if by is not None and not may_ask(by, wanted):
        raise Forbidden(_("Your role does not include this. Ask the clinic's owner if you need it."), field="rule")
    row = Segment.objects.select_for_update().get(pk=segment.pk) if segment else Segment(made_by=by)
    others = list(Segment.objects.filter(is_active=True).exclude(pk=row.pk))
    if any(search_key(each.name) == search_key(name) for each in others):
        raise Conflict(_("There is a group of this name already."), field="name")
    if len(others) >= GROUPS_AT_MOST:
        raise Conflict(_("At most %(most)s groups are kept. Remove one first.") % {"most": GROUPS_AT_MOST})
    row.name, row.any_of, row.rule, row.is_active = name, any_of, [each.kept() for each in wanted], True
    row.save()
    return row


@action
def remove_segment(*, segment: Segment, by: User | None) -> None:
    """Take a group out of use; nobody is changed by it."""
    row = Segment.objects.select_for_update().get(pk=segment.pk)
    if row.is_active:
        row.is_active = False
        row.save()


@action
def restore_segment(*, segment: Segment, by: User | None) -> None:
    """Put a group back. Raises Conflict where another one took its name."""
    row = Segment.objects.select_for_update().get(pk=segment.pk)
    if row.is_active:
        return
    if Segment.objects.filter(is_active=True, name=row.name).exists():
        raise Conflict(_("There is a group of this name already."), field="name")
    row.is_active = True
    row.save()
