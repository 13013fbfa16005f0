"""The demonstration's supplier portal: password, second factor, set-up page with QR code, invoices as PDF.

It behaves as strict portals do: a time step counts once, the enrolment's own step included, and wrong codes
lock the account for a while (RFC 6238, section 5.2; RFC 4226, section 7.3). Everything is kept in memory.
"""

from __future__ import annotations

import argparse
import asyncio
import secrets
import socket
import sys
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

import jinja2
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import Route

from auto2fa.demo.invoices import INVOICES, pdf

if TYPE_CHECKING:
    import uvicorn

ISSUER = "Nordlicht Energie"
EMAIL = "accounts@papierkram.example"
PASSWORD = "Morgenrot-52"  # noqa: S105 - a made-up account that lives as long as the demonstration
PERIOD = 30
TRIES = 5
LOCK_S = 60.0
PAGES = Path(__file__).parent / "portal_pages"
COOKIE = "nordlicht"


@dataclass
class Customer:
    """The portal's one customer."""

    email: str = EMAIL
    password: str = PASSWORD
    company: str = "Papierkram GmbH"
    secret: str | None = None
    last_step: int = -1
    wrong: int = 0
    locked_until: float = 0.0
    accepted_at: list[float] = field(default_factory=list)
    """When a code was accepted at sign-in (Unix seconds); the demonstration reads it."""

    @property
    def protected(self) -> bool:
        """Whether a second factor is set up."""
        return self.secret is not None


@dataclass
class Session:
    """One browser's session."""

    passed_password: bool = False
    passed_factor: bool = False
    new_secret: str | None = None


class Portal:
    """The pages and what they remember."""

    def __init__(self) -> None:
        self.customer = Customer()
        self.sessions: dict[str, Session] = {}
        self._templates = jinja2.Environment(loader=jinja2.FileSystemLoader(PAGES), autoescape=True)
        self.app = Starlette(
            routes=[
                Route("/", self._home),
                Route("/style.css", self._style),
                Route("/sign-in", self._sign_in, methods=["GET", "POST"]),
                Route("/two-factor", self._two_factor, methods=["GET", "POST"]),
                Route("/sign-out", self._sign_out, methods=["POST"]),
                Route("/invoices", self._invoices),
                Route("/invoices/{number}.pdf", self._pdf),
                Route("/security", self._security),
                Route("/security/off", self._off, methods=["POST"]),
                Route("/security/authenticator", self._setup, methods=["GET", "POST"]),
            ]
        )

    # --- what the pages share -----------------------------------------------------------------------------

    def _session(self, request: Request) -> Session:
        return self.sessions.get(request.cookies.get(COOKIE, ""), Session())

    def _signed_in(self, session: Session) -> bool:
        return session.passed_password and (session.passed_factor or not self.customer.protected)

    def _page(self, name: str, session: Session, status: int = 200, **values: Any) -> HTMLResponse:
        html = self._templates.get_template(f"{name}.html").render(
            user=self.customer if self._signed_in(session) else None,
            protected=session.passed_factor,
            **values,
        )
        return HTMLResponse(html, status, {"Cache-Control": "no-store"})

    def _check(self, secret: str, code: str) -> str | None:
        """Why a code is refused, or None when it counts; a step counts once."""
        import pyotp

        customer = self.customer
        if time.time() < customer.locked_until:
            return "Too many wrong codes. Your account is locked for a minute."
        now = int(time.time()) // PERIOD
        totp = pyotp.TOTP(secret, interval=PERIOD)
        for step in (now, now - 1, now + 1):
            if step > customer.last_step and secrets.compare_digest(totp.generate_otp(step), code.strip()):
                customer.last_step, customer.wrong = step, 0
                return None
        customer.wrong += 1
        if customer.wrong >= TRIES:
            customer.wrong, customer.locked_until = 0, time.time() + LOCK_S
        return "This code is not valid. Please enter the current code."

    # --- pages --------------------------------------------------------------------------------------------

    async def _home(self, _request: Request) -> Response:
        return RedirectResponse("/invoices", 303)

    async def _style(self, _request: Request) -> Response:
        return Response((PAGES / "style.css").read_bytes(), media_type="text/css")

    async def _sign_in(self, request: Request) -> Response:
        if request.method == "GET":
            return self._page("sign_in", Session(), email="", error=None)
        form = await request.form()
        email, password = str(form.get("email", "")), str(form.get("password", ""))
        known = secrets.compare_digest(password.encode(), self.customer.password.encode())
        if email.strip().lower() != self.customer.email or not known:
            error = "E-mail address or password is wrong."
            return self._page("sign_in", Session(), 401, email=email, error=error)
        name = secrets.token_urlsafe(24)
        self.sessions[name] = Session(passed_password=True)
        answer = RedirectResponse("/two-factor" if self.customer.protected else "/invoices", 303)
        answer.set_cookie(COOKIE, name, httponly=True, samesite="strict")
        return answer

    async def _two_factor(self, request: Request) -> Response:
        session = self._session(request)
        secret = self.customer.secret
        if not session.passed_password:
            return RedirectResponse("/sign-in", 303)
        if secret is None or session.passed_factor:
            return RedirectResponse("/invoices", 303)
        if request.method == "GET":
            return self._page("prompt", session, error=None)
        refused = self._check(secret, str((await request.form()).get("code", "")))
        if refused:
            return self._page("prompt", session, 401, error=refused)
        session.passed_factor = True
        self.customer.accepted_at.append(time.time())
        return RedirectResponse("/invoices", 303)

    async def _sign_out(self, request: Request) -> Response:
        self.sessions.pop(request.cookies.get(COOKIE, ""), None)
        answer = RedirectResponse("/sign-in", 303)
        answer.delete_cookie(COOKIE)
        return answer

    async def _invoices(self, request: Request) -> Response:
        session = self._session(request)
        if not self._signed_in(session):
            return RedirectResponse("/two-factor" if session.passed_password else "/sign-in", 303)
        return self._page("invoices", session, invoices=INVOICES, page="invoices")

    async def _pdf(self, request: Request) -> Response:
        if not self._signed_in(self._session(request)):
            return RedirectResponse("/sign-in", 303)
        for invoice in INVOICES:
            if invoice.number == request.path_params["number"]:
                return Response(pdf(invoice, self.customer.company), media_type="application/pdf")
        return Response("There is no such invoice.", 404)

    async def _security(self, request: Request) -> Response:
        session = self._session(request)
        if not self._signed_in(session):
            return RedirectResponse("/sign-in", 303)
        return self._page("security", session, page="security")

    async def _off(self, request: Request) -> Response:
        if self._signed_in(self._session(request)):
            # A new factor is a new secret: steps used with the old one say nothing about it.
            self.customer.secret, self.customer.last_step = None, -1
        return RedirectResponse("/security", 303)

    async def _setup(self, request: Request) -> Response:
        import pyotp
        import segno

        session = self._session(request)
        if not self._signed_in(session):
            return RedirectResponse("/sign-in", 303)
        if self.customer.protected:
            return RedirectResponse("/security", 303)
        # The secret stays the same over wrong tries and reloads, so that a scanned code stays good.
        session.new_secret = session.new_secret or pyotp.random_base32()
        refused = None
        if request.method == "POST":
            refused = self._check(session.new_secret, str((await request.form()).get("code", "")))
            if refused is None:
                self.customer.secret, session.new_secret = session.new_secret, None
                session.passed_factor = True
                return RedirectResponse("/security", 303)
        totp = pyotp.TOTP(session.new_secret, name=self.customer.email, issuer=ISSUER)
        uri = totp.provisioning_uri()
        return self._page(
            "setup",
            session,
            401 if refused else 200,
            error=refused,
            page="security",
            picture=segno.make_qr(uri, error="m").svg_data_uri(scale=4, border=4),
            key=" ".join(session.new_secret[at : at + 4] for at in range(0, len(session.new_secret), 4)),
        )


