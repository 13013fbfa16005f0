"""Phone links as the host's verbs use them: open one, hear what happens, answer, close."""

from __future__ import annotations

import contextlib
import queue
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final, Literal

from auto2fa.errors import Auto2faError
from auto2fa.phone import local
from auto2fa.phone.desks import Desk, DeskError, LocalDesk, RelayDesk
from auto2fa.phone.keys import LinkKey, SealError, new_id
from auto2fa.phone.limits import LONG_POLL_S, MAX_MINUTES, MAX_TRIES, Limits
from auto2fa.phone.sms import HourlyBudget
from auto2fa.phone.store import Verdict

LINGER_S: Final = 5.0
"""How long a finished link's server stays for the phone to learn so."""
_NAME_BYTES: Final = 200
StateName = Literal["opened", "received", "unreadable", "expired", "closed", "failed"]


@dataclass(frozen=True, slots=True)
class LinkState:
    """What happened to a link. ``photo`` is decrypted; nobody has looked at its format yet."""

    link_id: str
    name: StateName
    photo: bytes = field(default=b"", repr=False)
    """With ``received``."""
    problem: str = ""
    """With ``unreadable`` and ``failed``: notOpened (sealed with another key, or changed on its way),
    relayFailed, noCodeFound (no try is left), internal."""
    tries_left: int = MAX_TRIES


OnState = Callable[[LinkState], None]


@dataclass(frozen=True, slots=True)
class OpenLink:
    """A link that waits for a photo. Whoever has the url may send one."""

    link_id: str
    check_word: str
    expires_at: int
    """Seconds since the epoch."""
    url: str = field(repr=False)
    report: Callable[[Literal["read", "unreadable"], str], None] = field(repr=False)
    """Answer to the phone after ``received``: ``report("read", "")`` ends the link, ``report("unreadable",
    error name)`` lets the phone retake. Never raises."""


class _Watched:
    """One open link and the thread that watches it."""

    def __init__(
        self, link: str, key: LinkKey, desk: Desk, *, portal: str, seconds: float, on_state: OnState
    ) -> None:
        self.link = link
        self.portal = portal
        self.url = f"{desk.url}#{key.fragment}"
        self._key = key
        self._desk = desk
        self._on_state = on_state
        self._end = time.monotonic() + seconds
        self._tries = 0
        self._closing = threading.Event()
        self._finished = threading.Event()
        self._answered = threading.Event()
        self._answered.set()  # nothing to judge yet
        self._verdicts: queue.SimpleQueue[tuple[Literal["read", "unreadable"], str]] = queue.SimpleQueue()
        self._thread = threading.Thread(target=self._run, name="auto2fa-phone-watch", daemon=True)

    @property
    def open(self) -> bool:
        """Whether it may still receive."""
        return not (self._closing.is_set() or self._finished.is_set())

    def start(self) -> None:
        """Begin to watch."""
        self._thread.start()

    def close(self) -> None:
        """Close at once; the local port is free when this returns.

        A link whose last verdict was given ends by itself, a few seconds later at most: the phone is told
        first.
        """
        if self._closing.is_set() or self._finished.is_set():
            return
        was_open = self.open
        self._closing.set()
        self._answered.set()
        self._desk.release(linger_s=0)
        if was_open:
            self._tell("closed")

    def report(self, verdict: Literal["read", "unreadable"], problem: str) -> None:
        """Pass the verdict on to the phone; the watching thread does so, this returns at once."""
        if not self.open or self._answered.is_set():
            return
        self._verdicts.put((verdict, problem))
        if verdict == "read" or self._tries >= MAX_TRIES:
            self._finished.set()
        self._answered.set()

    def _deliver(self, verdict: Verdict, problem: str) -> None:
        """Leave a verdict for the phone, also with a relay that restarts: without it the phone waits."""
        for delay in (0.25, 0.5, 1, 2, 4, 8, 0):
            with contextlib.suppress(DeskError):
                self._desk.answer(verdict, problem)
                return
            if self._closing.wait(delay):
                return

    def _tell(self, name: StateName, photo: bytes = b"", problem: str = "") -> None:
        self._on_state(LinkState(self.link, name, photo, problem, max(0, MAX_TRIES - self._tries)))

    def _run(self) -> None:
        try:
            self._watch()
        except Exception as problem:  # a thread has nobody else to tell
            self._finished.set()
            self._tell(
                "failed", problem="internal" if not isinstance(problem, Auto2faError) else problem.name
            )
        finally:
            if not self._closing.is_set():
                finished_well = self._finished.is_set()
                self._desk.release(linger_s=LINGER_S if finished_well else 0)

    def _watch(self) -> None:
        seen, delay, opened = 0, 0.25, False
        while not self._closing.is_set() and not self._finished.is_set():
            left = self._end - time.monotonic()
            try:
                status = self._desk.wait(seen, min(max(left, 0), LONG_POLL_S))
            except DeskError:
                if left <= 0:
                    self._over("failed", "relayFailed")
                    return
                # The relay restarts, or the network is away: the link may still be there afterwards.
                self._closing.wait(delay)
                delay = min(delay * 2, 5.0)
                continue
            delay = 0.25
            if status is None or (left <= 0 and status.phase == "waiting"):
                # Two seconds are forgiven: the relay counts in whole ones.
                early = self._end - time.monotonic() > 2
                self._over("failed" if early else "expired", "relayFailed" if early else "")
                return
            seen = status.version
            if status.opened and not opened:
                opened = True
                self._tell("opened")
            if status.phase == "received":
                self._tries = status.tries
                self._receive()

    def _over(self, name: Literal["failed", "expired"], problem: str) -> None:
        if not self._closing.is_set():
            self._closing.set()
            self._desk.release(linger_s=0)
            self._tell(name, problem=problem)

    def _receive(self) -> None:
        try:
            sealed = self._desk.take()
            if sealed is None:
                return
            photo = self._key.open("photo", sealed)
        except (DeskError, SealError):
            if self._tries >= MAX_TRIES:
                self._finished.set()
            self._deliver("again", "notOpened")
            self._tell("failed" if self._finished.is_set() else "unreadable", problem="notOpened")
            return
        self._answered.clear()
        if self._closing.is_set():
            # Closed while the photo was on its way: nobody will answer any more.
            return
        self._tell("received", photo)
        # The verdict may come from another thread, later.
        self._answered.wait(max(self._end - time.monotonic(), 60))
        self._answered.set()
        try:
            verdict, problem = self._verdicts.get_nowait()
        except queue.Empty:  # closed, or nobody judged in time
            return
        self._deliver(verdict, problem)
        if verdict == "unreadable" and self._finished.is_set():
            self._tell("failed", problem=problem or "noCodeFound")


