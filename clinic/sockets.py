"""The one websocket of a page: it subscribes to topics and gets notices of what changed; online visits meet on it."""

import asyncio
import time
from collections.abc import Callable
from http.cookies import SimpleCookie
from typing import Any
from urllib.parse import urlsplit

from channels.db import database_sync_to_async
from channels.generic.websocket import AsyncJsonWebsocketConsumer
from django.conf import settings
from django.contrib.sessions.backends.db import SessionStore
from django.db import DatabaseError
from django.utils import timezone
from django_otp import DEVICE_ID_SESSION_KEY
from redis.exceptions import RedisError

from clinic.accounts.models import Token, User
from clinic.accounts.permissions import Perm
from clinic.accounts.queries import token_hash
from clinic.shared.notices import epoch
from clinic.shared.tenancy import ClinicInfo, group_name, in_clinic
from messaging.permissions import chat_of_key
from scheduling.consumers import MAX_SIGNAL, MAX_SIGNALS_A_MINUTE, PEER, OnlineCall
from scheduling.queries import display_shows, holds_queue_token
from scheduling.queries.online import OnlineEnd, online_end
from tenants.queries import clinic_for_host

# Which permission a topic needs; `tv` and `place` are opened by their own tokens.
TOPICS: dict[str, Perm] = {
    "queue": Perm.FLOOR_VIEW,
    "board": Perm.DIARY_VIEW,
    "waitlist": Perm.DIARY_BOOK,
    "money": Perm.INVOICES_VIEW,
    "calls": Perm.FOLLOWUPS_WORK,
    "chats": Perm.CHAT_PATIENTS,
    "files": Perm.PATIENTS_VIEW,
    "stock": Perm.STOCK_VIEW,
    "mastermind": Perm.MASTERMIND_VIEW,
}
MAX_FRAME = 4096
MAX_MESSAGES_A_MINUTE = 100
CHECK_AGAIN_SECONDS = 4


class Notices(AsyncJsonWebsocketConsumer):
    """Host decides the clinic, Origin must be that very host, the session or token decides the rest."""

    clinic: ClinicInfo | None = None
    watch: "asyncio.Task[None] | None" = None
    call: OnlineCall | None = None

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """However a connection ends, cut off without a word too: nobody watches over it any more, its end has left."""
        try:
            await super().__call__(scope, receive, send)
        finally:
            if self.watch:
                self.watch.cancel()
            if self.call:
                await self.call.leave()

    async def connect(self) -> None:
        headers = {k.decode().lower(): v.decode("latin-1") for k, v in self.scope["headers"]}
        self.headers = headers
        self.host = headers.get("host", "")
        self.times: list[float] = []
        self.groups_of: dict[str, dict[str, Any]] = {}
        if self.scope["path"] != "/ws/" or not self._same_origin(headers):
            await self.close(code=4403)
            return
        self.clinic = await _database(clinic_for_host, self.host.rpartition(":")[0] or self.host)
        if self.clinic is None or self.clinic.status != "active":
            await self.close(code=4404)
            return
        self.credential = _credential(headers)
        await self.accept()
        self.watch = asyncio.create_task(self._watch())

    def _same_origin(self, headers: dict[str, str]) -> bool:
        origin = headers.get("origin")
        if origin is None:  # no browser: it must bring a token
            return headers.get("authorization", "").lower().startswith("token ")
        return urlsplit(origin).netloc == self.host

    async def receive(self, text_data: str | None = None, bytes_data: bytes | None = None, **kwargs: Any) -> None:
        now = time.monotonic()
        self.times = [at for at in self.times if now - at < 60] + [now]
        longest, often = (MAX_SIGNAL, MAX_SIGNALS_A_MINUTE) if self.call else (MAX_FRAME, MAX_MESSAGES_A_MINUTE)
        if bytes_data or len(text_data or "") > longest or len(self.times) > often:
            await self.close(code=4429)
            return
        try:
            content = await self.decode_json(text_data or "")
        except ValueError:
            await self.send_json({"error": "not_json"})
            return
        if not isinstance(content, dict):
            await self.send_json({"error": "unknown"})
        elif isinstance(content.get("subscribe"), str):
            await self._subscribe(content)
        elif content.get("join") == "online":
            await self._join(content)
        elif self.call and "signal" in content:
            await self.call.signal(content)
        elif self.call and "report" in content:
            await self.call.report(content)
        elif content.get("ping"):
            await self._ping()
        else:
            await self.send_json({"error": "unknown"})

    async def _subscribe(self, wanted: dict[str, Any]) -> None:
        assert self.clinic
        topic = wanted["subscribe"]
        group = await in_clinic(self.clinic, allowed_group, self.credential, wanted)
        if group is None:
            await self.send_json({"error": "refused", "subscribe": topic})
            return
        self.groups_of[group] = wanted
        await self.channel_layer.group_add(group, self.channel_name)
        await self.send_json({"subscribed": topic})

    async def _join(self, wanted: dict[str, Any]) -> None:
        """Be one end of an online visit; one visit a socket."""
        assert self.clinic
        peer = wanted.get("id")
        end = None
        if self.call is None and isinstance(peer, str) and PEER.match(peer):
            end = await in_clinic(self.clinic, allowed_end, self.credential, wanted)
        call = OnlineCall(self, self.clinic, end, str(peer), self._address()) if end else None
        if call is None or not await call.begin():
            await self.send_json({"error": "refused", "join": "online"})
            return
        self.call = call
        self.groups_of[call.group] = {"subscribe": "online", "key": wanted["key"]}

    def _address(self) -> str | None:
        """The caller, as far as our own proxies wrote it."""
        hops = [part.strip() for part in self.headers.get("x-forwarded-for", "").split(",") if part.strip()]
        trusted, client = settings.TRUSTED_PROXIES, self.scope.get("client")
        if trusted and len(hops) >= trusted:
            return hops[-trusted]
        return client[0] if client else None

    async def online_heard(self, event: dict[str, Any]) -> None:
        """Pass on what another end of the same online visit says."""
        if self.call:
            await self.call.heard(event)

    async def _ping(self) -> None:
        """Answered by way of the broker, so that the answer proves that notices come through."""
        try:
            await self.channel_layer.send(self.channel_name, {"type": "echo"})
        except (RedisError, OSError):
            await self.send_json({"pong": False})

    async def echo(self, event: dict[str, Any]) -> None:
        """The ping has come back; another epoch than before tells the page to fetch everything again."""
        try:
            await self.send_json({"pong": True, "epoch": await epoch()})
        except (RedisError, OSError):
            await self.send_json({"pong": False})

    async def notice(self, event: dict[str, Any]) -> None:
        """Pass a notice on."""
        await self.send_json(event["notice"])
        if self.call and event["notice"]["topic"] == "online":
            await self.call.look()

    async def _watch(self) -> None:
        """Look again and again whether the person may still listen; rights that end close the socket within seconds."""
        while True:
            await asyncio.sleep(CHECK_AGAIN_SECONDS)
            try:
                allowed = await self._still_allowed()
            except DatabaseError:
                continue  # no answer is no reason to cut everybody off; the next look decides
            if not allowed:
                await self.close(code=4401)
                return

    async def _still_allowed(self) -> bool:
        self.clinic = await _database(clinic_for_host, self.host.rpartition(":")[0] or self.host)
        if self.clinic is None or self.clinic.status != "active":
            return False
        for wanted in list(self.groups_of.values()):
            if await in_clinic(self.clinic, allowed_group, self.credential, wanted) is None:
                return False
        return True

    async def disconnect(self, code: int) -> None:
        if self.watch:
            self.watch.cancel()
        if self.call:
            await self.call.leave()
        for group in self.groups_of:
            await self.channel_layer.group_discard(group, self.channel_name)


