"""Addresses of the platform's own host."""

from django.urls import path

from tenants import views

urlpatterns = [
    path("", views.home, name="platform-home"),
    path("sign-up/", views.sign_up, name="sign-up"),
    path("sign-up/thanks/", views.thanks, name="sign-up-thanks"),
    path("control/", views.control, name="control"),
    path("control/requests/<int:pk>/approve/", views.approve, name="approve-request"),
    path("control/requests/<int:pk>/reject/", views.reject, name="reject-request"),
    path("control/clinics/<int:pk>/<str:status>/", views.set_status, name="set-clinic-status"),
]
