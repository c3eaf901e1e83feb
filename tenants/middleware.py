"""The clinic comes from the Host header and from nothing else."""

from collections.abc import Callable

from django.conf import settings
from django.core.exceptions import DisallowedHost
from django.db import OperationalError, connection
from django.http import HttpRequest, HttpResponse
from django.http.request import split_domain_port
from django.urls import set_urlconf
from psycopg_pool import PoolTimeout

from clinic.shared.tenancy import use_clinic, use_platform
from tenants.queries import clinic_for_host, is_platform_host
from tenants.statuses import ClinicStatus

Next = Callable[[HttpRequest], HttpResponse]
DOWN = """<!doctype html><html lang=en><meta charset=utf-8><title>503</title>
<h1>Back in a moment</h1><p>The database does not answer now. Nothing was lost.</p>
<div lang=fa dir=rtl><h1>چند لحظه دیگر برمی‌گردیم</h1><p>پایگاه داده اکنون پاسخ نمی‌دهد. چیزی گم نشده است.</p></div>"""


class ClinicFromHost:
    """Chooses the schema for the whole request; unknown hosts get 404, a database that is down 503."""

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        try:
            host, _port = split_domain_port(request.get_host())
        except DisallowedHost:
            return HttpResponse("Not found", status=404, content_type="text/plain")
        if request.path == "/livez":
            return HttpResponse('{"status": "alive"}', content_type="application/json")
        try:
            return self._answer(request, host.lower())
        except (OperationalError, PoolTimeout):
            if connection.in_atomic_block:
                raise
            return _down(request)

    def _answer(self, request: HttpRequest, host: str) -> HttpResponse:
        if is_platform_host(host):
            request.urlconf = settings.PUBLIC_SCHEMA_URLCONF
            set_urlconf(settings.PUBLIC_SCHEMA_URLCONF)
            request.clinic = None  # type: ignore[attr-defined]  # our middleware's own attribute of a request
            with use_platform():
                return self.get_response(request)
        clinic = clinic_for_host(host)
        if clinic is None or clinic.status != ClinicStatus.ACTIVE:
            return HttpResponse("Not found", status=404, content_type="text/plain")
        request.clinic = clinic  # type: ignore[attr-defined]  # our middleware's own attribute of a request
        with use_clinic(clinic):
            return self.get_response(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        return _down(request) if isinstance(error, (OperationalError, PoolTimeout)) and _is_down(error) else None


def _is_down(error: BaseException) -> bool:
    state = getattr(error.__cause__, "sqlstate", None)
    return state is None or state.startswith(("08", "57P"))


def _down(request: HttpRequest) -> HttpResponse:
    if request.path.startswith("/api/") or request.path == "/readyz":
        body, kind = '{"errors": {"detail": ["The database does not answer now."]}}', "application/json"
    else:
        body, kind = DOWN, "text/html; charset=utf-8"
    return HttpResponse(body, status=503, content_type=kind, headers={"Retry-After": "5"})
