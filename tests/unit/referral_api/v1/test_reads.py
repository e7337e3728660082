"""Clicks, numbers, boards, members and invites, as they are read."""

from datetime import timedelta

from tests.builders import GUILD, START, at
from tests.referring import OWNER, click
from tests.unit.referral_api.v1.asking import MEMBER, Api, put
from usher.referrals.clicks import ClickKind
from usher.times import format_time

LINKS = "/api/v1/links"


def test_clicks_are_listed_newest_first_page_by_page(there: Api) -> None:
    for number in range(5):
        there.clicks.record(click(f"c{number}", at=at(number), visitor=f"v{number}"))
    path = f"{LINKS}/spring-video/clicks"
    found: list[str] = []
    cursor = ""
    for _ in range(3):
        page = there.ask("GET", f"{path}?limit=2{cursor}").json
        found += [one["id"] for one in page["items"]]
        cursor = f"&cursor={page['next_cursor']}"

    assert found == ["c4", "c3", "c2", "c1", "c0"]
    assert page["next_cursor"] is None
    assert page["items"][0]["kind"] == "human"
    assert there.ask("GET", f"{path}?cursor=W10").status == 422


def test_numbers_come_by_day_and_by_variant(there: Api) -> None:
    for number, variant in enumerate(("a", "a", "b")):
        there.clicks.record(click(f"c{number}", visitor=f"v{number}", variant=variant))
    there.clicks.record(click("bot", kind=ClickKind.BOT, visitor="", at=START + timedelta(days=1)))
    there.later(timedelta(days=2))
    path = f"{LINKS}/spring-video/analytics"

    told = there.ask("GET", path).json

    assert told["totals"]["clicks"] == 3
    assert [(one["day"], one["counts"]["clicks"]) for one in told["by_day"]] == [
        ("2026-11-20", 3),
        ("2026-11-21", 0),
    ]
    assert [(one["variant"], one["counts"]["clicks"]) for one in told["by_variant"]] == [
        ("a", 2),
        ("b", 1),
    ]
    later = there.ask("GET", f"{path}?from=2026-11-21&to=2026-11-21").json
    assert [one["day"] for one in later["by_day"]] == ["2026-11-21"]
    for query in ("from=2026-11-22&to=2026-11-21", "from=2024-01-01&to=2026-01-01", "to=x"):
        assert there.ask("GET", f"{path}?{query}").status == 422
    assert there.ask("GET", f"{path}?to=0001-01-01").status == 200


def test_the_board_is_read_page_by_page(there: Api) -> None:
    for number in range(5):
        put(
            there,
            f"C#{number}",
            board=f"G#{GUILD}#board#all",
            score=10 - number,
            tracked=11 - number,
            left=1,
        )
    first = there.ask("GET", "/api/v1/leaderboard?limit=3").json
    cursor = first["next_cursor"]
    second = there.ask("GET", f"/api/v1/leaderboard?limit=3&cursor={cursor}").json

    places = [(one["rank"], one["user_id"], one["invites"]) for one in first["items"]]
    assert places == [(1, "0", 10), (2, "1", 9), (3, "2", 8)]
    assert [one["rank"] for one in second["items"]] == [4, 5]
    assert second["next_cursor"] is None
    assert there.ask("GET", f"/api/v1/leaderboard?limit=4&cursor={cursor}").status == 422
    assert there.ask("GET", "/api/v1/leaderboard?period=week").json["items"] == []
    assert there.ask("GET", "/api/v1/leaderboard?period=year").status == 422


def test_who_brought_a_member_is_read(there: Api) -> None:
    put(
        there,
        f"M#{MEMBER}",
        outcome="attributed",
        kind="invite",
        code="abc",
        inviter_id=OWNER,
        confidence="certain",
        joined_at=format_time(START),
    )

    told = there.ask("GET", f"/api/v1/members/{MEMBER}/inviter").json

    assert (told["user_id"], told["inviter_id"], told["code"]) == (MEMBER, OWNER, "abc")
    assert told["joined_at"] == "2026-11-20T12:00:00Z"
    unknown = there.ask("GET", "/api/v1/members/80351110224678913/inviter")
    assert (unknown.status, unknown.json["code"]) == (404, "unknown_member")
    assert there.ask("GET", "/api/v1/members/me/inviter").status == 422


def test_invites_are_listed_by_code(there: Api) -> None:
    for code in ("b", "a", "c"):
        put(there, f"I#{code}", status="active", uses=3, inviter_id=OWNER)

    first = there.ask("GET", "/api/v1/invites?limit=2").json
    second = there.ask("GET", f"/api/v1/invites?limit=2&cursor={first['next_cursor']}").json

    assert [one["code"] for one in first["items"] + second["items"]] == ["a", "b", "c"]
    assert first["items"][0] == {"code": "a", "inviter_id": OWNER, "uses": 3, "active": True}
