"""Addresses of this app: pages and fragments, and the API's part below /api/v1/."""

from django.urls import path

from loyalty import api, views

app_name = "loyalty"
urlpatterns = [
    path("points/", views.points, name="points"),
    path("points/for-patient/<int:patient_id>/", views.for_patient, name="for_patient"),
    path("my/points/", views.my_points, name="my_points"),
]
api_patterns = [path("patients/<int:pk>/points/", api.Statement.as_view())]
