"""Browser contexts of several people at once, and everything a browser complains about."""

import time
from dataclasses import dataclass, field
from typing import Any

from django.conf import settings
from django.test import Client
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.browser.server import Server
from tests.make import sign_in as sign_in_client

# Runs in every document before its own scripts: a refused style or script is told to Python.
LISTEN = """document.addEventListener("securitypolicyviolation", (event) =>
  window.tellPolicy(`${event.effectiveDirective} ${event.blockedURI} in ${location.pathname}`));"""
# Milliseconds: long, since several windows, the server and the database may share two busy cores.
PATIENCE = 20_000
expect.set_options(timeout=PATIENCE)
SIZES = {"desk": (1280, 800), "phone": (390, 844), "small": (360, 740), "tv": (1280, 720)}


@dataclass
class Complaints:
    """Console errors, page errors, refusals of the policy, answers of 500 and more."""

    found: list[str] = field(default_factory=list)
    # Answers that the test provokes: their status codes are not complaints.
    expected: set[int] = field(default_factory=set)

    def listen(self, context: BrowserContext) -> None:
        """Collect everything of a context, also of pages that it opens later."""
        context.expose_function("tellPolicy", lambda text: self.found.append(f"policy: {text}"))
        context.add_init_script(LISTEN)
        context.on("console", self._console)
        context.on("weberror", lambda error: self.found.append(f"error: {error.error}"))
        context.on("response", self._response)

    def _console(self, message: Any) -> None:
        if message.type == "error" and "Failed to load resource" not in message.text:
            self.found.append(f"console: {message.text}")

    def _response(self, response: Any) -> None:
        if response.status >= 400 and response.status not in self.expected:
            self.found.append(f"{response.status}: {response.request.method} {response.url}")

    def take(self) -> list[str]:
        """What was found since the last call."""
        found, self.found[:] = list(self.found), []
        return found


class Stage:
    """Opens a browser context for a person: own cookies, window, language and theme."""

    def __init__(self, browser: Browser, server: Server) -> None:
        self.browser, self.server = browser, server
        self.complaints = Complaints()
        self.contexts: list[BrowserContext] = []

    def base(self, host: str) -> str:
        """The base address of a host."""
        return f"http://{host}:{self.server.port}"

    def context(
        self, host: str, who: Any = None, *, size: str = "desk", language: str = "", proved: bool = True, **options: Any
    ) -> BrowserContext:
        """A new context on a host, signed in where a person is named."""
        width, height = SIZES[size]
        context = self.browser.new_context(
            viewport={"width": width, "height": height},
            base_url=self.base(host),
            reduced_motion="reduce",
            has_touch=size in {"phone", "small"},
            **options,
        )
        context.set_default_timeout(PATIENCE)
        self.contexts.append(context)
        self.complaints.listen(context)
        if language:
            context.add_cookies([{"name": "language", "value": language, "url": self.base(host)}])
        if who is not None:
            sign_in(context, who, self.base(host), proved=proved)
        return context

    def open(self, host: str, path: str, who: Any = None, **options: Any) -> Page:
        """A page of a new context."""
        page = self.context(host, who, **options).new_page()
        page.goto(path)
        return page

    def close(self) -> None:
        """Close all windows; the database may be made anew then."""
        for context in self.contexts:
            context.close()
        self.contexts.clear()
        self.server.calm_down()


def sign_in(context: BrowserContext, user: Any, base: str, *, proved: bool = True) -> None:
    """Give a context a real session of the clinic (or platform) chosen now, with the second factor if `proved`."""
    client = Client()
    if proved:
        sign_in_client(client, user)
    else:
        client.force_login(user, backend="clinic.accounts.backends.CodeBackend")
    name = settings.SESSION_COOKIE_NAME
    context.add_cookies([{"name": name, "value": client.cookies[name].value, "url": base, "httpOnly": True}])


class Quiet:
    """Knows when a page has nothing more to fetch."""

    def __init__(self, page: Page) -> None:
        self.page, self.open = page, set[Any]()
        page.on("request", self._begun)
        page.on("requestfinished", self._ended)
        page.on("requestfailed", self._ended)

    def _begun(self, request: Any) -> None:
        self.open.add(request)

    def _ended(self, request: Any) -> None:
        self.open.discard(request)

    def wait(self, seconds: float = 10) -> None:
        """Until loaded, all fragments in place and fonts there."""
        self.page.wait_for_load_state("load")
        ends = time.monotonic() + seconds
        calm = 0
        while calm < 2 and time.monotonic() < ends:
            self.page.wait_for_timeout(25)
            calm = 0 if self.open else calm + 1
        self.page.evaluate("document.fonts.ready.then(() => true)")
