"""The shipped content scripts on facts about real pages, in a real browser.

``AUTO2FA_CORPUS`` names another set of the same form; the copy in ``corpus/pages.json`` is the default. Known
misses are listed by name: the lists may only shrink.
"""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from extension.content_browser import ContentBrowser
from extension.corpus_html import Case, cases
from extension.corpus_run import Summary, judge, load, run

HERE = Path(__file__).parent / "corpus"
CORPUS = Path(os.environ.get("AUTO2FA_CORPUS", HERE / "pages.json"))

KNOWN_MISSED = {
    "apereo-cas/totp_prompt/1",  # a password field called "Token", and nothing else on the page
}
KNOWN_WRONG_FILLS: set[str] = set()
KNOWN_WRONG_KINDS = KNOWN_MISSED | {
    "pgadmin-4/email_prompt/1",  # says one-time-code and "Enter code here", and nothing of e-mail
    "home-assistant/negative/1",  # an alarm's keypad that says "Enter code"
    "invoice-ninja/email_prompt/1",  # "Code", and no other word
    "yith-woocommerce-gift-cards/negative/1",  # the field is not on show
    "mahoo/sms_prompt/1",  # one word for every kind of code
}  # fmt: skip

MORE_MISSED = {
    "wpotp/1",  # "Enter OTP", and nothing else: as likely a code that was sent
}
MORE_WRONG_FILLS = {
    "webforms/1",  # a page of two factors for every way of delivery, which does not say that it sent the code
}
MORE_WRONG_KINDS = (
    MORE_MISSED
    | MORE_WRONG_FILLS
    | {
        "birthday/otp",  # a code sent by e-mail, and nothing on the page that says so; the next four alike
        "emailotp/otp",
        "otpver/sms",
        "helpzoo/email",
        "ecom2/otp",
        "dds/email",  # "was sent to you": by which way, the page does not say
    }
)
WORLD_MISSED = {
    "cakedc-users/totp_prompt/1",  # "Verification code", and no other word
    "cakedc-users/totp_prompt/1@cs",
    "cockpit/totp_prompt/1",  # the same: what the system's login asks for, whatever that is
    "kanboard/totp_prompt/1",  # "Code", and six digits as a sample
    "koha/totp_prompt/1",  # "Send the code by email": a way to get it, or the way it comes
    "p73393/totp_prompt/1",  # its marks keep password managers away
}
WORLD_WRONG_FILLS = {
    "laravel-2fa-messagebird/sms_prompt/1",  # two factors and a token, and no word of how it comes
}
WORLD_WRONG_KINDS = (
    WORLD_MISSED
    | WORLD_WRONG_FILLS
    | {
        "rainloop/totp_enrol/1",  # a test of a set-up that was shown before
        "p58409/totp_enrol/1",  # set-up pages that show nothing of what is set up
        "p16377/negative/1",  # "Recovery code" of a patient's records
        "p20045/negative/1",  # a new PIN beside the code that was sent
        "p82960/negative/1",  # captchas that say "verification code" and show no picture
        "p08120/negative/1",
        "rubygems/totp_prompt/1",  # the label offers a recovery code as well
        "s06538/totp_enrol/1",  # its picture is a grey box
        "s99454/email_prompt/1",  # nothing on the page says that the code was sent
        "s43481/negative/1",  # a code that a browser extension shows
        "namelessmc/totp_enrol/1",  # the second step of a set-up, which reads like a login
        "namelessmc/totp_enrol/1@fi",
        "namelessmc/totp_enrol/1@sv",
        "namelessmc/totp_enrol/1@ja",
        "dds/email_prompt/1",  # "was sent to you": by which way, the page does not say
        "p39671/negative/1",  # an invitation's token that came by e-mail
    }
)


@pytest.fixture(scope="module")
def corpus(browser: ContentBrowser) -> Summary:
    """Every page: another set as the browser loads it and filled, our own copy read by the rules, which is quicker."""
    look = run if "AUTO2FA_CORPUS" in os.environ else judge
    summary = look(browser, list(cases(load(CORPUS))))
    print(summary.text(CORPUS.name))
    return summary


