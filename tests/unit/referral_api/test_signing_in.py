"""Links that ask who comes: to Discord's page and back, and every way in which that ends."""

from datetime import timedelta
from math import ceil
from urllib.parse import parse_qs, urlsplit

import pytest

from tests.unit.referral_api.visiting import Answer, Door
from usher.ids import InviteCode
from usher.referrals.entering import Ending, NoEntryError
from usher.referrals.model import Mode
from usher.referrals.sign_in_rules import challenge_of

PATH = "/r/spring-video"
BACK = "/api/discord/signed-in"
SITE = "https://usher.example"


def opened(mode: Mode = Mode.ADDED) -> Door:
    return Door(mode=mode, invite=None).campaign()


def begin(there: Door, cookies: tuple[str, ...] = ()) -> tuple[dict[str, str], str]:
    """Press the button; return what Discord is asked, and the browser's cookie."""
    answer = there.ask("POST", PATH, cookies=list(cookies))
    assert answer.status == 303
    to = urlsplit(answer.headers["location"])
    assert (to.scheme, to.netloc, to.path) == ("https", "discord.com", "/oauth2/authorize")
    assert answer.headers["cache-control"] == "no-store"
    (cookie,) = answer.cookies
    for part in ("__Host-usher_sign_in=", "HttpOnly", "Secure", "SameSite=Lax", "Path=/"):
        assert part in cookie
    asked = {name: values[0] for name, values in parse_qs(to.query).items()}
    return asked, cookie.partition(";")[0]


def come_back(there: Door, cookie: str, **query: str) -> Answer:
    return there.ask("GET", BACK, asked=query, cookies=[cookie] if cookie else [])


@pytest.mark.parametrize(
    ("mode", "scope", "words"),
    [
        (Mode.TARGETED, "identify", "works for you alone"),
        (Mode.ADDED, "identify guilds.join", "let in at once"),
    ],
)
def test_the_button_leads_to_discord_with_state_and_challenge(
    mode: Mode, scope: str, words: str
) -> None:
    there = opened(mode)
    page = there.ask("GET", PATH)
    assert "Sign in with Discord" in page.body
    assert words in page.body

    asked, cookie = begin(there)

    assert asked["client_id"] == "1000"
    assert asked["scope"] == scope
    assert asked["redirect_uri"] == f"{SITE}{BACK}"
    assert (asked["response_type"], asked["code_challenge_method"]) == ("code", "S256")
    assert asked["prompt"] == "consent"
    assert asked["state"] not in cookie
    assert there.counts()[0] == 1
    come_back(there, cookie, state=asked["state"], code="xyz")
    ((code, verifier, address),) = there.identity.asked
    assert (code, address) == ("xyz", f"{SITE}{BACK}")
    assert challenge_of(verifier) == asked["code_challenge"]


def test_who_is_added_reads_so_and_who_is_invited_is_led_on() -> None:
    there = opened()
    asked, cookie = begin(there)
    page = come_back(there, cookie, state=asked["state"], code="xyz")

    assert page.status == 200
    assert "<h1>You are in</h1>" in page.body
    assert "https://discord.com/channels/613425648685547541" in page.body
    assert page.headers["referrer-policy"] == "no-referrer"
    assert there.entry.came == [("spring-video", "700")]

    there.entry.url = "https://discord.gg/abc"
    asked, cookie = begin(there)
    led = come_back(there, cookie, state=asked["state"], code="xyz")
    assert (led.status, led.headers["location"]) == (303, "https://discord.gg/abc")


def test_a_sign_in_works_once() -> None:
    there = opened()
    asked, cookie = begin(there)
    come_back(there, cookie, state=asked["state"], code="xyz")

    again = come_back(there, cookie, state=asked["state"], code="xyz")

    assert again.status == 409
    assert "used already" in again.body
    assert 'href="/r/spring-video"' in again.body
    assert len(there.entry.came) == 1


