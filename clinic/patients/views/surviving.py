"""Old addresses of a card that was merged into another one lead to the card that stands."""

from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from django.urls import reverse

from clinic.patients.models import Patient
from clinic.shared.errors import Elsewhere

NAMES = ("pk", "patient_id")  # of the patient in addresses
READS = {"GET", "HEAD"}


def surviving(request: HttpRequest, pk: int) -> Patient:
    """The patient of this number, or into whom she was merged; 404 for nobody.

    A page that is read moves to the address of the card that stands (raises Elsewhere); what is written from a page
    that was open before the merge goes to that card.
    """
    patient = get_object_or_404(Patient.objects.select_related("merged_into"), pk=pk)
    stands = patient.merged_into
    if stands is None:
        return patient
    match = request.resolver_match
    if request.method not in READS or match is None:
        return stands
    named = {name: stands.pk if name in NAMES and value == pk else value for name, value in match.kwargs.items()}
    query = request.META.get("QUERY_STRING", "")
    raise Elsewhere(reverse(match.view_name, kwargs=named) + (f"?{query}" if query else ""))
