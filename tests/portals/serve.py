"""Runs one portal: ``python serve.py KIND``, a JSON order on stdin, its port as a line on stdout.

The process ends when stdin closes, so that no portal outlives the test that started it.
"""

from __future__ import annotations

import base64
import json
import os
import sys
import threading
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from wsgiref.simple_server import WSGIServer

    from werkzeug.serving import BaseWSGIServer


def shift_clock(seconds: float) -> None:
    """The portal's own clock runs ahead by ``seconds``: codes it expects and its ``Date`` header."""
    real = time.time
    time.time = lambda: real() + seconds


def add_user(kind: str, name: str, password: str, secret: str | None) -> None:
    """Create a customer; with ``secret`` (base32) the second factor is set up already."""
    from django.contrib.auth.models import User

    user = User.objects.create_user(name, f"{name}@example.org", password)
    if kind == "allauth":
        from allauth.account.models import EmailAddress

        EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
        if secret:
            from allauth.mfa.totp.internal.auth import TOTP

            TOTP.activate(user, secret)
    elif secret:
        from django_otp.plugins.otp_totp.models import TOTPDevice

        TOTPDevice.objects.create(
            user=user, name="default", key=base64.b32decode(secret).hex(), confirmed=True
        )


def django_server(kind: str, order: dict[str, Any]) -> WSGIServer:
    """One of the Django portals, ready to serve."""
    os.environ["DJANGO_SETTINGS_MODULE"] = f"portals.django_{kind}.settings"

    import django
    from django.core.management import call_command
    from django.core.servers.basehttp import ThreadedWSGIServer, WSGIRequestHandler
    from django.core.wsgi import get_wsgi_application
    from django.db import transaction

    django.setup()
    call_command("migrate", verbosity=0)
    with transaction.atomic():
        for user in order["users"]:
            add_user(kind, user["name"], user["password"], user["secret"])
    server: WSGIServer = ThreadedWSGIServer(("127.0.0.1", order["port"]), WSGIRequestHandler)
    server.set_app(get_wsgi_application())
    return server


def flask_server(order: dict[str, Any]) -> BaseWSGIServer:
    """The Flask portal, ready to serve."""
    from werkzeug.serving import make_server

    from portals.flask_security_too.app import make_app

    return make_server("127.0.0.1", order["port"], make_app(order["users"]), threaded=True)


def main() -> None:
    kind = sys.argv[1]
    order: dict[str, Any] = json.loads(sys.stdin.readline())
    if order["clockOffset"]:
        shift_clock(order["clockOffset"])
    sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
    server = flask_server(order) if kind == "flask_security" else django_server(kind, order)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    sys.stdout.write(f"{server.server_address[1]}\n")
    sys.stdout.flush()
    sys.stdin.read()


if __name__ == "__main__":
    main()
