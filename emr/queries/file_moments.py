"""Photos and documents on a patient's timeline, and the last of them at its top."""

from collections.abc import Iterable

from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from clinic.accounts.permissions import Perm
from clinic.shared.calendar import format_date
from clinic.shared.chart import Ask, Line, Moment, moments, of_patient, tile
from emr.models import File
from emr.permissions import visible_files

LAST = 3


@moments(
    "files",
    label=gettext_lazy("Photos and documents"),
    icon="images",
    permission=Perm.PATIENTS_VIEW,
    order=40,
    where=of_patient(File),
)
def file_moments(ask: Ask) -> Iterable[Moment]:
    """Each photo and document when it was added, with its small picture."""
    rows = visible_files(ask.user).filter(patient__in=ask.patients).defer("sha256")
    return [
        Moment(
            at=row.created_at,
            pk=row.pk,
            title=row.get_kind_display(),
            text=row.title,
            url=f"/files/{row.pk}/",
            icon="image" if row.is_picture else "file-text",
            body=format_html(
                '<a href="/files/{}/"><img class="c-moment__thumb" src="/files/{}/thumb/" alt="{}" loading="lazy"></a>',
                row.pk, row.pk, _("Small picture of the file"),
            )
            if row.stored_thumb
            else "",
        )
        for row in ask.newest(rows, "created_at")
    ]  # fmt: skip


@tile(
    "photos",
    label=gettext_lazy("Photos and documents"),
    icon="images",
    permission=Perm.RECORD_VIEW,
    order=50,
    empty=gettext_lazy("None added yet"),
    where=of_patient(File),
)
def last_files(ask: Ask) -> Iterable[Line]:
    """The last few, by the day they are from."""
    for row in visible_files(ask.user).filter(patient__in=ask.patients)[:LAST]:
        yield Line(str(row), format_date(row.taken_on), url=f"/files/{row.pk}/")
