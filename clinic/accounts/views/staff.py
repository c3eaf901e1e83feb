"""Who works here: inviting, roles, single permissions, closing an account."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from clinic.accounts import actions
from clinic.accounts.forms import GrantForm, InviteForm, NameForm, OverrideForm
from clinic.accounts.guards import needs
from clinic.accounts.models import RoleGrant, User
from clinic.accounts.permissions import Perm
from clinic.accounts.queries import staff_accounts
from clinic.accounts.roles import ROLES, Role
from clinic.accounts.views.again import asks_again
from clinic.shared.errors import ActionError


@needs(Perm.STAFF_MANAGE)
@require_safe
def staff(request: HttpRequest) -> HttpResponse:
    """Everybody with a role, and what each role means."""
    cards = [(role.label, card.sentence) for role, card in ROLES.items() if not card.on_platform]
    people = [(user, [_shown(grant) for grant in user.grants.all()]) for user in staff_accounts()]
    return render(request, "accounts/staff.html", {"people": people, "roles": cards})


def _shown(grant: RoleGrant) -> str:
    label = Role(grant.role).label
    return f"{label} ({grant.branch})" if grant.branch else str(label)


@needs(Perm.STAFF_MANAGE)
@require_http_methods(["GET", "POST"])
def staff_new(request: HttpRequest) -> HttpResponse:
    """Invite a colleague by her number."""
    if ask := asks_again(request, request.path):
        return ask
    form = InviteForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            user = actions.invite_staff(by=request.user, **form.cleaned_data)
        except ActionError as error:
            error.put(form)
        else:
            messages.success(request, _("%(name)s may sign in now.") % {"name": user.full_name})
            return HttpResponseRedirect(f"/set-up/staff/{user.pk}/")
    return render(request, "accounts/staff_new.html", {"form": form}, status=422 if form.errors else 200)


@needs(Perm.STAFF_MANAGE)
@require_http_methods(["GET", "POST"])
def staff_member(request: HttpRequest, pk: int) -> HttpResponse:
    """One colleague: name, roles, single permissions; saving the name."""
    user = get_object_or_404(User, pk=pk)
    if request.method == "GET":
        return _member(request, user)
    form = NameForm(request.POST)
    return _done(request, user, form, "name_form", lambda data: actions.rename(user=user, by=request.user, **data))


@needs(Perm.STAFF_MANAGE)
@require_POST
def staff_grant(request: HttpRequest, pk: int) -> HttpResponse:
    """Give one more role."""
    user, form = get_object_or_404(User, pk=pk), GrantForm(request.POST)
    return _done(request, user, form, "grant_form", lambda data: actions.grant_role(user=user, by=request.user, **data))


@needs(Perm.STAFF_MANAGE)
@require_POST
def staff_withdraw(request: HttpRequest, pk: int, grant_pk: int) -> HttpResponse:
    """Take a role back."""
    grant = get_object_or_404(RoleGrant.objects.select_related("user"), pk=grant_pk, user=pk)
    return _done(request, grant.user, None, "", lambda _data: actions.withdraw_role(grant=grant, by=request.user))


@needs(Perm.STAFF_MANAGE)
@require_POST
def staff_override(request: HttpRequest, pk: int) -> HttpResponse:
    """Give or take one permission."""
    user, form = get_object_or_404(User, pk=pk), OverrideForm(request.POST)
    return _done(
        request, user, form, "override_form", lambda data: actions.set_override(user=user, by=request.user, **data)
    )


@needs(Perm.STAFF_MANAGE)
@require_POST
def staff_active(request: HttpRequest, pk: int) -> HttpResponse:
    """Close an account, or open it again."""
    user, active = get_object_or_404(User, pk=pk), request.POST.get("active") == "1"
    return _done(request, user, None, "", lambda _d: actions.set_active(user=user, active=active, by=request.user))


def _done(request: HttpRequest, user: User, form: Any, name: str, work: Any) -> HttpResponse:
    """Do one change of rights by whoever showed lately who she is, then show the person again."""
    address = f"/set-up/staff/{user.pk}/"
    if ask := asks_again(request, address):
        return ask
    if form is None or form.is_valid():
        try:
            work(form.cleaned_data if form else None)
        except ActionError as error:
            if form is None:
                return _member(request, user, refusal=error.message)
            error.put(form)
        else:
            messages.success(request, _("Saved. It counts from now on."))
            return HttpResponseRedirect(address)
    return _member(request, user, **{name: form})


def _member(request: HttpRequest, user: User, refusal: str = "", **forms: Any) -> HttpResponse:
    labels = dict(Perm.choices)
    context = {
        "person": user,
        "grants": [
            (grant, _shown(grant), ROLES[Role(grant.role)].sentence) for grant in user.grants.select_related("branch")
        ],
        "overrides": [(labels.get(row.permission, row.permission), row) for row in user.overrides.order_by("pk")],
        "name_form": NameForm(initial={"full_name": user.full_name}),
        "grant_form": GrantForm(),
        "override_form": OverrideForm(),
        "refusal": refusal,
        **forms,
    }
    return render(request, "accounts/staff_member.html", context, status=422 if refusal or forms else 200)
