"""Addresses of this app: pages and fragments, and the API's part below /api/v1/."""

from django.urls import path  # noqa: F401 (the first routes follow)

urlpatterns: list = []
api_patterns: list = []
