"""What a visitor of a link sees."""

import re
from base64 import b64encode
from dataclasses import replace
from hashlib import sha256
from typing import Any

import pytest

from tests.builders import at
from tests.unit.referral_api.visiting import Door
from usher.referrals.model import Brand, Variant

HOSTILE = "<script>alert(1)</script>\"'&{{7*7}}"
PATH = "/r/spring-video"


def test_a_page_shows_the_offer_the_brand_and_the_way_in() -> None:
    there = Door().campaign(
        offer="Early access", welcome="Hello.\n\nCome in.", brand=Brand("Ida", 0x112233)
    )

    page = there.ask("GET", PATH)

    assert page.status == 200
    assert page.headers["content-type"] == "text/html; charset=utf-8"
    assert "<h1>Early access</h1>" in page.body
    assert "<p>Hello.</p>" in page.body
    assert "<p>Come in.</p>" in page.body
    assert '<form method="post" action="/r/spring-video">' in page.body
    for name, content in (
        ("og:title", "Early access"),
        ("og:site_name", "Ida"),
        ("og:description", "Hello. Come in."),
        ("og:url", "https://usher.example/r/spring-video"),
    ):
        assert f'<meta property="{name}" content="{content}">' in page.body
    assert '<meta name="theme-color" content="#112233">' in page.body
    assert 'fill="#112233"' in page.body
    assert there.counts() == (0, 0, 0)


def test_a_page_without_a_brand_names_the_server() -> None:
    page = Door().campaign().ask("GET", PATH)

    assert "Guild 613425648685547541" in page.body
    assert "<h1>Spring</h1>" in page.body
    assert "og:image" not in page.body


@pytest.mark.parametrize("field", ["name", "offer", "welcome", "brand", "logo"])
def test_what_people_wrote_is_text_and_never_markup(field: str) -> None:
    changes: dict[str, object] = {field: HOSTILE}
    if field == "brand":
        changes = {"brand": Brand(name=HOSTILE)}
    if field == "logo":
        changes = {"brand": Brand(logo_url=HOSTILE)}

    page = Door().campaign(**changes).ask("GET", PATH)

    assert "<script>alert" not in page.body
    assert page.body.count("<script>") == 1
    assert "49" not in re.sub(r"<style>.*?</style>", "", page.body, flags=re.DOTALL)


def test_only_our_own_style_and_script_may_run() -> None:
    page = Door().campaign().ask("GET", PATH)
    policy = page.headers["content-security-policy"]

    for tag in ("style", "script"):
        (text,) = re.findall(f"<{tag}>(.*?)</{tag}>", page.body, re.DOTALL)
        digest = b64encode(sha256(text.encode()).digest()).decode()
        assert f"{tag}-src 'sha256-{digest}'" in policy
    for part in ("default-src 'none'", "frame-ancestors 'none'", "base-uri 'none'"):
        assert part in policy
    assert "form-action 'self' https://discord.gg https://discord.com" in policy
    assert "unsafe" not in policy
    assert page.headers["cache-control"] == "no-store"
    assert page.headers["x-content-type-options"] == "nosniff"


@pytest.mark.parametrize(
    ("of_link", "of_campaign", "status", "words"),
    [
        ({"active": False}, {}, 200, "This link rests for now"),
        ({}, {"paused": True}, 200, "This link rests for now"),
        ({}, {"active_from": at(5)}, 200, "It has not begun yet"),
        ({"expires_at": at(0)}, {}, 410, "This offer is over"),
    ],
)
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_a_closed_link_says_why_and_lets_nobody_in(
    of_link: dict[str, object],
    of_campaign: dict[str, object],
    status: int,
    words: str,
    method: str,
) -> None:
    there = Door(**of_link).campaign(**of_campaign)

    page = there.ask(method, PATH)

    assert page.status == status
    assert words in page.body
    assert "<form" not in page.body
    assert "content-security-policy" in page.headers
    assert there.counts() == (0, 0, 0)
    assert there.invitations.asked == []


@pytest.mark.parametrize("path", ["/r/nobody-made-this", "/r/-", "/r/a%2Fb", "/r/" + "x" * 200])
def test_a_link_that_is_not_there_has_a_page(path: str) -> None:
    page = Door().campaign().ask("GET", path)

    assert page.status == 404
    assert "nothing at this address" in page.body or "This link does not exist" in page.body


def test_a_link_whose_campaign_is_gone_does_not_exist() -> None:
    assert Door().ask("GET", PATH).status == 404


def test_pages_speak_the_visitors_language_as_far_as_it_is_known() -> None:
    there = Door().campaign()
    for accepted in ("xx,yy;q=0.5", "", "de;;q=,,", "en-GB"):
        assert there.ask("GET", PATH, headers={"accept-language": accepted}).status == 200


def test_a_page_says_which_language_it_speaks() -> None:
    there = Door().campaign()

    german = there.ask("GET", PATH, headers={"accept-language": "de-AT,de;q=0.9"})

    assert '<html lang="de">' in german.body
    assert '<html lang="en">' in there.ask("GET", PATH).body


def test_a_visitor_keeps_their_variant() -> None:
    two = tuple(Variant(name, f"Headline {name}", "Text") for name in ("a", "b"))
    there = Door().campaign(variants=two)

    first = there.ask("GET", PATH)
    (cookie,) = first.cookies
    assert "HttpOnly" in cookie
    assert "Secure" in cookie
    assert "SameSite=Lax" in cookie
    (shown,) = re.findall("<h1>(.*?)</h1>", first.body)
    again = there.ask("GET", PATH, cookies=[cookie.partition(";")[0]])

    assert f"<h1>{shown}</h1>" in again.body
    assert again.cookies == []


def seen(there: Door, **more: Any) -> str:  # noqa: ANN401 - parts of an event
    (shown,) = re.findall("<h1>(.*?)</h1>", there.ask("GET", PATH, **more).body)
    return str(shown)


def test_a_variant_once_seen_stays_whatever_becomes_of_the_others() -> None:
    first = Variant("a", "Headline a", "Text")
    there = Door().campaign(variants=(first,))
    (cookie,) = there.ask("GET", PATH).cookies
    assert "Path=/r/spring-video" in cookie
    kept: dict[str, Any] = {"cookies": [cookie.partition(";")[0]]}

    there.campaigns_variants(replace(first, weight=0), Variant("b", "Headline b", "Text"))
    assert seen(there, **kept) == "Headline a"
    assert seen(there) == "Headline b"

    there.campaigns_variants(Variant("b", "Headline b", "Text"))
    again = there.ask("GET", PATH, **kept)
    assert "<h1>Headline b</h1>" in again.body
    assert again.cookies[0].startswith("usher_variant=b;")


def test_who_keeps_no_cookies_sees_one_variant_for_a_day_and_is_counted_for_it() -> None:
    two = tuple(Variant(name, f"Headline {name}", "Text") for name in ("a", "b"))
    there = Door().campaign(variants=two)

    for number in range(12):
        address = f"203.0.113.{number}"
        shown = {seen(there, address=address) for _ in range(5)}
        there.ask("POST", f"{PATH}/seen", address=address)
        assert shown == {f"Headline {[*there.table.kept.values()][-1].variant}"}
    assert {one.variant for one in there.table.kept.values()} == {"a", "b"}


def test_without_variants_no_cookie_is_kept() -> None:
    assert Door().campaign().ask("GET", PATH).cookies == []
