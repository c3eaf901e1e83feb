"""The table of interactions as a file: in and out."""

import csv

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_POST

from clinic.accounts.guards import needs
from clinic.accounts.permissions import Perm
from clinic.shared.errors import ActionError
from clinic.shared.money import format_number
from emr import actions
from emr.actions.safety import BIGGEST_FILE, Imported
from emr.models import Interaction
from emr.queries.interactions import COLUMNS
from emr.views.care.forms import FileForm

SHOWN = 5  # refused lines that are told one by one


@needs(Perm.RECORD_LISTS)
@require_POST
def take_in(request: HttpRequest) -> HttpResponse:
    """Lines of a CSV file."""
    form = FileForm(request.POST, request.FILES)
    if not form.is_valid():
        messages.error(request, _("Choose a file."))
        return redirect("emr:list", which="interactions")
    try:
        content = form.cleaned_data["file"].read(BIGGEST_FILE + 1)
        _tell(request, actions.import_interactions(content=content, by=request.user))
    except ActionError as error:
        messages.error(request, error.message)
    return redirect("emr:list", which="interactions")


@needs(Perm.RECORD_LISTS)
@require_POST
def starter(request: HttpRequest) -> HttpResponse:
    """The well-known ones that we bring along."""
    _tell(request, actions.import_starter(by=request.user))
    return redirect("emr:list", which="interactions")


def _tell(request: HttpRequest, done: Imported) -> None:
    counts = {"added": done.added, "changed": done.changed, "same": done.same}
    shown = {name: format_number(number) for name, number in counts.items()}
    messages.success(request, _("%(added)s added, %(changed)s changed, %(same)s as they were.") % shown)
    for line in done.wrong[:SHOWN]:
        messages.warning(request, line)
    more = len(done.wrong) - SHOWN
    if more > 0:
        messages.warning(
            request,
            ngettext("%(n)s more line was left out.", "%(n)s more lines were left out.", more)
            % {"n": format_number(more)},
        )


@needs(Perm.RECORD_LISTS)
@require_GET
def give_out(request: HttpRequest) -> HttpResponse:
    """The table as the same kind of file."""
    response = HttpResponse(content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="interactions.csv"'
    response.write("\ufeff")
    writer = csv.writer(response)
    writer.writerow(COLUMNS)
    for row in Interaction.objects.filter(is_active=True):
        writer.writerow([_plain(getattr(row, name)) for name in COLUMNS])
    return response


def _plain(text: str) -> str:
    """Spreadsheets run what begins like a formula."""
    return f"'{text}" if text.startswith(("=", "+", "-", "@")) else text
