"""/campaign: made, listed, shown, changed, paused, resumed."""

import pytest

from tests.unit.command_worker.desk import Desk, labels, words
from tests.unit.command_worker.test_referrals import campaigns, with_campaign
from tests.unit.slash.payloads import option
from usher.ids import ChannelId


def test_a_campaign_is_made_with_all_its_parts() -> None:
    there = Desk()

    told = there.run(
        "campaign create",
        option("name", "  Spring   2026 "),
        option("offer", "Early *access*"),
        option("welcome", "Hello.\n\nCome in."),
        option("brand", "Ida"),
        option("color", "#112233"),
        option("logo", "https://cdn.example/l.png"),
        option("channel", "500", 7),
        option("days", 7),
    )

    (made,) = campaigns(there)
    assert (made.name, made.offer, made.welcome) == (
        "Spring 2026",
        "Early *access*",
        "Hello.\n\nCome in.",
    )
    assert (made.brand.name, made.brand.color) == ("Ida", 0x112233)
    assert made.channel_id == ChannelId("500")
    assert made.active_to is not None
    assert (made.active_to - made.created_at).days == 7
    for part in ("Spring 2026", "Early \\*access\\*", "<#500>", "0 links", "0 clicks", "ends <t:"):
        assert part in words(told)


@pytest.mark.parametrize("color", ["blue", "#12345", "#1234567", "0x112233", ""])
def test_a_wrong_colour_is_told(color: str) -> None:
    there = Desk()
    told = there.run("campaign create", option("name", "Spring"), option("color", color))

    assert "is no colour" in told.content
    assert campaigns(there) == ()


@pytest.mark.parametrize(
    "logo",
    [
        "http://a.example/l.png",
        "javascript:alert(1)",
        "https://",
        "https://a b.example",
        "https://u@a.example",
        "https://[x",
        "x",
    ],
)
def test_a_wrong_address_is_told(logo: str) -> None:
    there = Desk()
    told = there.run("campaign create", option("name", "Spring"), option("logo", logo))

    assert "is no address that starts with https://" in told.content
    assert campaigns(there) == ()


def test_a_name_is_taken_once_and_a_repetition_makes_no_other() -> None:
    there = with_campaign()
    there.forget_asking()
    again = there.run("campaign create", option("name", "Spring"))

    assert "The campaign is there" in again.content
    assert len(campaigns(there)) == 1
    other = there.run("campaign create", option("name", "sPRING"))
    assert other.content == "There is a campaign `sPRING` already."
    assert there.run("campaign create", option("name", " ")).content == "Please give it a name."


def test_a_server_has_only_so_many_campaigns() -> None:
    there = Desk()
    for number in range(100):
        there.run("campaign create", option("name", f"c{number}"))

    told = there.run("campaign create", option("name", "one more"))

    assert told.content == "A server has at most 100 campaigns."
    assert len(campaigns(there)) == 100


def test_campaigns_are_listed_newest_first_page_by_page() -> None:
    there = Desk()
    for number in range(12):
        there.run("campaign create", option("name", f"c{number}"))

    first = there.run("campaign list")
    last = there.press(first, "Next")

    assert "**12 campaigns**" in words(first)
    assert labels(first) == {"Previous": False, "Next": True}
    assert labels(last) == {"Previous": True, "Next": False}
    assert words(last).count("· running") == 2


def test_a_campaign_is_paused_and_resumed() -> None:
    there = with_campaign()

    assert "rests" in there.run("campaign pause", option("campaign", "spring")).content
    there.run("campaign pause", option("campaign", "spring"))
    assert campaigns(there)[0].paused
    assert "paused" in words(there.run("campaign show", option("campaign", "Spring")))
    assert "goes on" in there.run("campaign resume", option("campaign", "Spring")).content
    assert (campaigns(there)[0].paused, campaigns(there)[0].version) == (False, 3)


def test_a_campaign_is_changed_part_by_part_and_cleared() -> None:
    there = with_campaign()
    named = option("campaign", "Spring")
    there.run("campaign edit", named, option("offer", "Early"), option("color", "#112233"))
    told = there.run(
        "campaign edit", named, option("welcome", "Hi.\n\nCome in."), option("days", 5)
    )

    (one,) = campaigns(there)
    assert (one.offer, one.brand.color, one.welcome) == ("Early", 0x112233, "Hi.\n\nCome in.")
    assert one.version == 3
    assert "ends <t:" in words(told)
    there.run(
        "campaign edit",
        named,
        option("offer", "-"),
        option("color", "-"),
        option("welcome", "-"),
        option("days", 0),
        option("name", "Summer"),
    )
    (one,) = campaigns(there)
    assert (one.name, one.offer, one.welcome, one.active_to) == ("Summer", "", "", None)
    assert one.brand.color == 0x5865F2
    nothing = there.run("campaign edit", option("campaign", "Summer"))
    assert nothing.content == "Nothing of it was changed."


def test_a_wrong_change_is_told_and_changes_nothing() -> None:
    there = with_campaign()
    there.run("campaign create", option("name", "Summer"))
    named = option("campaign", "Spring")

    for wrong, told in (
        (option("name", "summer"), "There is a campaign `summer` already."),
        (option("name", " "), "Please give it a name."),
        (option("color", "blue"), "is no colour"),
        (option("logo", "http://a.example"), "https://"),
    ):
        assert told in there.run("campaign edit", named, wrong).content
    assert {one.version for one in campaigns(there)} == {1}
