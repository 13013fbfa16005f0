"""Giving out codes: policy, fresh steps, several accounts, outcome; against a real keyring and index."""

from __future__ import annotations

import time
from dataclasses import replace
from pathlib import Path

import pyotp
import pytest

from auto2fa.errors import Auto2faError
from auto2fa.otp.factor import OtpFactor
from auto2fa.portals import book, enrolment, release
from auto2fa.portals.release import Request
from auto2fa.vault.index import Index
from auto2fa.vault.records import AccountRecord, PortalRecord
from auto2fa.vault.secrets import Secrets
from auto2fa.vault.vault import Vault

SITE = "https://portal.example"
KEY = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"


@pytest.fixture
def vault(home: Path) -> Vault:
    return Vault(Index(), Secrets())


@pytest.fixture
def portal(vault: Vault) -> PortalRecord:
    return book.link(vault, SITE)


def factor(key: str = KEY, **more: object) -> OtpFactor:
    made = OtpFactor(secret=pyotp.TOTP(key).byte_secret(), issuer="Portal", name="mia")
    return replace(made, **more)  # type: ignore[arg-type]


def active(vault: Vault, portal: PortalRecord, made: OtpFactor | None = None, **more: str) -> AccountRecord:
    return enrolment.keep(vault, made or factor(), portal_id=portal.id, state="active", **more)  # type: ignore[arg-type]