class RunningPortal:
    """The portal on a free loopback port, served by a thread; use as a context manager."""

    def __init__(self, port: int = 0) -> None:
        import uvicorn

        self.portal = Portal()
        self._socket = socket.create_server(("127.0.0.1", port))
        # Browsers keep every name under .localhost on this computer (RFC 6761, section 6.3).
        self.url = f"http://nordlicht.localhost:{self._socket.getsockname()[1]}"
        self._server: uvicorn.Server = uvicorn.Server(
            uvicorn.Config(self.portal.app, log_level="error", lifespan="off", access_log=False)
        )
        self._thread = threading.Thread(target=self._serve, name="demo-portal", daemon=True)

    def _serve(self) -> None:
        asyncio.run(self._server.serve(sockets=[self._socket]))

    def __enter__(self) -> Self:
        self._thread.start()
        while not self._server.started and self._thread.is_alive():
            time.sleep(0.005)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.should_exit = True
        self._thread.join(timeout=5)
        self._socket.close()


def main() -> int:
    """``python -m auto2fa.demo.portal [--port N]``: the portal alone, until Ctrl-C."""
    options = argparse.ArgumentParser(prog="python -m auto2fa.demo.portal", description=main.__doc__)
    options.add_argument("--port", type=int, default=8420)
    chosen = options.parse_args()
    with RunningPortal(chosen.port) as running:
        sys.stdout.write(f"{running.url}  user {EMAIL}  password {PASSWORD}\n")
        sys.stdout.flush()
        try:
            threading.Event().wait()
        except KeyboardInterrupt:
            return 0
    return 0


if __name__ == "__main__":
    sys.exit(main())
