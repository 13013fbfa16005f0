"""Verbs about codes: give one out, learn its outcome, show one."""

from __future__ import annotations

from auto2fa.native.host import Host
from auto2fa.native.messages import (
    AccountIdParams,
    Choice,
    CodeParams,
    CodeResult,
    LiveCode,
    Nothing,
    OutcomeParams,
    OutcomeResult,
)
from auto2fa.native.verbs import shapes
from auto2fa.portals import release
from auto2fa.vault.index import now_ms


def _ms(seconds: float | None) -> int | None:
    return None if seconds is None else int(seconds * 1000)


def code(host: Host, params: CodeParams) -> CodeResult:
    """Give out a code for a frame, or say how long to wait or which account to choose."""
    given = release.release(
        host.vault,
        release.Request(
            frame=params.frame_origin,
            top=params.top_origin,
            ancestors=params.ancestors,
            purpose=params.purpose,
            account_id=params.account_id,
            username=params.username,
            offset=params.offset_ms / 1000,
            retry_of=params.retry_of,
            manual=params.manual,
            verdict=params.verdict,
        ),
        min_left=host.settings().min_left_seconds,
    )
    return CodeResult(
        status=given.status,
        code=given.code,
        release_id=given.release_id,
        portal_id=given.portal.id,
        account_id=given.account.id if given.account else None,
        pending=given.account is not None and given.account.state == "pending",
        valid_from=_ms(given.valid_from),
        valid_until=_ms(given.valid_until),
        until=_ms(given.until),
        reason=given.reason,
        choices=[
            Choice(account_id=each.id, name=each.name, issuer=each.issuer, username=each.username)
            for each in given.choices
        ],
        settings=shapes.settings(given.portal),
        now=now_ms(),
    )


def code_prepare(host: Host, _params: Nothing) -> Nothing:
    """A code is likely to be asked for soon: make ready what the first one would wait for."""
    host.vault.secrets.prepare()
    return Nothing()


def code_outcome(host: Host, params: OutcomeParams) -> OutcomeResult:
    """Write down what the portal did with a code; an accepted one promotes a pending account."""
    account, may_retry = release.record_outcome(host.vault, params.release_id, params.outcome, params.why)
    return OutcomeResult(account=shapes.account(account) if account else None, may_retry=may_retry)


def code_show(host: Host, params: AccountIdParams) -> LiveCode:
    """The current code for the popup."""
    return shapes.live(release.show(host.vault, host.vault.index.account(params.account_id)))
