"""A real Secret Service of our own: a private D-Bus daemon and gnome-keyring in a folder of their own.

The demonstration and the tests run in it, so that the user's own keyring is neither read nor unlocked, and so
that they work on a machine where nobody is logged in to a desktop. Linux only.
"""

from __future__ import annotations

import os
import secrets
import shutil
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from jeepney.io.blocking import DBusConnection

START_SECONDS = 10.0
ANSWER_SECONDS = 0.5
SERVICE_INTERFACE = "org.freedesktop.Secret.Service"
GUILT_RIDDEN = "org.gnome.keyring.InternalUnsupportedGuiltRiddenInterface"
"""gnome-keyring's own name for its only way to unlock without a dialog."""

# No service directories: with them the bus would start a second keyring (or a password dialog) by itself.
BUS_CONFIG = """<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN"
 "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig>
  <type>session</type>
  <listen>unix:path={folder}/bus</listen>
  <auth>EXTERNAL</auth>
  <policy context="default">
    <allow send_destination="*"/>
    <allow receive_sender="*"/>
    <allow own="*"/>
  </policy>
</busconfig>
"""


class KeyringSessionError(Exception):
    """The private keyring could not be started; the text says why and what to install."""


@dataclass(frozen=True)
class KeyringSession:
    """A running private keyring."""

    env: dict[str, str]
    """Variables that point a process at this keyring: merge them into ``os.environ`` or a child's."""
    folder: Path
    _password: str = field(repr=False)

    def lock(self) -> None:
        """Lock the keyring as a desktop does after a while."""
        import secretstorage

        with self._connection() as connection:
            secretstorage.get_default_collection(connection).lock()

    def unlock(self) -> None:
        """Unlock it again with its password, by the call that the desktop's own login uses."""
        import secretstorage
        from jeepney import DBusAddress, new_method_call
        from secretstorage.dhcrypto import Session
        from secretstorage.util import format_secret, open_session

        with self._connection() as connection:
            session: Session = open_session(connection)
            collection = secretstorage.get_default_collection(connection)
            aliased = connection.send_and_get_reply(
                new_method_call(
                    DBusAddress("/org/freedesktop/secrets", "org.freedesktop.secrets", SERVICE_INTERFACE),
                    "ReadAlias",
                    "s",
                    ("default",),
                )
            ).body[0]
            service = DBusAddress("/org/freedesktop/secrets", "org.freedesktop.secrets", GUILT_RIDDEN)
            secret = format_secret(session, self._password.encode(), "text/plain")
            call = new_method_call(service, "UnlockWithMasterPassword", "o(oayays)", (aliased, secret))
            connection.send_and_get_reply(call)
            if collection.is_locked():
                raise KeyringSessionError("The private keyring did not open again.")

    @contextmanager
    def _connection(self) -> Iterator[DBusConnection]:
        from jeepney.io.blocking import open_dbus_connection

        connection = open_dbus_connection(self.env["DBUS_SESSION_BUS_ADDRESS"])
        try:
            yield connection
        finally:
            connection.close()


