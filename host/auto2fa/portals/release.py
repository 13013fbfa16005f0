"""Giving out a code: which account, which time step, and what is learnt from the outcome.

Three promises are kept here: a code about to end is not given out, no time step is given out twice
(RFC 6238, 5.2), and a portal never sees more than two codes of an account that it refuses.
"""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import Literal

from auto2fa.errors import Auto2faError
from auto2fa.otp.codes import code_at, hotp_at, step_at
from auto2fa.otp.factor import OtpFactor
from auto2fa.otp.uri import parse_uri
from auto2fa.portals.policy import portal_for
from auto2fa.vault.index import now_ms
from auto2fa.vault.records import AccountRecord, PortalRecord, ReleaseRecord
from auto2fa.vault.vault import Vault, new_id

STALE_STEPS = 3
"""A remembered step further ahead than this comes from a clock that was wrong then."""
SHORT_PERIOD_SHARE = 3
"""With very short periods at most a third of one is waited for."""
REFUSED_REMEMBERED_MS = 3_600_000
"""Portals that lock accounts count failures over about this long."""
LOOKED_BACK = 50
MOST_UNCLEAR = 3
"""Codes in a row of which nobody knows what the portal did with them; a portal may count each as wrong."""
UNCLEAR_RETRY_MS = 300_000
"""A refusal so soon after an unclear code is the second one."""
UNSEEN_RETRY_MS = 90_000
"""The same for one whose outcome nobody saw (``filled``): the browser, or its background, ended before."""
LEFT_SITE_MS = 600_000
"""Portals that sign in for another site are left after every login; only a loop of logins is suspicious."""
LEFT_SITE = "leftSite"
TAB_CLOSED = "tabClosed"
"""The extension's words for it (``extension/background/``). Whoever closes the tab is in no loop."""

HOTP_SHOWN_S = 3600.0
"""A counter-based code has no end; it is shown as good for an hour."""

Purpose = Literal["login", "setup"]


@dataclass(slots=True, kw_only=True)
class Request:
    """What the extension says about the frame that asks; origins come from the browser's own records."""

    frame: str
    top: str
    ancestors: list[str] = field(default_factory=list)
    purpose: Purpose = "login"
    account_id: str | None = None
    username: str | None = None
    offset: float = 0.0
    """How far the portal's clock runs ahead, seconds."""
    retry_of: str | None = None
    manual: bool = False
    verdict: str = ""


@dataclass(slots=True, kw_only=True)
class Answer:
    """``released`` with a code, ``wait`` until a time (seconds since the epoch), or ``choose`` an account."""

    status: Literal["released", "wait", "choose"]
    portal: PortalRecord
    account: AccountRecord | None = None
    code: str | None = field(default=None, repr=False)
    release_id: str | None = None
    valid_from: float | None = None
    valid_until: float | None = None
    until: float | None = None
    reason: Literal["dying", "used"] | None = None
    choices: list[AccountRecord] = field(default_factory=list)


def factor_of(vault: Vault, account: AccountRecord) -> OtpFactor:
    """The account's factor with its secret, from the keyring; for the moment of computing only.

    Its names are the index's, which the user may have changed since the secret was kept.
    """
    from dataclasses import replace

    factor = parse_uri(vault.uri(account))
    counter = account.counter if factor.type == "hotp" else factor.counter
    return replace(factor, issuer=account.issuer, name=account.name, counter=counter)


