"""A small portal of our own that behaves as badly as real ones do: each host name below is another portal.

``NAME.localhost`` leads to the server that this module starts; the name chooses what the prompt looks like and
what happens to a code. The login step takes any user and any password.
"""

from __future__ import annotations

import asyncio
import contextlib
import html
import secrets
import socket
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from types import TracebackType
from typing import Literal, Self

import pyotp
import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, RedirectResponse, Response
from starlette.routing import Route

START_S = 10.0
SLOW_S = 1.8
"""How long a part of a page takes that holds its loading up."""
KEY = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
OTHER_KEY = "KRSXG5CTMVRXEZLUKRSXG5CTMVRXEZLU"

Reaction = Literal["right", "wrong", "locked"]


def page(body: str, *, title: str = "Sign in", language: str = "en") -> Response:
    """A whole page."""
    return HTMLResponse(
        f'<!doctype html><html lang="{language}"><meta charset="utf-8"><title>{title}</title>'
        f"<body>{body}</body></html>"
    )


FORM = """
<h1>Two-factor authentication</h1>
<p>Enter the code from your authenticator app.</p>
<form method="post" action="/prompt">
  {error}
  <label for="code">Authentication code</label>
  <input id="code" name="code" autocomplete="one-time-code" inputmode="numeric" maxlength="6">
  <button type="submit">Verify</button>
</form>
"""
PLAIN = FORM.replace("{error}", "")
GERMAN_LIVE = """
<h1>Zwei-Faktor-Anmeldung</h1>
<p>Geben Sie den Code aus Ihrer Authenticator-App ein.</p>
<label for="code">Bestätigungscode</label>
<input id="code" inputmode="numeric" maxlength="6">
<button type="button" id="send">Bestätigen</button>
<div aria-live="polite" id="live"></div>
<script>
  document.querySelector("#send").onclick = async () => {
    const code = document.querySelector("#code").value;
    const answer = await fetch("/check", {method: "POST", body: code}).then((each) => each.json());
    if (answer.ok) location.href = "/home";
    else document.querySelector("#live").textContent = "Der eingegebene Code ist leider nicht korrekt.";
  };
</script>
"""
SINGLE_PAGE = """
<main id="app">
  <h1>Two-step verification</h1>
  <p>Open your authenticator app and type its code.</p>
  <input id="code" aria-label="Verification code" inputmode="numeric" maxlength="6">
  <button id="send">Continue</button>
  <p class="error" hidden></p>
</main>
<script>
  document.querySelector("#send").onclick = async () => {
    const code = document.querySelector("#code").value;
    const answer = await fetch("/check", {method: "POST", body: code}).then((each) => each.json());
    const error = document.querySelector(".error");
    if (answer.ok) document.querySelector("#app").innerHTML = "<h1>Your invoices</h1><p>Nothing to pay.</p>";
    else { error.hidden = false; error.textContent = "That code is not valid. Try again."; }
  };
</script>
"""
ACCOUNT_PAGE = SINGLE_PAGE.replace(
    "<p>Nothing to pay.</p>",
    "<form><p>Two-factor authentication is on, with your authenticator app.</p>"
    "<p><label>First name <input name=firstname value=Mia></label></p>"
    "<p><label>Shelf <input name=shelf value=3></label></p></form>",
)
SLOW = (
    PLAIN
    + """
<script>
  document.querySelector("form").onsubmit = (event) => {
    event.preventDefault();
    window.answer = () => event.target.submit();
  };
</script>
"""
)
SELF_SENDING = (
    PLAIN.replace('<button type="submit">Verify</button>', "")
    + """
<script>
  const input = document.querySelector("#code");
  input.addEventListener("input", () => {
    if (input.value.length === 6) { input.disabled = true; send(input.value); }
  });
  async function send(code) {
    const answer = await fetch("/check", {method: "POST", body: code}).then((each) => each.json());
    location.href = answer.ok ? "/home" : "/prompt?again=1";
  }
</script>
"""
)
SMS = """
<h1>Confirm it is you</h1>
<p>We sent a 6-digit code by text message to your phone ending in •• 42.</p>
<form method="post" action="/prompt">
  <label for="code">Code from the SMS</label>
  <input id="code" name="code" inputmode="numeric" maxlength="6" autocomplete="one-time-code">
  <button type="submit">Verify</button> <a href="#">Resend the SMS</a>
</form>
"""


SINGLE_PAGE_THEN_EMAIL = SINGLE_PAGE.replace(
    "<h1>Your invoices</h1><p>Nothing to pay.</p>",
    "<h1>One more step</h1><p>We sent a code to m***@example.com.</p>"
    "<form><label>Code from the e-mail <input name=mailcode></label><button>Go on</button></form>",
)


def home() -> Response:
    """Signed in."""
    return RedirectResponse("/home", 303)


def then_sms() -> Response:
    """A further step for a code that comes by text message."""
    return page(SMS)


def again() -> Response:
    """The prompt once more, with an error above its field."""
    error = '<p class="errorlist" role="alert">The code is invalid. Please try again.</p>'
    return page(FORM.replace("{error}", error))


def thrown_back() -> Response:
    """The password step again, with no word about the code."""
    return RedirectResponse("/login", 303)