@pytest.mark.parametrize("what", ["old", "other browser", "no cookie", "forged", "nothing"])
def test_a_sign_in_that_is_not_this_browser_s_lets_nobody_in(what: str) -> None:
    there = opened()
    asked, mine = begin(there)
    state, cookie = asked["state"], mine
    if what == "old":
        there.now += timedelta(minutes=10)
    elif what == "other browser":
        cookie = begin(there)[1]
    elif what == "no cookie":
        cookie = ""
    elif what == "forged":
        state = "x" * 43

    page = come_back(there, cookie, **({} if what == "nothing" else {"state": state}), code="xyz")

    assert page.status == 400
    assert "This sign-in has run out" in page.body
    assert there.identity.asked == []
    if what != "old":  # and it still works where it was begun
        assert "You are in" in come_back(there, mine, state=asked["state"], code="xyz").body


def test_a_browser_may_begin_several_and_keeps_its_name() -> None:
    there = opened()
    first, cookie = begin(there)
    second, same = begin(there, (cookie,))

    assert same == cookie
    for asked in (first, second):
        assert "You are in" in come_back(there, cookie, state=asked["state"], code="c").body


def test_who_says_no_reads_what_happened_and_may_try_again() -> None:
    there = opened()
    asked, cookie = begin(there)

    page = come_back(there, cookie, state=asked["state"], error="access_denied")

    assert page.status == 200
    assert "You did not sign in" in page.body
    assert 'href="/r/spring-video"' in page.body
    assert there.identity.asked == []


@pytest.mark.parametrize(
    ("ending", "status", "words"),
    [
        (Ending.MEMBER, 200, "You are in already"),
        (Ending.REFUSED, 400, "did not take the sign-in"),
        (Ending.BANNED, 403, "You are banned there"),
        (Ending.UNABLE, 503, "A permission is missing there"),
        (Ending.FULL, 503, "The server is full"),
        (Ending.TOO_MANY, 403, "too many servers"),
        (Ending.CROWDED, 503, "The door is crowded"),
        (Ending.UNSET, 503, "not set up rightly"),
        (Ending.UNAVAILABLE, 503, "Discord does not answer"),
    ],
)
@pytest.mark.parametrize("language", ["en", "de"])
def test_every_refusal_has_its_page(ending: Ending, status: int, words: str, language: str) -> None:
    there = opened()
    there.entry.error = NoEntryError(ending)
    asked, cookie = begin(there)

    page = there.ask(
        "GET",
        BACK,
        asked={"state": asked["state"], "code": "xyz"},
        cookies=[cookie],
        headers={"accept-language": language},
    )

    assert page.status == status
    assert words in page.body or language == "de"
    assert f'<html lang="{language}">' in page.body
    assert "content-security-policy" in page.headers


@pytest.mark.parametrize(
    ("wait", "words"), [(4.2, "try again in a minute"), (601, "try again in 11 minutes")]
)
def test_who_must_wait_is_told_how_long(wait: float, words: str) -> None:
    there = opened()
    there.entry.error = NoEntryError(Ending.CROWDED, wait)
    asked, cookie = begin(there)

    page = come_back(there, cookie, state=asked["state"], code="xyz")

    assert words in page.body
    assert page.headers["retry-after"] == str(ceil(wait))


def test_a_link_that_closed_meanwhile_says_so() -> None:
    there = opened()
    asked, cookie = begin(there)
    there.pause()

    page = come_back(there, cookie, state=asked["state"], code="xyz")

    assert "This link rests for now" in page.body
    assert there.entry.came == []


def test_programs_are_led_to_the_page_and_get_no_invite() -> None:
    there = Door(mode=Mode.TARGETED, invite=InviteCode("shared")).campaign()

    made = there.ask(
        "POST", "/api/discord/create-managed-invite", {"referral_code": "spring-video"}
    )
    led = there.ask("GET", "/api/referral/spring-video")

    assert made.json == {"success": True, "invite_url": f"{SITE}{PATH}"}
    assert (led.status, led.headers["location"]) == (302, f"{SITE}{PATH}")
    assert there.invitations.asked == []