def release(vault: Vault, request: Request, *, min_left: float) -> Answer:
    """Give out a code, or say how long to wait or what to choose.

    Args:
        vault: the index and the keyring.
        request: who asks.
        min_left: seconds that a code must still count for.

    Raises:
        Auto2faError: the policy's, ``noFactor``, ``noSuchAccount``, ``stopped``, ``unclear``, the keyring's.
    """
    portal = portal_for(vault.index, frame=request.frame, top=request.top, ancestors=request.ancestors)
    account = _retry_account(vault, portal, request) if request.retry_of else None
    if account is None:
        candidates = _candidates(portal, request)
        if len(candidates) > 1:
            return Answer(status="choose", portal=portal, choices=candidates)
        account = candidates[0]
    if account.attention in ("refused", "locked") and not request.manual:
        raise Auto2faError("stopped")
    if request.purpose == "login" and not request.manual and _unclear_lately(vault, account) >= MOST_UNCLEAR:
        raise Auto2faError("unclear")
    factor = factor_of(vault, account)
    if factor.type == "hotp":
        line = _log_line(request, portal, account, None)
        counter = vault.index.take_counter(account.id, line.at, line=line)
        return _released(portal, account, hotp_at(factor, counter), line)
    now = time.time()
    theirs = now + request.offset
    step = step_at(factor, theirs)
    ends = (step + 1) * factor.period - theirs
    used = account.last_step
    if request.purpose == "login" and account.shown_step is not None:
        used = max(account.shown_step, used if used is not None else account.shown_step)
    if used is not None and step <= used <= step + STALE_STEPS:
        until = now + (used + 1) * factor.period - theirs
        return Answer(status="wait", portal=portal, account=account, until=until, reason="used")
    if ends < min(min_left, factor.period / SHORT_PERIOD_SHARE):
        return Answer(status="wait", portal=portal, account=account, until=now + ends, reason="dying")
    line = _log_line(request, portal, account, step)
    if not vault.index.reserve_step(account.id, step, line.at, stale_after=STALE_STEPS, line=line):
        # Another browser took the step between our look and our write.
        return Answer(status="wait", portal=portal, account=account, until=now + ends, reason="used")
    made = code_at(factor, theirs)
    given = _released(portal, account, made.code, line)
    given.valid_from = made.valid_from - request.offset
    given.valid_until = made.valid_until - request.offset
    return given


def _log_line(
    request: Request, portal: PortalRecord, account: AccountRecord, step: int | None
) -> ReleaseRecord:
    return ReleaseRecord(
        id=new_id(),
        at=now_ms(),
        portal_id=portal.id,
        account_id=account.id,
        origin=request.frame,
        top_origin=request.top,
        purpose=request.purpose,
        step=step,
        retry_of=request.retry_of,
        verdict=request.verdict,
        outcome="filled",
        why="",
    )


def _released(portal: PortalRecord, account: AccountRecord, code: str, line: ReleaseRecord) -> Answer:
    return Answer(status="released", portal=portal, account=account, code=code, release_id=line.id)


def _candidates(portal: PortalRecord, request: Request) -> list[AccountRecord]:
    """The accounts that may be meant; more than one means the user has to choose."""
    if request.account_id is not None:
        for account in portal.in_state("active", "pending"):
            if account.id == request.account_id:
                return [account]
        raise Auto2faError("noSuchAccount")
    if request.purpose == "setup":
        # A set-up page asks for the factor that was captured there last.
        found = portal.in_state("pending")[-1:]
    else:
        found = portal.in_state("active") + _latest(
            [each for each in portal.in_state("pending") if each.replaces is None]
        )
    if not found:
        raise Auto2faError("noFactor", portal=portal.name)
    if len(found) > 1 and request.username:
        typed = request.username.strip().casefold()
        named = [a for a in found if typed in (a.username.casefold(), a.name.casefold())]
        if len(named) == 1:
            return named
    return found


def _latest(pending: list[AccountRecord]) -> list[AccountRecord]:
    """Of several unproven enrolments of one account only the last: the portal made a new secret for it."""
    return [
        each
        for number, each in enumerate(pending)
        if not any(later.same_as(each) for later in pending[number + 1 :])
    ]


def _retry_account(vault: Vault, portal: PortalRecord, request: Request) -> AccountRecord:
    """The account for the one second try: a pending successor if there is one, else the same."""
    first = vault.index.release(request.retry_of or "")
    if first is None or first.portal_id != portal.id:
        raise Auto2faError("noSuchRelease")
    if first.retry_of is not None or first.outcome != "refused":
        raise Auto2faError("stopped")
    tried = vault.index.account(first.account_id)
    if first.purpose == "login":
        for account in reversed(portal.in_state("pending")):
            # The successor of the account that was refused, or an earlier enrolment of the same one.
            if account.id != tried.id and (account.replaces == tried.id or account.same_as(tried)):
                return account
    return tried


