"""Starts a third-party portal on a free loopback port, in a process and a folder of its own."""

from __future__ import annotations

import json
import select
import shutil
import sqlite3
import subprocess
import sys
import tempfile
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Literal, Self

HERE = Path(__file__).resolve().parent
Kind = Literal["allauth", "two_factor", "flask_security"]
KINDS: tuple[Kind, ...] = ("allauth", "two_factor", "flask_security")


@dataclass(frozen=True)
class User:
    """A customer of the portal. With ``secret`` (base32) the second factor is set up already."""

    name: str
    password: str = "Rechnung-4711"
    secret: str | None = field(default=None, repr=False)


def users(count: int) -> list[User]:
    """``count`` customers: customer01, customer02 ..."""
    return [User(f"customer{number:02}") for number in range(1, count + 1)]


@dataclass(frozen=True)
class Pages:
    """Where a kind of portal keeps its pages, and the selectors of its stock templates."""

    login: str
    enrol: str
    logout: str
    username: str
    password: str
    prompt: str
    confirm: str
    issuer: str
    enrolled_sql: str


PAGES: dict[Kind, Pages] = {
    "allauth": Pages(
        login="/accounts/login/",
        enrol="/accounts/2fa/totp/activate/",
        logout="/accounts/logout/",
        username="#id_login",
        password="#id_password",
        prompt="form[action='/accounts/2fa/authenticate/'] #id_code",
        confirm="form[action='/accounts/2fa/totp/activate/'] #id_code",
        issuer="Allauth Portal",
        enrolled_sql="SELECT count(*) FROM mfa_authenticator a JOIN auth_user u ON u.id = a.user_id"
        " WHERE a.type = 'totp' AND u.username = ?",
    ),
    "two_factor": Pages(
        login="/account/login/",
        enrol="/account/two_factor/setup/",
        logout="/account/logout/",
        username="#id_auth-username",
        password="#id_auth-password",
        prompt="#id_token-otp_token",
        confirm="#id_generator-token",
        issuer="Twofactor Portal",
        enrolled_sql="SELECT count(*) FROM otp_totp_totpdevice d JOIN auth_user u ON u.id = d.user_id"
        " WHERE d.confirmed AND u.username = ?",
    ),
    "flask_security": Pages(
        login="/login",
        enrol="/tf-setup",
        logout="/logout",
        username="#email",
        password="#password",
        prompt="form[name=two_factor_verify_code_form] #code",
        confirm="form[name=two_factor_verify_code_form] #code",
        issuer="Flask Portal",
        enrolled_sql="SELECT count(*) FROM user WHERE tf_primary_method = 'authenticator'"
        " AND email = ? || '@example.org'",
    ),
}


class Portal:
    """One running portal; use as a context manager.

    ``clock_offset`` (seconds) moves the portal's own clock: the codes it expects and its ``Date`` header.
    ``qr_factory`` (two_factor only) chooses how the QR code is drawn, e.g. ``qrcode.image.pil.PilImage``.
    ``host`` is the name in its addresses: ``127.0.0.1``, ``localhost`` or anything under ``.localhost``.
    """

    def __init__(
        self,
        kind: Kind,
        customers: list[User] | None = None,
        *,
        clock_offset: float = 0,
        port: int = 0,
        host: str = "127.0.0.1",
        qr_factory: str | None = None,
        rate_limits: bool = False,
    ) -> None:
        self.kind: Kind = kind
        self.users = customers if customers is not None else users(1)
        self.pages = PAGES[kind]
        self.issuer = self.pages.issuer
        self._clock_offset = clock_offset
        self._port = port
        self._host = host
        self._environment = {"PORTAL_RATE_LIMITS": "1" if rate_limits else "0"}
        if qr_factory:
            self._environment["PORTAL_QR_FACTORY"] = qr_factory
        self._process: subprocess.Popen[str] | None = None
        self._data: Path | None = None
        self.url = ""

    @property
    def login_url(self) -> str:
        """The password step."""
        return self.url + self.pages.login

    @property
    def enrol_url(self) -> str:
        """The set-up page (two_factor: the first step of its wizard)."""
        return self.url + self.pages.enrol

    @property
    def home_url(self) -> str:
        """The invoices page, for signed-in customers only."""
        return self.url + "/invoices/"

    @property
    def log(self) -> str:
        """What the portal wrote to stderr: one line a request."""
        assert self._data
        return (self._data / "log").read_text()

    def login_name(self, user: User) -> str:
        """What the customer types on the login page."""
        return f"{user.name}@example.org" if self.kind == "flask_security" else user.name

    def enrolled(self, user: User) -> bool:
        """Whether the portal itself counts the user's second factor as set up."""
        assert self._data
        database = sqlite3.connect(self._data / "portal.sqlite3")
        try:
            return bool(database.execute(self.pages.enrolled_sql, (user.name,)).fetchone()[0])
        finally:
            database.close()

    def start(self) -> Self:
        """Start; returns once it answers. Raises ``RuntimeError`` with the portal's log if it does not."""
        self._data = Path(tempfile.mkdtemp(prefix="portal-"))
        with (self._data / "log").open("w") as log:
            self._process = subprocess.Popen(
                [sys.executable, str(HERE / "serve.py"), self.kind],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=log,
                text=True,
                env={
                    "PATH": "/usr/bin:/bin",
                    "PYTHONDONTWRITEBYTECODE": "1",
                    "PORTAL_DATA": str(self._data),
                    **self._environment,
                },
            )
        assert self._process.stdin
        assert self._process.stdout
        order = {
            "users": [vars(user) for user in self.users],
            "clockOffset": self._clock_offset,
            "port": self._port,
        }
        self._process.stdin.write(json.dumps(order) + "\n")
        self._process.stdin.flush()
        ready, _, _ = select.select([self._process.stdout], [], [], 30)
        line = self._process.stdout.readline() if ready else ""
        if not line:
            log_text = self.log
            self.stop()
            raise RuntimeError(f"portal {self.kind} did not start:\n{log_text}")
        self.url = f"http://{self._host}:{int(line)}"
        return self

    def stop(self) -> None:
        """Stop the process and remove its folder."""
        if self._process:
            process, self._process = self._process, None
            assert process.stdin
            assert process.stdout
            process.stdin.close()
            try:
                process.wait(timeout=5)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
            process.stdout.close()
        if self._data:
            shutil.rmtree(self._data, ignore_errors=True)
            self._data = None

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()
