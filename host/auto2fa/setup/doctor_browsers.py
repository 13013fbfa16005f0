"""The doctor's look at browsers: registration, extension, and a host that is really started and asked."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import tempfile
import threading
import time
from contextlib import suppress
from pathlib import Path
from typing import IO, Any

from auto2fa.errors import Auto2faError
from auto2fa.setup.browsers import Browser
from auto2fa.setup.extension import manifest
from auto2fa.setup.finding import Finding
from auto2fa.setup.identity import CHROMIUM_ID, CHROMIUM_ORIGIN, FIREFOX_ID, HOST_NAME
from auto2fa.setup.launcher import HOST_MODULE, launcher_file
from auto2fa.setup.registration import registered_manifest, sandbox_note

HOST_SECONDS = 2.0
AGAIN = "Run “auto2fa install” again, then restart the browser."


def check_browser(browser: Browser) -> Finding:
    """Whether this browser would find and be allowed to start our host."""
    note = sandbox_note(browser)
    if note is not None and not note.works:
        return Finding(browser.title, False, note.detail, note.next, needed=False)
    file = registered_manifest(browser)
    if file is None:
        step = f"Run “auto2fa install --browser {browser.name}”."
        return Finding(browser.title, False, "the host is not registered", step, needed=False)
    problem = manifest_problem(file, browser.family)
    if problem:
        return Finding(browser.title, False, f"{file}: {problem}", AGAIN, needed=False)
    if note is not None:
        return Finding(browser.title, True, note.detail, note.next, needed=False)
    return Finding(browser.title, True, f"registered in {file}", needed=False)


def manifest_problem(file: Path, family: str) -> str | None:
    """What is wrong with a native manifest on disk, or None."""
    try:
        content = json.loads(file.read_text(encoding="utf-8"))
        program = Path(content["path"])
        allowed = content["allowed_origins" if family == "chromium" else "allowed_extensions"]
    except OSError as error:
        return f"cannot be read ({error.strerror})"
    except (ValueError, KeyError, TypeError):
        return "is not a manifest for this browser"
    if content.get("name") != HOST_NAME:
        return f"is named {content.get('name')!r} instead of {HOST_NAME!r}"
    if (CHROMIUM_ORIGIN if family == "chromium" else FIREFOX_ID) not in allowed:
        return "allows another extension than ours"
    if not program.is_absolute() or not program.is_file():
        return f"points to {program}, which is not there"
    if not os.access(program, os.X_OK):
        return f"points to {program}, which may not be executed"
    return None


def check_extension() -> Finding:
    """Whether the extension can be composed and has the id that the registration allows."""
    import base64
    import hashlib

    try:
        key = manifest("chromium")["key"]
        gecko = manifest("firefox")["browser_specific_settings"]["gecko"]["id"]
    except Auto2faError as error:
        return Finding("Extension", False, error.message, error.next)
    digest = hashlib.sha256(base64.b64decode(key)).hexdigest()[:32]
    identity = "".join(chr(ord("a") + int(letter, 16)) for letter in digest)
    if identity != CHROMIUM_ID or gecko != FIREFOX_ID:
        detail = "its id is not the one that the host allows"
        return Finding("Extension", False, detail, "Install Auto 2FA again, from its full source.")
    return Finding("Extension", True, f"Chromium id {identity}, Firefox id {gecko}")


def check_host() -> Finding:
    """Start the host as a browser does and ask it; it has two seconds to answer."""
    launcher = launcher_file()
    command = [str(launcher)] if launcher.is_file() else [sys.executable, "-I", "-m", HOST_MODULE]
    started = time.monotonic()
    try:
        answer, said = _ask(command)
    except OSError as error:
        return Finding("Host", False, f"{command[0]} does not start: {error.strerror}", AGAIN)
    took_ms = (time.monotonic() - started) * 1000
    if answer is None:
        detail = said.strip().splitlines()[-1] if said.strip() else f"no answer within {HOST_SECONDS:.0f} s"
        return Finding("Host", False, f"{command[0]}: {detail}", AGAIN)
    if "result" not in answer:
        detail = str(answer.get("error", {}).get("message", "an answer that is none"))
        return Finding("Host", False, f"{command[0]}: {detail}", AGAIN)
    where = "through its launcher" if launcher.is_file() else "directly (nothing is registered yet)"
    version = answer["result"].get("version", "?")
    return Finding("Host", True, f"version {version} answered {where} in {took_ms:.0f} ms")


def _ask(command: list[str]) -> tuple[dict[str, Any] | None, str]:
    """One ``hello`` in native-messaging frames; the answer and what the host wrote to stderr."""
    from auto2fa.native.messages import PROTOCOL

    request = json.dumps(
        {"jsonrpc": "2.0", "id": 1, "method": "hello", "params": {"protocol": PROTOCOL, "browser": "doctor"}}
    ).encode()
    with tempfile.TemporaryFile() as said:
        host = subprocess.Popen(
            [*command, CHROMIUM_ORIGIN],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=said,
            start_new_session=True,
        )
        deadline = threading.Timer(HOST_SECONDS, _end, [host])
        deadline.start()
        answer: dict[str, Any] | None = None
        try:
            if host.stdin is not None and host.stdout is not None:
                host.stdin.write(len(request).to_bytes(4, sys.byteorder) + request)
                host.stdin.flush()
                answer = _answer(host.stdout)
        except (BrokenPipeError, ValueError):
            pass  # it ended, or spoke something other than frames
        finally:
            deadline.cancel()
            for stream in (host.stdin, host.stdout):
                if stream is not None:
                    with suppress(BrokenPipeError):
                        stream.close()
            try:
                # A host that was answered ends by itself when its pipe is closed; others are not waited for.
                host.wait(timeout=HOST_SECONDS if answer is not None else 0.2)
            except subprocess.TimeoutExpired:
                pass
            finally:
                _end(host)
                host.wait()
        said.seek(0)
        return answer, said.read().decode(errors="replace")


def _end(host: subprocess.Popen[bytes]) -> None:
    """End the host and whatever it started, which would hold its pipes open."""
    if sys.platform == "win32":
        host.kill()
    else:
        with suppress(ProcessLookupError):
            os.killpg(host.pid, signal.SIGKILL)


def _answer(stream: IO[bytes]) -> dict[str, Any] | None:
    """The frame that answers request 1; notifications before it are passed over."""
    while True:
        header = stream.read(4)
        if len(header) < 4:
            return None
        frame = json.loads(stream.read(int.from_bytes(header, sys.byteorder)))
        if isinstance(frame, dict) and frame.get("id") == 1:
            return frame
