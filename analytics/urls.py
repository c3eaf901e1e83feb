"""Mastermind and the log."""

from django.urls import path

from analytics.views import day_pack, mastermind, sources

urlpatterns = [
    path("mastermind/", mastermind.mastermind, name="mastermind"),
    path("mastermind/today/", mastermind.mastermind_part, name="mastermind-today"),
    path("mastermind/sources/", sources.sources, name="mastermind-sources"),
    path("desk/pack/", day_pack.device, name="desk-pack"),
    path("desk/pack/passphrase/", day_pack.passphrase, name="desk-pack-passphrase"),
    path("desk/pack/file/", day_pack.file, name="desk-pack-file"),
    path("audit/", mastermind.audit, name="audit"),
]
api_patterns: list = []
