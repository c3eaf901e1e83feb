"""Shapes of counting, handing over and closing a drawer in JSON."""

from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from clinic.accounts.models import User
from finance.api.fields import Amount


class CountInput(serializers.Serializer):
    """`left` stays in the drawer, `banked` goes to the bank, the rest into the safe."""

    counted = Amount()
    left = Amount(required=False, allow_null=True)
    banked = Amount(required=False)
    note = serializers.CharField(max_length=200, required=False, allow_blank=True)


class NoteInput(serializers.Serializer):
    note = serializers.CharField(max_length=200)


class OfferInput(serializers.Serializer):
    to = serializers.PrimaryKeyRelatedField(queryset=User.objects.filter(is_active=True))
    counted = Amount()
    note = serializers.CharField(max_length=200, required=False, allow_blank=True)


class AnswerInput(serializers.Serializer):
    do = serializers.ChoiceField(choices=[("accept", _("Accept")), ("refuse", _("Refuse"))])
    reason = serializers.CharField(max_length=200, required=False, allow_blank=True)
