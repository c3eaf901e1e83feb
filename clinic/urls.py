"""Every address of a clinic's host."""

from django.conf import settings
from django.urls import URLPattern, URLResolver, include, path

from clinic.accounts import error_views
from clinic.accounts.admin import clinic_tables
from clinic.accounts.guards import open_to_all
from clinic.accounts.urls import staff_patterns
from clinic.roof import views as roof
from clinic.shared.resolving import ByFirstWord
from clinic.shared.theme_views import theme_css

patterns: list[URLPattern | URLResolver] = [
    path("readyz", roof.readyz),
    path("theme/<str:hex>.css", open_to_all("the clinic's colour")(theme_css), name="theme"),
    *[
        path("", include(f"{app}.urls"))
        for app in (
            "clinic.accounts",
            "clinic.patients",
            "scheduling",
            "emr",
            "inventory",
            "finance",
            "loyalty",
            "messaging",
            "analytics",
        )
    ],
    path("", include(staff_patterns)),
    path("mastermind/tables/", clinic_tables.urls),
    path("api/v1/", include("clinic.urls_api")),
]
if settings.DEMO:
    patterns.append(path("", include("demo.urls")))
urlpatterns = [ByFirstWord(patterns)]
handler400, handler403 = error_views.bad_request, error_views.permission_denied
handler404, handler500 = error_views.not_found, error_views.server_error
