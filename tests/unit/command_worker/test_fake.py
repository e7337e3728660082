"""Rules for what counts as fake, recounts, and tracking: command in, sentence out."""

import pytest

from tests.builders import at, by
from tests.unit.command_worker.desk import Desk, labels, words
from tests.unit.slash.payloads import GUILD, MEMBER, option
from usher.attribution.wording import word_of
from usher.contracts.deeds import SettingChanged
from usher.credit.fake import Rules
from usher.credit.rules import MemberRecord
from usher.ids import GuildId, UserId

ROLE = "539082325061836900"
ROLE_OPTION = 8


def settings(desk: Desk) -> dict[str, str]:
    return {name: value for (_, name), value in desk.services.credit.settings.items()}


def rule(desk: Desk, name: str, *options: object) -> str:
    return words(desk.run("invite fake set", option("rule", name), *options))


def test_every_rule_is_shown_as_it_is() -> None:
    desk = Desk()
    for name, value in (
        ("fake#young_account", "1"),
        ("fake#left_within", "36"),
        ("fake#missing_role", ROLE),
        ("block#900", "on"),
    ):
        desk.services.credit.settings[GuildId(GUILD), name] = value

    told = words(desk.run("invite fake show"))

    assert told.splitlines()[1:-1] == [
        "**Self-invite**: joins by an invite of one's own",
        "**Young account**: joins of accounts younger than 1 day",
        "**Rejoin**: off",
        "**Left too soon**: members who are gone within 36 hours",
        "**Default avatar**: off",
        f"**Missing role**: members without <@&{ROLE}>",
        "**Blocked inviter**: joins by invites of 1 blocked member",
    ]


@pytest.mark.parametrize(
    ("name", "options", "value"),
    [
        ("rejoin", [], "on"),
        ("default_avatar", [option("switch", "on", 3)], "on"),
        ("young_account", [option("amount", 7)], "7"),
        ("left_within", [option("amount", 24)], "24"),
        ("missing_role", [option("role", ROLE, ROLE_OPTION)], ROLE),
        ("self_invite", [option("switch", "off", 3)], "off"),
    ],
)
def test_a_rule_is_set_and_the_past_left_to_a_recount(
    name: str, options: list[object], value: str
) -> None:
    desk = Desk()

    told = rule(desk, name, *options)

    assert settings(desk) == {f"fake#{name}": value}
    past = "within a week of joining" if name == "missing_role" else "judges the past by it too"
    assert past in told
    [deed] = desk.services.deeds.done.values()
    assert isinstance(deed, SettingChanged)
    assert deed.by == MEMBER


def test_a_rule_at_its_default_is_no_setting() -> None:
    desk = Desk()
    rule(desk, "self_invite", option("switch", "off", 3))
    rule(desk, "rejoin")

    rule(desk, "self_invite")
    rule(desk, "rejoin", option("switch", "off", 3))

    assert settings(desk) == {}


@pytest.mark.parametrize(
    ("name", "options", "told"),
    [
        ("young_account", [], "needs `amount`"),
        ("left_within", [], "needs `amount`"),
        ("missing_role", [], "needs `role`"),
        ("rejoin", [option("amount", 7)], "`amount` goes with"),
        ("young_account", [option("amount", 7), option("switch", "off", 3)], "`amount` goes with"),
        ("rejoin", [option("role", ROLE, ROLE_OPTION)], "`role` goes with"),
        ("missing_role", [option("role", GUILD, ROLE_OPTION)], "@everyone"),
        ("young_account", [option("amount", 0)], "at least 1"),
        ("young_account", [option("amount", 3651)], "at most 3,650"),
    ],
)
def test_what_does_not_fit_a_rule_is_told_and_changes_nothing(
    name: str, options: list[object], told: str
) -> None:
    desk = Desk()

    assert told in rule(desk, name, *options)
    assert desk.services.deeds.done == {}


def with_members(*verdicts: tuple[str, ...]) -> Desk:
    desk = Desk()
    word = word_of(by("900"))
    desk.services.fakes.members = {
        UserId(str(n)): MemberRecord(at(0), None, word, verdict=verdict, returned=n % 2 == 0)
        for n, verdict in enumerate(verdicts)
    }
    return desk


