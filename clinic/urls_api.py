"""Every address below /api/v1/ of a clinic's host."""

from django.urls import include, path
from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerSplitView

import clinic.accounts.urls
import clinic.patients.urls
import emr.urls
import finance.urls
import inventory.urls
import loyalty.urls
import messaging.urls
import scheduling.urls
from clinic.accounts.guards import open_to_all
from clinic.shared.resolving import ByFirstWord

APPS = [
    clinic.accounts.urls,
    clinic.patients.urls,
    scheduling.urls,
    emr.urls,
    inventory.urls,
    finance.urls,
    loyalty.urls,
    messaging.urls,
]

schema = open_to_all("describes the API, shows no data")(SpectacularAPIView.as_view())
docs = open_to_all("describes the API, shows no data")(SpectacularSwaggerSplitView.as_view(url_name="api-schema"))

urlpatterns = [
    ByFirstWord(
        [
            path("schema/", schema, name="api-schema"),
            path("docs/", docs, name="api-docs"),
            *[path("", include(app.api_patterns)) for app in APPS],
        ]
    )
]
