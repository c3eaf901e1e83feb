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
    path("patients/<int:pk>/consents/<slug:kind>/sign/", views.sign_consent, name="patient-consent-sign"),
    path("patients/<int:pk>/tag/", views.tag, name="patient-tag"),
    path("patients/<int:pk>/relatives/", views.relatives, name="patient-relatives"),
    path("patients/<int:pk>/relatives/<int:related_pk>/remove/", views.relative_remove, name="patient-relative-remove"),
    path("patients/duplicates/", views.duplicates, name="patient-duplicates"),
    path("patients/<int:pk>/merge/<int:other_pk>/", views.merge, name="patient-merge"),
    path("patients/<int:pk>/not-same/<int:other_pk>/", views.not_the_same, name="patient-not-same"),
    path("patients/merges/<int:merge_pk>/separate/", views.separate, name="patient-separate"),
    path("patients/groups/", views.segments, name="segments"),
    path("patients/groups/<int:segment_pk>/", views.segment, name="segment"),
    path("patients/groups/<int:segment_pk>/remove/", views.segment_remove, name="segment-remove"),
    path("patients/groups/<int:segment_pk>/restore/", views.segment_restore, name="segment-restore"),
    path("patients/groups/<int:segment_pk>/file/<str:sheet>/", views.segment_file, name="segment-file"),
    path("set-up/labels/", views.labels, name="labels"),
    path("set-up/labels/<int:pk>/", views.labels, name="label"),
    path("set-up/patients/", views.rules, name="patient-rules"),
    path("access-log/", views.access_log, name="access-log"),
    path("my/readers/<int:pk>/", views.own_readers, name="own-readers"),
    path("my/who/", views.who, name="own-who"),
    path("patients/<int:pk>/phone-gone/", views.phone_gone, name="patient-phone-gone"),
    path("my/family/", views.family, name="family"),
    path("my/family/<int:pk>/", views.own_details, name="own-details"),
]
api_patterns = [
    path("patients/", api.Patients.as_view({"get": "list", "post": "create"})),
    path("patients/<int:pk>/", api.Patients.as_view({"get": "retrieve", "patch": "partial_update"})),
]