async def _database(function: Callable[..., Any], *args: Any) -> Any:
    return await database_sync_to_async(function)(*args)


def _credential(headers: dict[str, str]) -> tuple[str, str]:
    kind, _space, key = headers.get("authorization", "").partition(" ")
    if kind.lower() == "token":
        return "token", key.strip()
    cookies = SimpleCookie(headers.get("cookie", ""))
    cookie = cookies.get(settings.SESSION_COOKIE_NAME)
    return "session", cookie.value if cookie else ""


def allowed_group(credential: tuple[str, str], wanted: dict[str, Any]) -> str | None:
    """The group of a wanted topic, or None if this caller may not follow it."""
    topic, branch = wanted.get("subscribe"), wanted.get("branch")
    if topic == "place":
        key = str(wanted.get("key", ""))
        return group_name("place", key) if holds_queue_token(key) else None
    if topic == "online":
        end = allowed_end(credential, wanted, at_any_time=True)
        return group_name("online", end.appointment_id) if end else None
    if topic == "chat":
        chat = chat_of_key(str(wanted.get("key", "")), _user(*credential))
        return group_name("chat", chat) if chat else None
    if not isinstance(branch, int) or isinstance(branch, bool):
        return None
    kind, key = credential
    if topic == "tv":
        session = SessionStore(key) if kind == "session" and key else {}
        return group_name("tv", branch) if display_shows(session.get("display", ""), branch) else None
    permission = TOPICS.get(str(topic))
    user = _user(kind, key)
    if permission is None or user is None or not user.can(permission, branch):
        return None
    return group_name(str(topic), branch)


def allowed_end(credential: tuple[str, str], wanted: dict[str, Any], *, at_any_time: bool = False) -> OnlineEnd | None:
    """The end of an online visit that a key opens for this caller: her link, or the number with a permission."""
    key = wanted.get("key")
    return online_end(key, _user(*credential), at_any_time=at_any_time) if isinstance(key, str) else None


def _user(kind: str, key: str) -> User | None:
    people = User.objects.filter(is_active=True)
    if kind == "token":
        token = Token.objects.filter(key_hash=token_hash(key), expires_at__gt=timezone.now()).first()
        user = people.filter(pk=token.user_id).first() if token else None
        verified = bool(token and token.is_verified)
    else:
        session = SessionStore(key) if key else {}
        user = people.filter(pk=session.get("_auth_user_id") or 0).first()
        verified = DEVICE_ID_SESSION_KEY in session
    if user is None or (user.rights.needs_totp and not verified):
        return None
    return user