def test_a_recount_is_shown_before_it_is_done() -> None:
    desk = with_members((), ("self_invite",), (), ("self_invite",), (), ("self_invite",))
    rule(desk, "rejoin")

    shown = desk.run("invite fake recount")

    assert words(shown).splitlines() == [
        "Recount",
        "Looked at 6 memberships, the latest of each member.",
        "**6** would change:",
        "• 3 become fake",
        "• 3 are fake no more",
        "By rule: Self-invite: −3",
        "Rejoin: +3",
    ]
    assert labels(shown) == {"Apply": True}
    assert desk.services.fakes.begun == []

    begun = desk.press(shown, "Apply")

    assert "The recount begins" in words(begun)
    [(guild, _, admin, rules, _, token)] = desk.services.fakes.begun
    assert (guild, admin, rules) == (GUILD, MEMBER, Rules(rejoin=True))
    assert token


def test_who_gains_and_who_loses_is_shown_the_most_first() -> None:
    desk = with_members(*[()] * 3)
    desk.services.fakes.members |= {
        UserId(str(100 + n)): MemberRecord(
            at(0), None, word_of(by(str(900 + n % 12))), verdict=("rejoin",) * (n % 12 == 5)
        )
        for n in range(24)
    }
    desk.services.credit.settings[GuildId(GUILD), "block#900"] = "on"
    for n in range(901, 912):
        desk.services.credit.settings[GuildId(GUILD), f"block#{n}"] = "on"

    told = words(desk.run("invite fake recount"))

    assert "Effective invites: <@900>: -5\n<@901>: -2" in told
    assert "and 1 more" in told
    assert "• 2 stay fake, for another reason" in told


def test_nothing_to_change_needs_no_button() -> None:
    shown = with_members((), ()).run("invite fake recount")

    assert "They all stay as they are." in words(shown)
    assert labels(shown) == {}


def test_a_guild_too_large_to_look_at_may_be_recounted_nevertheless() -> None:
    desk = with_members(())
    desk.services.fakes.whole = False

    shown = desk.run("invite fake recount")

    assert "more members than I had time for" in words(shown)
    assert labels(shown) == {"Apply": True}


def test_rules_that_changed_since_are_not_applied() -> None:
    desk = with_members(("self_invite",))
    shown = desk.run("invite fake recount")
    rule(desk, "rejoin")

    assert "The rules have changed since" in desk.refused(shown, "Apply")
    assert desk.services.fakes.begun == []


def test_the_button_asks_for_the_permission_again() -> None:
    desk = with_members(("self_invite",))
    shown = desk.run("invite fake recount")

    assert "Manage Server" in desk.refused(shown, "Apply", rights=0)
    assert desk.services.fakes.begun == []


@pytest.mark.parametrize(
    ("line", "options"),
    [
        ("invite fake show", []),
        ("invite fake set", [option("rule", "rejoin")]),
        ("invite fake recount", []),
        ("invite tracking", [option("status", "OFF")]),
    ],
)
def test_all_need_manage_server(line: str, options: list[object]) -> None:
    assert "Manage Server" in words(Desk().run(line, *options, rights=0))


def test_tracking_is_turned_off_and_on_and_shown() -> None:
    desk = Desk()

    off = words(desk.run("invite tracking", option("status", "OFF")))
    again = words(desk.run("invite tracking", option("status", "OFF")))

    assert off.startswith("Tracking is off: joins are recorded as before")
    assert again == "Tracking is off already."
    assert settings(desk) == {"guild#tracking": "off"}

    on = words(desk.run("invite tracking", option("status", "ON")))

    assert on.startswith("Tracking is on again.")
    assert words(desk.run("invite tracking", option("status", "ON"))) == "Tracking is on already."
    assert settings(desk) == {}


def test_a_busy_road_is_told() -> None:
    desk = Desk()
    desk.services.deeds.busy = True

    assert "in a moment" in rule(desk, "rejoin")
    assert "in a moment" in words(desk.run("invite tracking", option("status", "OFF")))