class Clock:
    """Stands in for the wall clock where a test needs a certain second of a time step."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, at: float) -> None:
        self.now = at
        monkeypatch.setattr(time, "time", lambda: self.now)


@pytest.fixture(autouse=True)
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    return Clock(monkeypatch, 1_800_000_000 + 10)


def ask(vault: Vault, **more: object) -> release.Answer:
    values: dict[str, object] = {"frame": SITE, "top": SITE, **more}
    return release.release(vault, Request(**values), min_left=4)  # type: ignore[arg-type]


def test_the_code_is_the_one_of_rfc_6238(vault: Vault, portal: PortalRecord, clock: Clock) -> None:
    active(vault, portal)
    answer = ask(vault)
    assert answer.status == "released"
    assert answer.code == pyotp.TOTP(KEY).at(int(clock.now))
    assert answer.valid_until == 1_800_000_030


@pytest.mark.parametrize(
    ("frame", "top", "ancestors", "name"),
    [
        ("https://other.example", SITE, [], "notLinked"),
        ("https://sub.portal.example", SITE, [], "notLinked"),
        ("https://portal.example:8443", SITE, [], "notLinked"),
        ("http://portal.example", "http://portal.example", [], "notSecure"),
        (SITE, "https://evil.example", [], "frameNotLinked"),
        (SITE, SITE, ["https://evil.example"], "frameNotLinked"),
        (SITE, SITE, ["unknown"], "notSecure"),
        (SITE, "null", [], "notSecure"),
    ],
)
def test_only_listed_origins_in_listed_frames_get_a_code(
    vault: Vault, portal: PortalRecord, frame: str, top: str, ancestors: list[str], name: str
) -> None:
    active(vault, portal)
    with pytest.raises(Auto2faError) as error:
        ask(vault, frame=frame, top=top, ancestors=ancestors)
    assert error.value.name == name


def test_loopback_counts_as_secure(vault: Vault) -> None:
    for site in ("http://127.0.0.1:8000", "http://localhost:3000", "http://a.localhost", "http://[::1]:81"):
        portal = book.link(vault, site)
        active(vault, portal, factor(pyotp.random_base32()))
        assert ask(vault, frame=site, top=site).status == "released"
    with pytest.raises(Auto2faError, match="not encrypted"):
        book.link(vault, "http://portal.example")


def test_no_step_is_given_out_twice(vault: Vault, portal: PortalRecord, clock: Clock) -> None:
    active(vault, portal)
    first = ask(vault)
    again = ask(vault)
    assert (again.status, again.reason, again.until) == ("wait", "used", 1_800_000_030)
    assert again.code is None
    clock.now = 1_800_000_030.1
    later = ask(vault)
    assert later.status == "released"
    assert later.code != first.code


def test_a_dying_code_is_not_given_out(vault: Vault, portal: PortalRecord, clock: Clock) -> None:
    active(vault, portal)
    clock.now = 1_800_000_026.5
    answer = ask(vault)
    assert (answer.status, answer.reason, answer.until) == ("wait", "dying", 1_800_000_030)
    clock.now = 1_800_000_025.9
    assert ask(vault).status == "released"


@pytest.mark.parametrize("offset", [45.0, -45.0, 7.0])
def test_the_portals_clock_counts(vault: Vault, portal: PortalRecord, clock: Clock, offset: float) -> None:
    active(vault, portal)
    answer = ask(vault, offset=offset)
    if answer.status == "wait":
        assert answer.until is not None
        clock.now = answer.until + 0.05
        answer = ask(vault, offset=offset)
    assert answer.code == pyotp.TOTP(KEY).at(int(clock.now + offset))


def test_a_step_from_a_clock_that_was_wrong_does_not_block(
    vault: Vault, portal: PortalRecord, clock: Clock
) -> None:
    account = active(vault, portal)
    vault.index.change_account(account.id, {"last_step": int(clock.now // 30) + 2880})
    assert ask(vault).status == "released"


def test_short_and_long_periods(vault: Vault, portal: PortalRecord, clock: Clock) -> None:
    active(vault, portal, factor(period=5), username="short")
    active(vault, portal, factor(pyotp.random_base32(), period=86_400), username="long")
    clock.now = 1_800_000_003.0  # 2 s left of 5: more than a third, so good enough
    assert ask(vault, username="short").status == "released"
    assert ask(vault, username="long").status == "released"


def test_hotp_saves_its_counter_before_the_code(vault: Vault, portal: PortalRecord) -> None:
    active(vault, portal, factor(type="hotp", counter=7))
    codes = [ask(vault).code for _ in range(3)]
    assert codes == [pyotp.HOTP(KEY).at(counter) for counter in (7, 8, 9)]


def test_steam(vault: Vault, portal: PortalRecord, clock: Clock) -> None:
    active(vault, portal, factor(type="steam", digits=5))
    code = ask(vault).code
    assert code is not None
    assert len(code) == 5


def test_several_accounts_are_told_apart_by_the_user_name_or_chosen(
    vault: Vault, portal: PortalRecord
) -> None:
    mia = active(vault, portal, username="mia@example.org")
    ben = active(vault, portal, factor(pyotp.random_base32(), name="ben"), username="ben")
    answer = ask(vault)
    assert answer.status == "choose"
    assert {account.id for account in answer.choices} == {mia.id, ben.id}
    assert ask(vault, username="somebody").status == "choose"
    named = ask(vault, username=" MIA@example.org")
    assert named.account is not None
    assert named.account.id == mia.id
    chosen = ask(vault, account_id=ben.id)
    assert chosen.account is not None
    assert chosen.account.id == ben.id


def test_an_account_of_another_portal_cannot_be_chosen(vault: Vault, portal: PortalRecord) -> None:
    other = active(vault, book.link(vault, "https://other.example"))
    with pytest.raises(Auto2faError, match="not there any more"):
        ask(vault, account_id=other.id)


def test_tries_in_two_tabs_count_together(vault: Vault, portal: PortalRecord, clock: Clock) -> None:
    """The second tab knows nothing of the first one's refusal; the portal counts both."""
    active(vault, portal)
    first = ask(vault)
    clock.now += 30
    second = ask(vault)
    assert first.release_id
    assert second.release_id
    _, may_retry = release.record_outcome(vault, first.release_id, "refused", "")
    assert may_retry
    after, may_retry = release.record_outcome(vault, second.release_id, "refused", "")
    assert not may_retry
    assert after is not None
    assert after.attention == "refused"
    clock.now += 30
    with pytest.raises(Auto2faError, match="refused two codes"):
        ask(vault, retry_of=first.release_id)


