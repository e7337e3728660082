"""/invite view and /invite leaderboard: interaction in, message out."""

import pytest

from tests.unit.interactions.doors import Front
from tests.unit.slash.fakes import FakeCredit, FakeServices
from tests.unit.slash.payloads import GUILD, MEMBER, OTHER, buttons, option, press, slash
from usher.credit.queries import Period, Tally
from usher.ids import GuildId, UserId


def front_with(*rows: tuple[Period, str, Tally]) -> Front:
    services = FakeServices()
    for period, user, tally in rows:
        services.credit.put(GUILD, period, user, tally)
    return Front(services)


def embed(front: Front, path: str, *options: object) -> dict[str, object]:
    _, body = front.send(slash(path, *options))
    message = body["data"]
    assert isinstance(message, dict)
    [shown] = message["embeds"]
    assert isinstance(shown, dict)
    return shown


def sentence(front: Front, path: str, *options: object) -> object:
    _, body = front.send(slash(path, *options))
    message = body["data"]
    assert isinstance(message, dict)
    assert message["flags"] == 64
    return message["content"]


def fields(shown: dict[str, object]) -> dict[str, str]:
    parts = shown["fields"]
    assert isinstance(parts, list)
    return {part["name"]: part["value"] for part in parts}


def test_view_shows_the_five_counters_of_the_one_who_asks() -> None:
    shown = embed(front_with((Period.ALL, MEMBER, Tally(1204, 5, 2, 100))), "invite view")

    assert shown["description"] == f"<@{MEMBER}> has **1,107 invites**."
    assert fields(shown) == {
        "Tracked": "1,204",
        "Added": "5",
        "Fake": "2",
        "Left": "100",
        "Effective": "**1,107**",
    }


@pytest.mark.parametrize("tally", [Tally(3), Tally()])
def test_view_says_when_tracking_is_off(tally: Tally) -> None:
    front = front_with((Period.ALL, MEMBER, tally))
    assert isinstance(front.services, FakeServices)
    front.services.credit.settings[GuildId(GUILD), "guild#tracking"] = "off"

    assert "Tracking is off in this server" in str(embed(front, "invite view")["description"])


def test_the_leaderboard_says_when_tracking_is_off() -> None:
    front = front_with((Period.ALL, MEMBER, Tally(3)))
    assert isinstance(front.services, FakeServices)
    front.services.credit.settings[GuildId(GUILD), "guild#tracking"] = "off"

    footer = embed(front, "invite leaderboard")["footer"]

    assert footer == {"text": "Page 1 · tracking is off · your place: 1"}


def test_view_shows_somebody_else() -> None:
    front = front_with((Period.ALL, OTHER, Tally(1)))

    assert embed(front, "invite view", option("user", OTHER, 6))["description"] == (
        f"<@{OTHER}> has **1 invite**."
    )


def test_view_says_when_there_is_nothing() -> None:
    assert embed(Front(), "invite view")["description"] == f"<@{MEMBER}> has no invites yet."


def test_view_shows_counters_that_cancel_out() -> None:
    shown = embed(front_with((Period.ALL, MEMBER, Tally(1, 0, 0, 1))), "invite view")

    assert shown["description"] == f"<@{MEMBER}> has **0 invites**."


def test_the_leaderboard_numbers_members_and_names_the_asker_s_place() -> None:
    front = front_with(
        (Period.ALL, "200", Tally(9, 0, 1, 2)),
        (Period.ALL, MEMBER, Tally(3, 1)),
        (Period.ALL, "9", Tally(4)),
        (Period.ALL, "7", Tally(2, 0, 2)),
    )

    shown = embed(front, "invite leaderboard")

    assert shown["title"] == "Invite leaderboard of all time"
    assert shown["description"] == (
        "**1.** <@200>: **6** (9 tracked, 1 fake, 2 left)\n"
        "**2.** <@9>: **4** (4 tracked)\n"
        f"**3.** <@{MEMBER}>: **4** (3 tracked, 1 added)"
    )
    assert shown["footer"] == {"text": "Page 1 · your place: 3"}