@contextmanager
def keyring_session(password: str | None = None, folder: Path | None = None) -> Iterator[KeyringSession]:
    """Start a private, unlocked keyring and stop it at the end.

    ``password`` protects the keyring's file (default: a random one, so the file is useless afterwards).
    ``folder`` keeps the keyring's files; default is a temporary folder that is removed at the end.
    Raises :class:`KeyringSessionError`.
    """
    for program, package in (("dbus-daemon", "dbus"), ("gnome-keyring-daemon", "gnome-keyring")):
        if not shutil.which(program):
            raise KeyringSessionError(
                f"{program} is not installed. On Debian and Ubuntu: sudo apt install {package}"
            )
    password = password or secrets.token_urlsafe(24)
    with ExitStack() as stack:
        # A socket's path may have 107 bytes, so the sockets live directly under the temporary folder.
        runtime = Path(
            stack.enter_context(tempfile.TemporaryDirectory(prefix="a2f-", ignore_cleanup_errors=True))
        )
        data = folder or runtime / "data"
        control = runtime / "control"
        for needed in (data, control):
            needed.mkdir(mode=0o700, parents=True, exist_ok=True)
        (runtime / "bus.conf").write_text(BUS_CONFIG.format(folder=runtime))
        env = {
            "DBUS_SESSION_BUS_ADDRESS": f"unix:path={runtime}/bus",
            "XDG_DATA_HOME": str(data),
            # A keyringrc.cfg of the user must not lead back to another keyring.
            "PYTHON_KEYRING_BACKEND": "keyring.backends.SecretService.Keyring",
        }
        bus = _start(
            ["dbus-daemon", f"--config-file={runtime}/bus.conf", "--nofork", "--nopidfile"], env, b""
        )
        stack.callback(_end, bus)
        _wait(bus, (runtime / "bus").exists, "The private D-Bus daemon")
        keyring = _start(
            [
                _runnable("gnome-keyring-daemon", runtime),
                "--foreground",
                "--unlock",
                "--components=secrets",
                f"--control-directory={control}",
            ],
            env,
            password.encode(),
        )
        stack.callback(_end, keyring)
        _wait(keyring, lambda: _answers(env), "gnome-keyring")
        yield KeyringSession(env=env, folder=data, _password=password)


def _runnable(program: str, runtime: Path) -> str:
    """The program, or a copy of it where containers forbid the capability that its file asks for.

    gnome-keyring wants to lock its memory (CAP_IPC_LOCK); without that right the kernel refuses to start it.
    A copy has no such wish and runs, with memory that may be swapped: enough for a keyring of an hour.
    """
    path = shutil.which(program) or program
    try:
        subprocess.run([path, "--version"], capture_output=True, check=False, timeout=START_SECONDS)
    except PermissionError:
        return shutil.copy(path, str(runtime / program))
    return path


def _start(command: list[str], env: dict[str, str], stdin: bytes) -> subprocess.Popen[bytes]:
    """Start a daemon that also ends when this process is killed outright (setpriv, from util-linux)."""
    if setpriv := shutil.which("setpriv"):
        command = [setpriv, "--pdeathsig", "TERM", "--", *command]
    daemon = subprocess.Popen(
        command,
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        # Without a runtime folder of its own it would take over the control socket of the user's keyring.
        env={**os.environ, **env, "XDG_RUNTIME_DIR": env["DBUS_SESSION_BUS_ADDRESS"][len("unix:path=") : -4]},
        start_new_session=True,
    )
    if daemon.stdin:
        daemon.stdin.write(stdin)
        daemon.stdin.close()
    return daemon


def _end(daemon: subprocess.Popen[bytes]) -> None:
    daemon.terminate()
    try:
        daemon.wait(timeout=3)
    except subprocess.TimeoutExpired:
        daemon.kill()
        daemon.wait()
    if daemon.stderr:
        daemon.stderr.close()


def _wait(daemon: subprocess.Popen[bytes], ready: Callable[[], bool], name: str) -> None:
    deadline = time.monotonic() + START_SECONDS
    while not ready():
        if daemon.poll() is not None or time.monotonic() > deadline:
            daemon.kill()
            said = daemon.stderr.read().decode(errors="replace").strip() if daemon.stderr else ""
            raise KeyringSessionError(f"{name} did not start: {said or 'no answer'}")
        time.sleep(0.01)


def _answers(env: dict[str, str]) -> bool:
    """Whether the Secret Service's default collection is there and open (its ``Locked`` property).

    Asked with a time limit: a keyring that is still starting may swallow the first question for good.
    """
    from jeepney import DBusAddress, MessageType, Properties
    from jeepney.io.blocking import open_dbus_connection

    try:
        connection = open_dbus_connection(env["DBUS_SESSION_BUS_ADDRESS"])
    except OSError:
        return False
    collection = DBusAddress(
        "/org/freedesktop/secrets/aliases/default",
        bus_name="org.freedesktop.secrets",
        interface="org.freedesktop.Secret.Collection",
    )
    try:
        reply = connection.send_and_get_reply(Properties(collection).get("Locked"), timeout=ANSWER_SECONDS)
    except TimeoutError:
        return False
    finally:
        connection.close()
    return reply.header.message_type is MessageType.method_return and not reply.body[0][1]
