"""One short message with the link, through whatever SMS provider the user has (apprise)."""

from __future__ import annotations

import contextlib
import logging
import re
import time
import unicodedata
from collections.abc import Callable, Iterator
from typing import Any, Final
from urllib.parse import quote

from auto2fa.errors import Auto2faError

PER_HOUR: Final = 10
_TEXTS: Final = {"en": "Auto 2FA for {portal}: {url}", "de": "Auto 2FA für {portal}: {url}"}
_PLACEHOLDER: Final = "{number}"
_NAME_LENGTH: Final = 40
# Schemes and dots make telephones turn text into links; only our own address may be one.
_LINKLIKE: Final = re.compile(r"[a-z][a-z0-9+.-]*://|[\\/@#]|(?<=\w)\.(?=\w)", re.IGNORECASE)


class HourlyBudget:
    """Counts messages of the last hour.

    ``load`` and ``save`` keep the times (seconds since the epoch) beyond this process; without them they are
    kept in memory.
    """

    def __init__(
        self,
        limit: int = PER_HOUR,
        window_s: float = 3600.0,
        *,
        load: Callable[[], list[float]] | None = None,
        save: Callable[[list[float]], None] | None = None,
    ) -> None:
        self._limit = limit
        self._window = window_s
        self._sent: list[float] = []
        self._load = load or (lambda: self._sent)
        self._save = save or self._keep

    def _keep(self, sent: list[float]) -> None:
        self._sent = sent

    def spend(self) -> None:
        """Count one message; raises Auto2faError smsTooMany."""
        now = time.time()
        # Times ahead of the clock are left out: it was set back, and would block for as long.
        sent = [at for at in self._load() if now - self._window < at <= now]
        if len(sent) >= self._limit:
            raise Auto2faError("smsTooMany")
        self._save([*sent, now])


def compose(portal: str, url: str, language: str) -> str:
    """Return the message's text: one line, the portal's name and the link, nothing more."""
    printable = "".join(" " if unicodedata.category(letter)[0] in "CZ" else letter for letter in portal)
    name = " ".join(_LINKLIKE.sub(" ", printable).split())[:_NAME_LENGTH].strip() or "Portal"
    return _TEXTS.get(language, _TEXTS["en"]).format(portal=name, url=url)


_STATUS: Final = re.compile(r"\berror\s*[=:]\s*(\d{3})\b")
"""apprise's plugins end their warnings with the provider's HTTP status."""
_UNREACHED: Final = re.compile(r"connection error|timed? ?out", re.IGNORECASE)
_STATUS_REASONS: Final = {
    400: "sender",
    401: "account",
    402: "credit",
    403: "notAllowed",
    404: "unknown",
    429: "many",
}
REASONS: Final = {
    "sender": "it did not accept the request; is the sender's number or name one that it knows?",
    "account": "it did not accept the user name or key",
    "credit": "there is no credit left",
    "notAllowed": "this account may not send there",
    "unknown": "it knows no such account or address",
    "many": "it received too many messages at once; wait a minute",
    "fault": "it has a fault of its own",
    "refused": "it did not accept the message",
    "unreached": "it cannot be reached from this computer",
    "address": "its address is incomplete, or of a kind that is not known",
    "place": "its address needs {number} where the receiver belongs",
    "receiver": "its address names a receiver already; leave it out",
}
"""Why a message was not sent: the name that the wizard translates, and the sentence."""


class _Complaints(logging.Handler):
    """Keeps the reason of apprise's warnings, never their text: that may hold the link and the number."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.reason = "refused"

    def emit(self, record: logging.LogRecord) -> None:
        said = record.getMessage()
        status = _STATUS.search(said)
        if status is not None:
            code = int(status[1])
            self.reason = _STATUS_REASONS.get(code, "fault" if code >= 500 else "refused")
        elif _UNREACHED.search(said):
            self.reason = "unreached"


@contextlib.contextmanager
def _listening() -> Iterator[_Complaints]:
    """Hear apprise's warnings and keep them from every other handler."""
    logger = logging.getLogger("apprise")
    heard = _Complaints()
    before = (logger.propagate, logger.handlers[:], logger.level, logger.disabled)
    logger.propagate, logger.handlers, logger.disabled = False, [heard], False
    logger.setLevel(logging.WARNING)
    try:
        yield heard
    finally:
        logger.propagate, logger.handlers, _, logger.disabled = before
        logger.setLevel(before[2])


def _addressed(provider_url: str, number: str) -> str:
    """Return the provider's URL with the receiver in it."""
    if _PLACEHOLDER in provider_url:
        return provider_url.replace(_PLACEHOLDER, quote(number, safe=""))
    mark = "&" if "?" in provider_url else "?"
    return f"{provider_url}{mark}to={quote(number, safe='')}"


def _service(provider_url: str, number: str) -> tuple[Any, str]:
    """Return apprise's service for one receiver, and why the provider's URL cannot be used (or nothing)."""
    import apprise

    service = apprise.Apprise.instantiate(_addressed(provider_url, number))
    if service is None:
        return None, "address"
    if _PLACEHOLDER not in provider_url and "to" not in service.template_args:
        return None, "place"
    if len(service) != 1:
        return None, "receiver"
    return service, ""


def problem_of(provider_url: str) -> str:
    """Say what is wrong with a provider's URL, or nothing; no message is sent."""
    reason = _service(provider_url, "+4915123456789")[1]
    return REASONS[reason] if reason else ""


def _failed(reason: str) -> Auto2faError:
    return Auto2faError("smsFailed", detail=REASONS[reason], reason=reason)


def send(provider_url: str, number: str, text: str) -> None:
    """Send one message.

    ``provider_url`` is apprise's address of the provider without a receiver, for example
    ``twilio://SID:TOKEN@FROM``, or with ``{number}`` where the receiver belongs. ``number`` is E.164. Raises
    Auto2faError smsNotSet (no URL) or smsFailed, whose parameter ``reason`` is one of :data:`REASONS`. The
    URL holds a password: it is never part of an error.
    """
    if not provider_url.strip():
        raise Auto2faError("smsNotSet")
    with _listening() as heard:
        service, reason = _service(provider_url.strip(), number)
        if reason:
            raise _failed(reason)
        try:
            sent = service.notify(body=text, title="")
        except Exception:  # plugins raise what their libraries raise
            raise _failed("refused") from None
    if not sent:
        raise _failed(heard.reason)