class PhoneService:
    """All phone links of one host process. Methods may be called from any thread."""

    def __init__(self, *, limits: Limits | None = None, sms_budget: HourlyBudget | None = None) -> None:
        self._limits = limits or Limits(
            max_links=1,
            # The host needs some of the files that a process may open: 256 on macOS.
            max_connections=128,
            max_uploads=32,
            max_stored_bytes=32 * 1024 * 1024,
            max_receiving_bytes=64 * 1024 * 1024,
        )
        self._budget = sms_budget or HourlyBudget()
        self._links: dict[str, _Watched] = {}
        self._lock = threading.Lock()

    def open(
        self,
        *,
        portal_name: str,
        relay: str | None,
        minutes: float,
        on_state: OnState,
        port: int = 0,
        address: str = "",
        relay_token: str = "",
    ) -> OpenLink:
        """Open a link for ``minutes`` (at most 60) on the local network, or on a relay.

        ``on_state`` is called from a thread of the service, one call at a time for a link. ``address``: one
        of :func:`local.places`, when the likeliest is not the phone's network. ``relay_token``: what the
        relay asks for, if it does. Raises Auto2faError noNetwork, relayFailed or relayToken.
        """
        seconds = min(minutes, MAX_MINUTES) * 60
        link = new_id()
        key = LinkKey(link)
        name = key.seal("name", portal_name.encode()[:_NAME_BYTES].decode(errors="ignore").encode())
        desk: Desk
        if relay:
            desk = RelayDesk(link, name=name, seconds=seconds, relay=relay, token=relay_token)
        else:
            desk = LocalDesk(
                link,
                name=name,
                seconds=seconds,
                address=local.lan_address(address),
                port=port,
                limits=self._limits,
            )
        watched = _Watched(link, key, desk, portal=portal_name, seconds=seconds, on_state=on_state)
        with self._lock:
            self._links = {id_: other for id_, other in self._links.items() if other.open}
            self._links[link] = watched
        expires_at = int(time.time() + seconds)
        opened = OpenLink(link, key.check_word, expires_at, watched.url, watched.report)
        watched.start()
        return opened

    def report(self, link_id: str, verdict: Literal["read", "unreadable"], problem: str = "") -> None:
        """Answer to the phone, like :attr:`OpenLink.report`; unknown links are ignored."""
        with self._lock:
            watched = self._links.get(link_id)
        if watched is not None:
            watched.report(verdict, problem)

    def send_sms(
        self, link_id: str, number: str, *, country: str, provider_url: str, language: str = "en"
    ) -> str:
        """Send the link to a mobile phone; return the number in E.164.

        Raises Auto2faError linkGone, phoneNumber, smsNotSet, smsTooMany or smsFailed.
        """
        from auto2fa.phone import numbers, sms

        with self._lock:
            watched = self._links.get(link_id)
        if watched is None or not watched.open:
            raise Auto2faError("linkGone")
        receiver = numbers.parse(number, country)
        if not provider_url.strip():
            raise Auto2faError("smsNotSet")
        self._budget.spend()
        sms.send(provider_url, receiver, sms.compose(watched.portal, watched.url, language))
        return receiver

    def close(self, link_id: str) -> None:
        """Close a link at once; closing a finished or unknown one does nothing."""
        with self._lock:
            watched = self._links.pop(link_id, None)
        if watched is not None:
            watched.close()

    def close_all(self) -> None:
        """Close every link."""
        with self._lock:
            open_links = list(self._links)
        for link_id in open_links:
            self.close(link_id)