def test_two_refusals_stop_and_the_user_can_go_on(vault: Vault, portal: PortalRecord, clock: Clock) -> None:
    account = active(vault, portal)
    first = ask(vault)
    assert first.release_id
    after, may_retry = release.record_outcome(vault, first.release_id, "refused", "wrong code")
    assert may_retry
    assert after is not None
    assert after.attention is None
    clock.now += 30
    second = ask(vault, retry_of=first.release_id)
    assert second.release_id
    after, may_retry = release.record_outcome(vault, second.release_id, "refused", "wrong code")
    assert not may_retry
    assert after is not None
    assert after.attention == "refused"
    clock.now += 30
    for retry_of in (None, second.release_id, first.release_id):
        with pytest.raises(Auto2faError, match="refused two codes"):
            ask(vault, retry_of=retry_of)
    by_hand = ask(vault, manual=True)
    assert by_hand.release_id
    release.record_outcome(vault, by_hand.release_id, "accepted", "")
    assert vault.index.account(account.id).attention is None


def test_a_lock_out_stops_at_once(vault: Vault, portal: PortalRecord) -> None:
    account = active(vault, portal)
    answer = ask(vault)
    assert answer.release_id
    _, may_retry = release.record_outcome(vault, answer.release_id, "locked", "too many tries")
    assert not may_retry
    assert vault.index.account(account.id).attention == "locked"


def test_a_pending_successor_is_tried_second_and_promoted(
    vault: Vault, portal: PortalRecord, clock: Clock
) -> None:
    old = active(vault, portal)
    new_key = pyotp.random_base32()
    new = enrolment.keep(vault, factor(new_key), portal_id=portal.id, replaces=old.id)
    first = ask(vault)
    assert first.account is not None
    assert first.release_id
    assert first.account.id == old.id
    release.record_outcome(vault, first.release_id, "refused", "")
    second = ask(vault, retry_of=first.release_id)
    assert second.code == pyotp.TOTP(new_key).at(int(clock.now))
    assert second.release_id
    after, _ = release.record_outcome(vault, second.release_id, "accepted", "")
    assert after is not None
    assert (after.id, after.state) == (new.id, "active")
    assert vault.index.account(old.id).state == "replaced"
    assert vault.restore(old.id).state == "active"
    assert vault.index.account(new.id).state == "replaced"


def test_a_second_enrolment_of_the_same_account_asks_nobody(
    vault: Vault, portal: PortalRecord, clock: Clock
) -> None:
    first = enrolment.keep(vault, factor(), portal_id=portal.id)
    second = enrolment.keep(vault, factor(pyotp.random_base32()), portal_id=portal.id)
    answer = ask(vault)
    assert answer.account is not None
    assert answer.release_id
    assert answer.account.id == second.id
    release.record_outcome(vault, answer.release_id, "refused", "")
    again = ask(vault, retry_of=answer.release_id)
    assert again.account is not None
    assert again.release_id
    assert again.account.id == first.id
    release.record_outcome(vault, again.release_id, "accepted", "")
    assert [each.state for each in vault.index.portal(portal.id).accounts] == ["active", "replaced"]
    third = enrolment.keep(vault, factor(pyotp.random_base32()), portal_id=portal.id)
    assert third.replaces == first.id


def test_a_set_up_page_gets_only_the_pending_factor(vault: Vault, portal: PortalRecord, clock: Clock) -> None:
    active(vault, portal)
    with pytest.raises(Auto2faError, match="No second factor"):
        ask(vault, purpose="setup")
    key = pyotp.random_base32()
    pending = enrolment.keep(vault, factor(key, name="new"), portal_id=portal.id)
    answer = ask(vault, purpose="setup")
    assert answer.code == pyotp.TOTP(key).at(int(clock.now))
    assert answer.release_id
    release.record_outcome(vault, answer.release_id, "accepted", "")
    assert vault.index.account(pending.id).state == "active"


def test_what_a_pending_account_showed_is_not_used_for_the_login(
    vault: Vault, portal: PortalRecord, clock: Clock
) -> None:
    pending = enrolment.keep(vault, factor(), portal_id=portal.id)
    release.show(vault, pending)
    assert ask(vault, purpose="setup").status == "released"
    assert ask(vault).reason == "used"


