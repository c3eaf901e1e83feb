"""Every address of the platform's own host."""

from django.conf import settings
from django.urls import include, path

from clinic.accounts import error_views
from clinic.accounts.admin import platform_tables
from clinic.accounts.guards import open_to_all
from clinic.roof import views as roof
from clinic.shared.theme_views import theme_css

urlpatterns = [
    path("readyz", roof.readyz),
    path("theme/<str:hex>.css", open_to_all("the clinic's colour")(theme_css), name="theme"),
    path("", include("clinic.accounts.urls")),
    path("control/tables/", platform_tables.urls),
    path("", include("tenants.urls")),
]
if settings.DEMO:
    urlpatterns.append(path("", include("demo.urls")))
handler400, handler403 = error_views.bad_request, error_views.permission_denied
handler404, handler500 = error_views.not_found, error_views.server_error