def prompt_removed() -> Response:
    """An error in place of the prompt."""
    return page('<div class="alert-danger">The code was wrong. <a href="/login">Start over</a></div>')


def late_again() -> Response:
    """The prompt once more, shown only when all of the page has loaded."""
    late = FORM.replace("{error}", '<p class="note">Token refused.</p>')
    return page(
        f'<img src="/slow" alt=""><div id="late" hidden>{late}</div>'
        "<script>addEventListener('load', () => { document.querySelector('#late').hidden = false; });</script>"
    )


def locked_out() -> Response:
    """No more tries."""
    return page(
        '<p class="error" role="alert">Too many failed attempts. Your account is locked for 30 minutes.</p>'
    )


def framed(address: str) -> str:
    """A page that shows another page's prompt in a frame."""
    return f'<h1>Customer area</h1><iframe src="{address}" width="500" height="400"></iframe>'


@dataclass(frozen=True)
class Behaviour:
    """How one of the portals works. ``{port}`` in its prompt becomes the server's port."""

    prompt: str
    refused: Callable[[], Response] = again
    accepted: Callable[[], Response] = home
    key: str = KEY
    period: int = 5
    reuse: bool = True
    """Whether a code may be used twice."""
    most_tries: int = 100


@dataclass
class Site:
    """One running portal and what it saw."""

    name: str
    url: str
    behaviour: Behaviour
    codes: list[tuple[str, Reaction]] = field(default_factory=list)
    """Every code that it was sent, and what it said to it."""
    sessions: dict[str, str] = field(default_factory=dict)
    used: set[str] = field(default_factory=set)

    def judge(self, code: str) -> Reaction:
        """Check a code as servers do: this step or the one before."""
        if len(self.codes) >= self.behaviour.most_tries:
            reaction: Reaction = "locked"
        elif not self.behaviour.reuse and code in self.used:
            reaction = "wrong"
        elif pyotp.TOTP(self.behaviour.key, interval=self.behaviour.period).verify(code, valid_window=1):
            reaction = "right"
            self.used.add(code)
        else:
            reaction = "wrong"
        self.codes.append((code, reaction))
        return reaction


class LittlePortal:
    """The server; use as a context manager, then ask for sites by name."""

    def __init__(self, behaviours: dict[str, Behaviour]) -> None:
        self._behaviours = behaviours
        self._socket = socket.socket()
        self._socket.bind(("127.0.0.1", 0))
        self.port: int = self._socket.getsockname()[1]
        self.sites = {
            name: Site(name, f"http://{name}.localhost:{self.port}", behaviour)
            for name, behaviour in behaviours.items()
        }
        app = Starlette(
            routes=[
                Route("/login", self._login, methods=["GET", "POST"]),
                Route("/prompt", self._prompt, methods=["GET", "POST"]),
                Route("/check", self._check, methods=["POST"]),
                Route("/home", self._home),
                Route("/blank", self._blank),
                Route("/slow", self._slow),
            ]
        )
        config = uvicorn.Config(app, log_level="critical", lifespan="off", access_log=False)
        self._server = uvicorn.Server(config)
        self._thread = threading.Thread(target=self._server.run, args=([self._socket],), daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        deadline = time.monotonic() + START_S
        while not self._server.started:
            assert time.monotonic() < deadline, "the little portal did not start"
            time.sleep(0.01)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.should_exit = True
        self._server.force_exit = True
        self._thread.join(timeout=10)
        with contextlib.suppress(OSError):
            self._socket.close()

    def __getitem__(self, name: str) -> Site:
        return self.sites[name]

    # --- pages ------------------------------------------------------------------------------------------------

    def _site(self, request: Request) -> Site:
        return self.sites[(request.url.hostname or "").removesuffix(".localhost")]

    async def _login(self, request: Request) -> Response:
        site = self._site(request)
        if request.method == "GET":
            return page(
                '<h1>Sign in</h1><form method="post"><label>User name <input name="username"'
                ' autocomplete="username"></label><label>Password <input name="password" type="password">'
                "</label><button>Sign in</button></form>"
            )
        form = await request.form()
        session = secrets.token_hex(8)
        site.sessions[session] = str(form["username"])
        answer = RedirectResponse("/prompt", 303)
        answer.set_cookie("session", session)
        return answer

    async def _prompt(self, request: Request) -> Response:
        site = self._site(request)
        if request.method == "GET":
            return page(site.behaviour.prompt.replace("{port}", str(self.port)))
        reaction = site.judge(str((await request.form())["code"]))
        if reaction == "right":
            return site.behaviour.accepted()
        return locked_out() if reaction == "locked" else site.behaviour.refused()

    async def _check(self, request: Request) -> Response:
        return JSONResponse({"ok": self._site(request).judge((await request.body()).decode()) == "right"})

    async def _home(self, request: Request) -> Response:
        user = self._site(request).sessions.get(request.cookies.get("session", ""), "")
        return page(f"<h1>Your invoices</h1><p>{html.escape(user)}</p>", title="Invoices")

    async def _blank(self, _request: Request) -> Response:
        return page("", title="Blank")

    async def _slow(self, _request: Request) -> Response:
        await asyncio.sleep(SLOW_S)
        return Response(status_code=404)