def test_two_hosts_never_give_out_the_same_step(vault: Vault, portal: PortalRecord) -> None:
    from concurrent.futures import ThreadPoolExecutor

    active(vault, portal, factor(period=86_400))
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _: ask(vault), range(16)))
    assert sum(answer.status == "released" for answer in answers) == 1


def test_an_unreachable_secret_is_said_and_nothing_is_released(vault: Vault, portal: PortalRecord) -> None:
    account = active(vault, portal)
    vault.secrets.delete(account.id)
    with pytest.raises(Auto2faError, match="no longer holds"):
        ask(vault)
    assert vault.index.account(account.id).attention == "secretMissing"
    assert vault.index.releases() == []


def test_the_log_keeps_what_was_given_to_whom(vault: Vault, portal: PortalRecord) -> None:
    account = active(vault, portal)
    ask(vault, verdict="app 9: oneTimeCode+5")
    (line,) = vault.index.releases(portal_id=portal.id)
    assert (line.account_id, line.origin, line.verdict) == (account.id, SITE, "app 9: oneTimeCode+5")
    assert abs(time.time_ns() / 1e6 - line.at) < 60_000


def fill_unclear(vault: Vault, clock: Clock, outcome: str, why: str = "") -> None:
    """One automatic fill of which nobody knows what the portal did with it."""
    given = ask(vault)
    clock.now += 30
    assert given.release_id
    if outcome != "filled":
        release.record_outcome(vault, given.release_id, outcome, why)


@pytest.mark.parametrize(("outcome", "why"), [("filled", ""), ("unknown", release.TAB_CLOSED)])
def test_codes_that_nobody_waited_for_do_not_count(
    vault: Vault, portal: PortalRecord, clock: Clock, outcome: str, why: str
) -> None:
    """The browser or the tab was closed before the portal's answer was seen: that is no loop."""
    active(vault, portal)
    for _ in range(release.MOST_UNCLEAR + 1):
        fill_unclear(vault, clock, outcome, why)
    assert ask(vault).status == "released"


def test_codes_of_unknown_outcome_are_not_filled_for_ever(
    vault: Vault, portal: PortalRecord, clock: Clock
) -> None:
    active(vault, portal)
    for _ in range(release.MOST_UNCLEAR):
        fill_unclear(vault, clock, "unknown", "noReaction")
    with pytest.raises(Auto2faError) as stopped:
        ask(vault)
    assert stopped.value.name == "unclear"
    assert len(vault.index.releases()) == release.MOST_UNCLEAR
    by_hand = ask(vault, manual=True)
    assert by_hand.release_id
    release.record_outcome(vault, by_hand.release_id, "accepted", "")
    clock.now += 30
    assert ask(vault).status == "released"


def test_an_account_whose_page_is_left_is_not_stopped_by_logins_of_a_day(
    vault: Vault, portal: PortalRecord, clock: Clock
) -> None:
    """Portals that sign in for another site: what becomes of a code is never seen there."""
    account = active(vault, portal)
    for _ in range(release.MOST_UNCLEAR - 1):
        fill_unclear(vault, clock, "unknown", release.LEFT_SITE)
    with vault.index.writing() as connection:
        connection.execute("UPDATE releases SET at = at - ?", (release.LEFT_SITE_MS + 1000,))
    for _ in range(release.MOST_UNCLEAR):
        fill_unclear(vault, clock, "unknown", release.LEFT_SITE)
    with pytest.raises(Auto2faError) as stopped:
        ask(vault)
    assert stopped.value.name == "unclear"
    assert vault.index.account(account.id).attention is None


def test_a_refusal_after_an_unclear_code_is_the_second_one(
    vault: Vault, portal: PortalRecord, clock: Clock
) -> None:
    """The first code may have been refused while the browser was not looking: no third one follows."""
    account = active(vault, portal)
    fill_unclear(vault, clock, "filled")
    second = ask(vault)
    assert second.release_id
    _, may_retry = release.record_outcome(vault, second.release_id, "refused", "")
    assert not may_retry
    assert vault.index.account(account.id).attention == "refused"
