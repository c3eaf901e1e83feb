"""The demo's bank: speaks the online gateway's own language, and has one page with two buttons: pay, or leave."""

import json
import secrets
from typing import Any
from urllib.parse import urlencode

from csp.decorators import csp_update
from django.core.cache import cache
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import render
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST

from clinic.accounts.guards import open_to_all

KEPT = 24 * 3600
CARD = "502229******5995"
OPEN = open_to_all("the demo's bank; not installed in production")


@OPEN
@csrf_exempt
@require_POST
def call(request: HttpRequest, what: str) -> HttpResponse:
    """One call of the API: announce, look, or take."""
    try:
        body = json.loads(request.body)
    except ValueError:
        body = None
    if not isinstance(body, dict) or what not in ("request", "verify", "inquiry", "unVerified"):
        return _error(-9, "The input params invalid, validation error.")
    if what == "request":
        return _announce(body)
    if what == "unVerified":
        return _data(code=100, message="Success", authorities=[])
    order = cache.get(_key(body.get("authority")))
    if order is None:
        return _error(-54, "Invalid authority.")
    if what == "inquiry":
        return _data(code=100, message="Success", status=order["status"])
    return _take(str(body["authority"]), order, body)


def _announce(body: dict[str, Any]) -> HttpResponse:
    amount, back = body.get("amount"), str(body.get("callback_url", ""))
    if not isinstance(amount, int) or amount < 10_000 or not back.startswith(("http://", "https://")):
        return _error(-9, "The input params invalid, validation error.")
    authority = f"D{secrets.token_hex(18)[:35]}"
    order = {"amount": amount, "back": back, "what": str(body.get("description", ""))[:200], "status": "IN_BANK"}
    cache.set(_key(authority), order, KEPT)
    return _data(code=100, message="Success", authority=authority, fee_type="Merchant", fee=0)


def _take(authority: str, order: dict[str, Any], body: dict[str, Any]) -> HttpResponse:
    if order["status"] not in ("PAID", "VERIFIED"):
        return _error(-51, "Session is not valid, session is not active paid try.")
    if body.get("amount") != order["amount"]:
        return _error(-50, "Session is not valid, amounts values is not the same.")
    code = 100 if order["status"] == "PAID" else 101
    cache.set(_key(authority), {**order, "status": "VERIFIED"}, KEPT)
    return _data(code=code, message="Paid", ref_id=order["reference"], card_pan=CARD, fee=0)


@OPEN
@csp_update({"form-action": ["http:", "https:"]})
@require_http_methods(["GET", "POST"])
def page(request: HttpRequest, authority: str) -> HttpResponse:
    """Where the patient pays or leaves; both send her back to the clinic."""
    order = cache.get(_key(authority))
    if order is None:
        raise Http404
    if request.method == "POST" and order["status"] == "IN_BANK":
        pays = request.POST.get("do") == "pay"
        order |= {"status": "PAID" if pays else "FAILED", "reference": secrets.randbelow(9 * 10**8) + 10**8}
        cache.set(_key(authority), order, KEPT)
    if order["status"] == "IN_BANK":
        return render(request, "demo/bank.html", {"order": order})
    ok = "OK" if order["status"] in ("PAID", "VERIFIED") else "NOK"
    mark = "&" if "?" in order["back"] else "?"
    return HttpResponseRedirect(f"{order['back']}{mark}{urlencode({'Authority': authority, 'Status': ok})}")


def _key(authority: object) -> str:
    return f"demo-bank:{str(authority)[:64]}"


def _data(**values: Any) -> HttpResponse:
    return JsonResponse({"data": values, "errors": []})


def _error(code: int, message: str) -> HttpResponse:
    return JsonResponse({"data": [], "errors": {"code": code, "message": message, "validations": []}}, status=422)