def record_outcome(
    vault: Vault, release_id: str, outcome: str, why: str
) -> tuple[AccountRecord | None, bool]:
    """Write down what the portal did with a code.

    An accepted code promotes a pending account. Two refused ones, or a lock-out, stop the account until the
    user acts.

    Returns:
        The account as it is now, and whether one more code may be asked for.

    Raises:
        Auto2faError: ``noSuchRelease``.
    """
    line = vault.index.release(release_id)
    if line is None:
        raise Auto2faError("noSuchRelease")
    vault.index.set_outcome(release_id, outcome, why)
    try:
        account = vault.index.account(line.account_id)
    except Auto2faError:
        return None, False
    may_retry = False
    if outcome == "accepted":
        if account.state == "pending":
            account = vault.activate(account.id)
        elif account.attention is not None:
            vault.index.change_account(account.id, {"attention": None})
    elif outcome == "locked":
        vault.index.change_account(account.id, {"attention": "locked"})
    elif outcome == "refused":
        may_retry = line.purpose == "login" and line.retry_of is None and not _refused_lately(vault, line)
        if not may_retry and line.purpose == "login":
            vault.index.change_account(line.account_id, {"attention": "refused"})
            first = vault.index.release(line.retry_of or "")
            if first is not None and first.account_id != line.account_id:
                vault.index.change_account(first.account_id, {"attention": "refused"})
    return vault.index.account(account.id), may_retry


def _unclear_lately(vault: Vault, account: AccountRecord) -> int:
    """How many codes went to the portal since it last took one, and nobody knows what it did with them."""
    count = 0
    now = now_ms()
    for line in vault.index.releases(portal_id=account.portal_id, limit=LOOKED_BACK):
        if line.account_id != account.id or line.purpose != "login":
            continue
        if line.outcome == "accepted" or line.at < now - REFUSED_REMEMBERED_MS:
            break
        left = line.why == LEFT_SITE and line.at < now - LEFT_SITE_MS
        if line.outcome == "unknown" and line.why != TAB_CLOSED and not left:
            count += 1
    return count


def _refused_lately(vault: Vault, line: ReleaseRecord) -> bool:
    """Whether the portal refused another code of this account, in any tab or browser, and took none since.

    A code that it may have refused while nobody looked counts as well.
    """
    for other in vault.index.releases(portal_id=line.portal_id, limit=LOOKED_BACK):
        if other.id == line.id or other.account_id != line.account_id or other.purpose != "login":
            continue
        if other.outcome == "accepted" or other.at < line.at - REFUSED_REMEMBERED_MS:
            return False
        if other.outcome == "refused":
            return True
        if other.outcome == "unknown" and other.why != TAB_CLOSED and other.at > line.at - UNCLEAR_RETRY_MS:
            return True
        if other.outcome == "filled" and line.at - UNSEEN_RETRY_MS < other.at < line.at:
            return True
    return False


def show(vault: Vault, account: AccountRecord, *, offset: float = 0.0) -> tuple[OtpFactor, str, float, float]:
    """The current code for the user's own eyes, with the time in which it counts (seconds since the epoch).

    What a pending account shows is probably typed into the set-up page, so the next login waits for the next
    step. A counter-based code is only looked at: its counter moves when it is filled.
    """
    factor = factor_of(vault, account)
    now = time.time()
    if factor.type == "hotp":
        return factor, hotp_at(factor, factor.counter), now, now + HOTP_SHOWN_S
    made = code_at(factor, now + offset)
    if account.state == "pending" and account.shown_step != made.step:
        vault.index.change_account(account.id, {"shown_step": made.step}, visible=False)
    return factor, made.code, made.valid_from - offset, made.valid_until - offset
