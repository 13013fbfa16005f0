"""Enrolment: a factor that was read becomes a pending account, is proven, and then counts."""

from __future__ import annotations

import time

from auto2fa.errors import Auto2faError
from auto2fa.otp.codes import Comparison, compare, step_at
from auto2fa.otp.factor import OtpFactor
from auto2fa.otp.uri import to_uri
from auto2fa.portals.release import factor_of
from auto2fa.vault.records import AccountRecord, State
from auto2fa.vault.vault import Vault


def keep(
    vault: Vault,
    factor: OtpFactor,
    *,
    portal_id: str,
    username: str = "",
    state: State = "pending",
    replaces: str | None = None,
    step_used: bool = False,
) -> AccountRecord:
    """Keep a factor for a portal.

    Args:
        vault: the index and the keyring.
        factor: what was read.
        portal_id: whose factor it is.
        username: what the user types on the portal's login page.
        state: ``pending``, or ``active`` when the user vouches for it.
        replaces: the active account that it takes the place of once proven.
        step_used: the current time step counts as given out already.

    Raises:
        Auto2faError: ``duplicateAccount``, ``noSuchAccount``, ``noSuchPortal``, the keyring's.
    """
    there = vault.duplicate_of(factor.secret, portal_id=portal_id)
    if there is not None:
        if there.state == "pending" and state == "pending":
            return there  # captured twice: the same enrolment goes on
        if there.state == "pending" and state == "active":
            return vault.activate(there.id)
        raise Auto2faError("duplicateAccount", account=there.label)
    if replaces is None and state == "pending":
        replaces = predecessor(vault, portal_id, factor, username)
    if replaces is not None:
        earlier = vault.index.account(replaces)
        if earlier.portal_id != portal_id or earlier.state != "active":
            raise Auto2faError("noSuchAccount")
    account = draft(
        vault, factor, portal_id=portal_id, username=username, replaces=replaces, step_used=step_used
    )
    (kept,) = vault.add([(account, to_uri(factor))], state)
    return kept


def draft(
    vault: Vault,
    factor: OtpFactor,
    *,
    portal_id: str,
    username: str,
    replaces: str | None = None,
    step_used: bool = False,
) -> AccountRecord:
    """A factor as a new account of a portal, written nowhere yet; parameters as in :func:`keep`."""
    return vault.draft(
        portal_id=portal_id,
        secret=factor.secret,
        issuer=factor.issuer,
        name=factor.name,
        username=username.strip(),
        type=factor.type,
        digits=factor.digits,
        period=factor.period,
        algorithm=factor.algorithm,
        counter=factor.counter,
        replaces=replaces,
        last_step=step_at(factor, time.time()) if step_used and factor.type != "hotp" else None,
    )


def predecessor(vault: Vault, portal_id: str, factor: OtpFactor, username: str) -> str | None:
    """The active account with the same names: it stays in use until this one is proven."""
    if not factor.name:
        return None
    for account in vault.index.portal(portal_id).in_state("active"):
        same_user = not username.strip() or account.username in ("", username.strip())
        if (account.issuer, account.name) == (factor.issuer, factor.name) and same_user:
            return account.id
    return None


def compare_code(vault: Vault, account_id: str, code: str) -> Comparison:
    """Compare what the user's authenticator app shows with ours; a match counts as evidence.

    Raises:
        Auto2faError: ``noSuchAccount``, the keyring's.
    """
    account = vault.index.account(account_id)
    factor = factor_of(vault, account)
    result = compare(factor, code, time.time())
    if result.verdict == "same" and account.state == "pending":
        vault.index.change_account(account_id, {"compared": True})
        if result.counter is not None:
            vault.index.change_account(account_id, {"counter": result.counter + 1})
    return result


def activate_compared(vault: Vault, account_id: str) -> AccountRecord:
    """The user says that the portal is set up; counts only after the app's code matched ours.

    Raises:
        Auto2faError: ``notProven``, ``noSuchAccount``.
    """
    account = vault.index.account(account_id)
    if account.state == "pending" and not account.compared:
        raise Auto2faError("notProven")
    return vault.activate(account_id)


def shareable(vault: Vault, account_id: str) -> OtpFactor:
    """The factor for the user's authenticator app, only while it is pending.

    Raises:
        Auto2faError: ``notPending``, ``noSuchAccount``.
    """
    account = vault.index.account(account_id)
    if account.state != "pending":
        raise Auto2faError("notPending")
    return factor_of(vault, account)


def cancel(vault: Vault, account_id: str) -> None:
    """Give up a pending enrolment; an active account is not touched.

    Raises:
        Auto2faError: ``notPending``, ``noSuchAccount``.
    """
    account = vault.index.account(account_id)
    if account.state != "pending":
        raise Auto2faError("notPending")
    vault.remove(account_id)
