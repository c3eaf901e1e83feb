"""Signing in, preferences, staff."""

from django.urls import path

from clinic.accounts import api, views

urlpatterns = [
    path("sign-in/", views.sign_in, name="sign-in"),
    path("sign-in/totp/", views.totp, name="totp"),
    path("sign-in/again/", views.again, name="sign-in-again"),
    path("sign-out/", views.sign_out, name="sign-out"),
    path("preferences/", views.preferences, name="preferences"),
]
# A clinic's own; the platform's people are made by command.
staff_patterns = [
    path("set-up/staff/", views.staff, name="staff"),
    path("set-up/staff/new/", views.staff_new, name="staff-new"),
    path("set-up/staff/<int:pk>/", views.staff_member, name="staff-member"),
    path("set-up/staff/<int:pk>/roles/", views.staff_grant, name="staff-grant"),
    path("set-up/staff/<int:pk>/roles/<int:grant_pk>/withdraw/", views.staff_withdraw, name="staff-withdraw"),
    path("set-up/staff/<int:pk>/permissions/", views.staff_override, name="staff-override"),
    path("set-up/staff/<int:pk>/active/", views.staff_active, name="staff-active"),
]
api_patterns = [
    path("sign-in/code/", api.AskCode.as_view()),
    path("sign-in/", api.SignInView.as_view()),
    path("sign-out/", api.SignOut.as_view()),
    path("totp/", api.Totp.as_view()),
    path("branches/", api.Branches.as_view()),
]
