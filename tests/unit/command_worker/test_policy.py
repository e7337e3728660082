"""/invite policy, block and notices: settings that admins change and see."""

from tests.unit.command_worker.desk import Desk, labels, words
from tests.unit.slash.payloads import GUILD, MEMBER, OTHER, option
from usher.attribution.queries import CodeSummary
from usher.ids import ChannelId, GuildId, InviteCode, UserId
from usher.invites.ports import DeskLimitedError, DeskRefusedError
from usher.policy.rules import Policy, read_policy


def held(there: Desk) -> dict[str, str]:
    return dict(there.services.settings.group(GuildId(GUILD), "guild"))


def test_a_policy_is_set_part_by_part_shown_and_cleared() -> None:
    there = Desk()
    assert "There is no invite policy" in there.run("invite policy show").content
    assert "no invite policy" in there.run("invite policy clear").content
    assert "at least one" in there.run("invite policy set").content

    there.run("invite policy set", option("life", "3600"), option("uses", 5))
    shown = there.run("invite policy set", option("active", 1), option("role", "500", 8))

    assert read_policy(held(there)) == Policy("500", 3600, 5, 1)  # type: ignore[arg-type] # a role's id
    for part in ("<@&500>", "**1 hour**", "**5 uses**", "**1 active invite**", "are revoked"):
        assert part in words(shown)
    there.run("invite policy clear")
    assert held(there) == {}


def test_a_policy_that_usher_cannot_uphold_is_told() -> None:
    there = Desk()

    said = words(there.run("invite policy set", option("uses", 5), app_permissions="2048"))
    fine = words(there.run("invite policy show", app_permissions=str(1 << 5)))

    assert "I need Manage Server" in said
    assert "I need" not in fine


def test_everyone_is_no_role_to_ask_for() -> None:
    there = Desk()

    assert "@everyone" in there.run("invite policy set", option("role", GUILD, 8)).content
    assert held(there) == {}


def test_a_busy_road_is_told() -> None:
    there = Desk()
    there.services.deeds.busy = True

    for line, options in (
        ("invite policy set", [option("uses", 5)]),
        ("invite block", [option("user", OTHER, 6)]),
        ("invite notices lead", [option("hours", 5)]),
    ):
        assert "in a moment" in there.run(line, *options).content


def test_somebody_is_blocked_listed_and_unblocked() -> None:
    there = Desk()
    assert there.run("invite blocked").content == "The blocklist is empty."

    told = there.run("invite block", option("user", OTHER, 6), option("reason", "buys *joins*"))
    assert told.content == f"<@{OTHER}> is on the blocklist: their invites bring no credit."
    assert labels(told) == {}
    listed = there.run("invite blocked")
    assert f"<@{OTHER}>: buys \\*joins\\*" in words(listed)
    assert "**1 member**" in words(listed)

    assert "bring credit again" in there.run("invite unblock", option("user", OTHER, 6)).content
    assert "not on the blocklist" in there.run("invite unblock", option("user", OTHER, 6)).content


def test_the_blocklist_is_turned_page_by_page() -> None:
    there = Desk()
    for number in range(25):
        there.run("invite block", option("user", str(10_000 + number), 6))

    first = there.run("invite blocked")
    last = there.press(there.press(first, "Next"), "Next")

    assert labels(first) == {"Previous": False, "Next": True}
    assert labels(last) == {"Previous": True, "Next": False}
    assert words(last).count("<@") == 5


def with_codes(number: int) -> Desk:
    there = Desk()
    codes = [CodeSummary(InviteCode(f"c{n}"), 0, 0, None, None, 0) for n in range(number)]
    there.services.invites.codes[GuildId(GUILD), UserId(OTHER)] = tuple(codes)
    return there


def test_the_invites_of_somebody_blocked_are_revoked_on_demand() -> None:
    there = with_codes(2)

    told = there.run("invite block", option("user", OTHER, 6))
    assert there.services.desk.revoked == []
    done = there.press(told, "Revoke 2 active invites")

    assert done.content == f"Revoked 2 invites of <@{OTHER}>."
    assert there.services.desk.revoked[0] == (
        InviteCode("c0"),
        f"On the blocklist, asked by {MEMBER}",
    )


def test_very_many_invites_are_revoked_some_at_a_time_and_waits_are_told() -> None:
    there = with_codes(60)
    told = there.run("invite block", option("user", OTHER, 6))

    assert list(labels(there.press(told, "Revoke 60 active invites"))) == ["Revoke 10 more"]
    there.services.desk.errors["revoke"] = DeskLimitedError(30)
    assert "0 of 60 invites revoked. Discord asks me to wait" in there.refused(
        told, "Revoke 60 active invites"
    )


def test_a_channel_for_notices_is_tried_before_it_is_kept() -> None:
    there = Desk()

    shown = there.run("invite notices channel", option("channel", "77", 7))

    [(where, said)] = there.services.desk.posted.values()
    assert (where, said) == (ChannelId("77"), "Notices about invites will come here.")
    assert held(there) == {"notice_channel_id": "77"}
    assert "Notices about invites: <#77>" in words(shown)
    assert "24 hours" in words(shown)
    assert "Join log: nowhere" in words(shown)


def test_a_channel_in_which_usher_cannot_write_is_not_kept() -> None:
    there = Desk()
    there.services.desk.errors["post"] = DeskRefusedError()

    told = there.run("invite notices joins", option("channel", "77", 7))

    assert told.content.startswith("I cannot write in <#77>.")
    assert held(there) == {}


def test_join_log_lead_and_off_are_set() -> None:
    there = Desk()
    there.run("invite notices joins")
    there.run("invite notices channel")

    assert "48 hours" in words(there.run("invite notices lead", option("hours", 48)))
    assert held(there)["notice_lead_seconds"] == str(48 * 3600)
    there.run("invite notices lead", option("hours", 24))
    assert "notice_lead_seconds" not in held(there)
    there.run("invite notices off", option("what", "joins"))
    assert [*held(there)] == ["notice_channel_id"]
    there.run("invite notices off")
    assert held(there) == {}
