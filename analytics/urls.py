"""Mastermind and the log."""

from django.urls import path

from analytics import views

urlpatterns = [
    path("mastermind/", views.mastermind, name="mastermind"),
    path("mastermind/today/", views.mastermind_part, name="mastermind-today"),
    path("audit/", views.audit, name="audit"),
]
api_patterns: list = []
