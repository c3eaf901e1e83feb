"""Addresses of this app: pages and fragments, and the API's part below /api/v1/."""

from django.urls import path

from clinic.patients import api, views

urlpatterns = [
    path("patients/", views.patients, name="patients"),
    path("patients/search/", views.search, name="patient-search"),
    path("patients/new/", views.new, name="patient-new"),
    path("patients/<int:pk>/", views.card, name="patient"),
    path("patients/<int:pk>/edit/", views.edit, name="patient-edit"),
    path("patients/<int:pk>/access/", views.access, name="patient-access"),
    path("patients/<int:pk>/access/<int:access_pk>/remove/", views.access_remove, name="patient-access-remove"),
    path("patients/<int:pk>/consents/", views.consents, name="patient-consents"),
    path(
        "patients/<int:pk>/consents/<int:consent_pk>/withdraw/",
        views.consent_withdraw,
        name="patient-consent-withdraw",
    ),
    path("my/family/", views.family, name="family"),
    path("my/family/<int:pk>/", views.own_details, name="own-details"),
]
api_patterns = [
    path("patients/", api.Patients.as_view({"get": "list", "post": "create"})),
    path("patients/<int:pk>/", api.Patients.as_view({"get": "retrieve", "patch": "partial_update"})),
]
