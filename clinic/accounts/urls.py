"""Signing in and preferences."""

from django.urls import path

from clinic.accounts import api, views

urlpatterns = [
    path("sign-in/", views.sign_in, name="sign-in"),
    path("sign-in/totp/", views.totp, name="totp"),
    path("sign-out/", views.sign_out, name="sign-out"),
    path("preferences/", views.preferences, name="preferences"),
]
api_patterns = [
    path("sign-in/code/", api.AskCode.as_view()),
    path("sign-in/", api.SignInView.as_view()),
    path("sign-out/", api.SignOut.as_view()),
    path("totp/", api.Totp.as_view()),
    path("branches/", api.Branches.as_view()),
]
