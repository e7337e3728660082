"""Who clicks: people, bots, and those who only look ahead."""

import crawleruseragents
import pytest

from referral_api.devices import device_of
from usher.referrals.clicks import Device, Request, country_of, is_human, referrer_of

PHONE = (
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605.1.15 "
    "(KHTML, like Gecko) Version/18.1 Mobile/15E148 Safari/604.1"
)
DESKTOP = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
TABLET = (
    "Mozilla/5.0 (Linux; Android 14; SM-X200) AppleWebKit/537.36 (KHTML, like Gecko) "
    "Chrome/131.0.0.0 Safari/537.36"
)


def human(agent: str, method: str = "GET", **headers: str) -> bool:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    asked = Request(method, {"user-agent": agent, **named}, "203.0.113.7")
    return is_human(asked, crawleruseragents.is_crawler)


@pytest.mark.parametrize("agent", [PHONE, DESKTOP, TABLET])
def test_people_are_people(agent: str) -> None:
    assert human(agent)
    assert human(agent, "POST")


@pytest.mark.parametrize(
    "agent",
    [
        "Mozilla/5.0 (compatible; Discordbot/2.0; +https://discordapp.com)",
        "Twitterbot/1.0",
        "facebookexternalhit/1.1 (+http://www.facebook.com/externalhit_uatext.php)",
        "TelegramBot (like TwitterBot)",
        "WhatsApp/2.23.20.0",
        "Slackbot-LinkExpanding 1.0 (+https://api.slack.com/robots)",
        "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)",
        "curl/8.5.0",
        "python-requests/2.32",
        "",
    ],
)
def test_unfurlers_crawlers_and_scripts_are_not(agent: str) -> None:
    assert not human(agent)


def test_a_page_may_record_a_person_s_click_by_head_and_a_bot_s_is_a_bot_s() -> None:
    assert human(DESKTOP, "HEAD")
    assert not human("curl/8.5.0", "HEAD")


@pytest.mark.parametrize(
    "header",
    [
        {"sec_purpose": "prefetch"},
        {"sec_purpose": "prefetch;prerender"},
        {"purpose": "prefetch"},
        {"x_moz": "prefetch"},
        {"purpose": "preview"},
    ],
)
def test_who_looks_ahead_has_not_clicked(header: dict[str, str]) -> None:
    assert not human(DESKTOP, **header)


def test_devices_are_named() -> None:
    assert device_of(PHONE) == Device("mobile", "Mobile Safari", "iOS")
    assert device_of(DESKTOP) == Device("desktop", "Firefox", "Linux")
    assert device_of(TABLET).kind == "tablet"
    assert device_of("") == Device()


def test_the_country_is_a_hint_of_two_letters() -> None:
    assert country_of({"cloudfront-viewer-country": "de"}) == "DE"
    assert country_of({"cf-ipcountry": "T1"}) == ""
    assert country_of({}) == ""


def test_a_referrer_loses_what_may_be_private() -> None:
    assert referrer_of({"referer": "https://a.example/x?token=1#y"}) == "https://a.example/x"
    assert len(referrer_of({"referer": "https://a.example/" + "x" * 9_000})) == 512
