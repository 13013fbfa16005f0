"""One short message with the link, through whatever SMS provider the user has (apprise)."""

from __future__ import annotations

import logging
import re
import time
import unicodedata
from collections.abc import Callable
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


def _addressed(provider_url: str, number: str) -> str:
    """Return the provider's URL with the receiver in it."""
    if _PLACEHOLDER in provider_url:
        return provider_url.replace(_PLACEHOLDER, quote(number, safe=""))
    mark = "&" if "?" in provider_url else "?"
    return f"{provider_url}{mark}to={quote(number, safe='')}"


def _service(provider_url: str, number: str) -> tuple[Any, str]:
    """Return apprise's service for one receiver, and what is wrong with the provider's URL (or nothing)."""
    import apprise

    service = apprise.Apprise.instantiate(_addressed(provider_url, number))
    if service is None:
        return None, "its address is not one that is known"
    if _PLACEHOLDER not in provider_url and "to" not in service.template_args:
        return None, "its address needs {number} where the receiver belongs"
    if len(service) != 1:
        return None, "its address names a receiver already; leave it out"
    return service, ""


def problem_of(provider_url: str) -> str:
    """Say what is wrong with a provider's URL, or nothing; no message is sent."""
    return _service(provider_url, "+4915123456789")[1]


def send(provider_url: str, number: str, text: str) -> None:
    """Send one message.

    ``provider_url`` is apprise's address of the provider without a receiver, for example
    ``twilio://SID:TOKEN@FROM``, or with ``{number}`` where the receiver belongs. ``number`` is E.164. Raises
    Auto2faError smsNotSet (no URL) or smsFailed. The URL holds a password: it is never part of an error.
    """
    if not provider_url.strip():
        raise Auto2faError("smsNotSet")
    # apprise logs what it sends, the link included, to a logger that may have a handler.
    logging.getLogger("apprise").disabled = True
    service, problem_found = _service(provider_url.strip(), number)
    if problem_found:
        raise Auto2faError("smsFailed", detail=problem_found)
    try:
        sent = service.notify(body=text, title="")
    except Exception as problem:  # plugins raise what their libraries raise
        raise Auto2faError("smsFailed", detail=type(problem).__name__) from None
    if not sent:
        raise Auto2faError("smsFailed", detail="it did not accept the message")