def to_fill(case: Case, number: int) -> bool:
    """Every shape of page once, and each fourth of all: what filling adds does not depend on the page's language."""
    facts = case.facts
    shaped = facts.get("iframe") or facts.get("shadow_dom") or facts.get("render_class") != "single"
    return number % 4 == 0 or (bool(shaped) and "@" not in case.id)


@pytest.mark.timeout(600)
def test_app_prompts_found(corpus: Summary) -> None:
    assert corpus.recall >= 0.98, corpus.text("corpus")


def test_nothing_else_filled(corpus: Summary) -> None:
    assert len(corpus.wrong_fills) <= 1, corpus.text("corpus")


def test_kinds_told_apart(corpus: Summary) -> None:
    assert corpus.kinds >= 0.95, corpus.text("corpus")


@pytest.mark.skipif("AUTO2FA_CORPUS" in os.environ, reason="the names are those of our own set")
def test_known_misses_only_shrink(corpus: Summary) -> None:
    assert set(corpus.missed) <= KNOWN_MISSED
    assert set(corpus.wrong_fills) <= KNOWN_WRONG_FILLS
    assert {each.split(" ")[0] for each in corpus.wrong_kinds} <= KNOWN_WRONG_KINDS


@pytest.mark.timeout(300)
@pytest.mark.skipif("AUTO2FA_CORPUS" in os.environ, reason="all of that set is filled")
def test_pages_filled(browser: ContentBrowser) -> None:
    """With the content scripts as the browser loads them; the page's own inputs are read."""
    every = list(cases(load(CORPUS)))
    summary = run(browser, [case for number, case in enumerate(every) if to_fill(case, number)])
    print(summary.text(CORPUS.name))
    assert len(summary.results) > 90
    assert set(summary.missed) <= KNOWN_MISSED, summary.text(CORPUS.name)
    assert set(summary.wrong_fills) <= KNOWN_WRONG_FILLS, summary.text(CORPUS.name)
    assert {each.split(" ")[0] for each in summary.wrong_kinds} <= KNOWN_WRONG_KINDS, summary.text(
        CORPUS.name
    )


def test_own_pages(browser: ContentBrowser) -> None:
    """Pages of portals that the corpus has not, written from knowledge of them."""
    summary = run(browser, list(cases(load(HERE / "own.json"))))
    print(summary.text("own.json"))
    assert summary.recall >= 0.95, summary.text("own.json")
    assert len(summary.wrong_fills) <= 1, summary.text("own.json")
    assert summary.kinds >= 0.93, summary.text("own.json")


@pytest.mark.timeout(300)
def test_more_pages(browser: ContentBrowser) -> None:
    """Pages of products that neither the corpus nor our own set has."""
    summary = judge(browser, list(cases(load(HERE / "more.json"))))
    print(summary.text("more.json"))
    assert set(summary.missed) <= MORE_MISSED, summary.text("more.json")
    assert set(summary.wrong_fills) <= MORE_WRONG_FILLS, summary.text("more.json")
    assert {each.split(" ")[0] for each in summary.wrong_kinds} <= MORE_WRONG_KINDS, summary.text("more.json")


@pytest.mark.timeout(300)
def test_world_pages(browser: ContentBrowser) -> None:
    """Pages found all over the world, in many languages, on which the rules were first tried unseen."""
    summary = judge(browser, list(cases(load(HERE / "world.json"))))
    print(summary.text("world.json"))
    assert set(summary.missed) <= WORLD_MISSED, summary.text("world.json")
    assert set(summary.wrong_fills) <= WORLD_WRONG_FILLS, summary.text("world.json")
    assert {each.split(" ")[0] for each in summary.wrong_kinds} <= WORLD_WRONG_KINDS, summary.text(
        "world.json"
    )