def test_the_leaderboard_has_ten_a_page_and_buttons_to_turn_them() -> None:
    front = front_with(*((Period.WEEK, str(n), Tally(30 - n)) for n in range(1, 13)))

    # When the first page is asked for, Next is pressed, and Previous
    _, first = front.send(slash("invite leaderboard", option("period", "week")))
    _, second = front.send(press(parts(first), "Next"))
    _, again = front.send(press(parts(second), "Previous"))

    # Then each press edits the message, and the ends are told by buttons that do nothing
    assert (first["type"], second["type"], again["type"]) == (4, 7, 7)
    assert str(shown(first)["description"]).count("\n") == 9
    assert shown(first)["footer"] == {"text": "Page 1 · you are not on it yet"}
    assert str(shown(second)["description"]).startswith("**11.** <@11>")
    assert shown(second)["footer"] == {"text": "Page 2 · you are not on it yet"}
    assert shown(again) == shown(first)
    assert disabled(first) == ["Previous"]
    assert disabled(second) == ["Next"]


def credit_of(front: Front) -> FakeCredit:
    assert isinstance(front.services, FakeServices)
    return front.services.credit


def footer(front: Front, period: str = "all") -> object:
    return embed(front, "invite leaderboard", option("period", period))["footer"]


def test_the_asker_s_place_is_told_from_every_page() -> None:
    rows = [(Period.ALL, str(n), Tally(30)) for n in range(1, 13)]

    front = front_with(*rows, (Period.ALL, MEMBER, Tally(30)), (Period.ALL, "99", Tally(2)))

    assert footer(front) == {"text": "Page 1 · your place: 13"}


def test_a_place_far_down_is_told_as_well_as_it_is_known() -> None:
    ahead = [(Period.ALL, str(n), Tally(30)) for n in range(1, 1200)]
    equal = [(Period.ALL, str(n), Tally(2)) for n in range(2000, 3100)]
    front = front_with(*ahead, (Period.ALL, MEMBER, Tally(2)))

    assert footer(front) == {"text": "Page 1 · your place: beyond 1,000"}
    credit_of(front).histogram = {30: 1199, 2: 1}
    assert footer(front) == {"text": "Page 1 · your place: about 1,200"}
    front = front_with(*ahead[:20], *equal, (Period.ALL, MEMBER, Tally(2)))
    assert footer(front) == {"text": "Page 1 · your place: 21, shared with many"}


def test_who_left_the_server_keeps_their_place_and_is_marked() -> None:
    front = front_with((Period.ALL, "200", Tally(9)), (Period.ALL, "9", Tally(4)))
    credit_of(front).gone.add(UserId("200"))

    assert embed(front, "invite leaderboard")["description"] == (
        "**1.** <@200>: **9** (9 tracked) · left the server\n**2.** <@9>: **4** (4 tracked)"
    )


def test_a_leaderboard_of_one_page_has_no_buttons() -> None:
    _, body = front_with((Period.ALL, MEMBER, Tally(1))).send(slash("invite leaderboard"))

    assert parts(body) == []


def parts(body: dict[str, object]) -> object:
    data = body["data"]
    assert isinstance(data, dict)
    return data["components"]


def disabled(body: dict[str, object]) -> list[str]:
    return [label for label, button in buttons(parts(body)).items() if button["disabled"]]


def shown(body: dict[str, object]) -> dict[str, object]:
    [one] = body["data"]["embeds"]  # type: ignore[index] # Discord's JSON
    assert isinstance(one, dict)
    return one


@pytest.mark.parametrize(
    ("period", "span"), [("day", "today"), ("week", "this week"), ("all", "of all time")]
)
def test_an_empty_leaderboard_says_so(period: str, span: str) -> None:
    shown = embed(Front(), "invite leaderboard", option("period", period))

    assert shown["description"] == f"Nobody has an invite {span} yet."


def test_a_page_beyond_the_end_is_told_in_a_sentence() -> None:
    front = front_with((Period.ALL, MEMBER, Tally(1)))

    assert sentence(front, "invite leaderboard", option("page", 2)) == (
        "The leaderboard of all time has no page 2."
    )


@pytest.mark.parametrize(
    ("page", "told"), [(0, "`page` must be at least 1."), (101, "`page` must be at most 100.")]
)
def test_a_page_out_of_bounds_is_told_in_a_sentence(page: int, told: str) -> None:
    assert sentence(Front(), "invite leaderboard", option("page", page)) == told


def test_another_guild_s_credit_is_never_shown() -> None:
    services = FakeServices()
    services.credit.put("1", Period.ALL, MEMBER, Tally(5))

    assert "no invites" in str(embed(Front(services), "invite view")["description"])
