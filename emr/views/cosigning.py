"""Second signatures: asking, answering, and the list of what waits."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_GET, require_POST

from clinic.accounts.guards import needs
from clinic.accounts.models import User
from clinic.accounts.permissions import Perm
from clinic.shared.errors import ActionError
from emr import actions, queries
from emr.forms import CosignAnswerForm, CosignForm
from emr.models import Cosign
from emr.views.common import again, find_record, part


@needs(Perm.RECORD_WRITE)
@require_POST
def ask_cosign(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask a colleague to sign as well."""
    record = find_record(request, pk)
    form = CosignForm(request.POST)
    wanted: User | None = form.cleaned_data["of"] if form.is_valid() else None
    try:
        actions.ask_cosign(encounter=record, of=wanted or request.user, by=request.user)
    except ActionError as error:
        return part(request, "cosign", record, status=422, error=error.message)
    return part(request, "cosign", again(record))


@needs(Perm.RECORD_WRITE)
@require_POST
def answer_cosign(request: HttpRequest, pk: int, cosign: int) -> HttpResponse:
    """Sign too, return with a remark, or withdraw one's own request."""
    record = find_record(request, pk)
    row = get_object_or_404(Cosign, pk=cosign, encounter=record)
    form = CosignAnswerForm(request.POST)
    if not form.is_valid():
        return part(request, "cosign", record, status=422, error=next(iter(form.errors.values()))[0])
    try:
        actions.answer_cosign(request=row, by=request.user, **form.cleaned_data)
    except ActionError as error:
        return part(request, "cosign", record, status=422, error=error.message)
    return part(request, "cosign", again(record))


@needs(Perm.RECORD_WRITE)
@require_GET
def waiting(request: HttpRequest) -> HttpResponse:
    """What waits for this doctor's signature: her own drafts of finished visits, and others' records."""
    context = {"drafts": queries.to_sign(request.user)[:200], "requests": queries.to_cosign(request.user)[:200]}
    return render(request, "emr/to_sign.html", context)
