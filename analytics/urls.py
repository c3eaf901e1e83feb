"""Mastermind and the log."""

from django.urls import path

from analytics.views import day_pack, erasing, mastermind, records, sources

urlpatterns = [
    path("mastermind/", mastermind.mastermind, name="mastermind"),
    path("mastermind/today/", mastermind.mastermind_part, name="mastermind-today"),
    path("mastermind/sources/", sources.sources, name="mastermind-sources"),
    path("desk/pack/", day_pack.device, name="desk-pack"),
    path("desk/pack/passphrase/", day_pack.passphrase, name="desk-pack-passphrase"),
    path("desk/pack/file/", day_pack.file, name="desk-pack-file"),
    path("records/for-patient/<int:patient_id>/", records.for_patient, name="record-for-patient"),
    path("records/<int:pk>/<str:kind>/", records.staff_file, name="record-file"),
    path("my/record/", records.ask_own, name="my-record"),
    path("my/record/<str:token>/", records.own, name="my-record-ready"),
    path("my/record/<str:token>/<str:kind>/", records.own_file, name="my-record-file"),
    path("patients/<int:pk>/erase/", erasing.erase, name="patient-erase"),
    path("audit/", mastermind.audit, name="audit"),
]
api_patterns: list = []
