"""The staff list: set, removed, listed, reported; and who may."""

import pytest

from tests.unit.command_worker.desk import ROLE, Desk, labels, words
from tests.unit.slash.fakes import NOW
from tests.unit.slash.payloads import GUILD, MEMBER, OTHER, option, user
from usher.contracts.deeds import SettingChanged
from usher.ids import GuildId, UserId
from usher.ledger.patience import TooLongError
from usher.slash.text import when
from usher.staff.mapping import write_value
from usher.staff.queries import ROLE_SETTING, Mapping, staff_setting
from usher.staff.report_found import Referrals

LINK = "https://vantage.example/ref/travis"
USER, ROLE_OPTION = 6, 8
SET = (option("user", OTHER, USER), option("ib_link", LINK), option("ib_code", "TRAVIS123"))
LINES = {
    "staff set": SET,
    "staff remove": (option("user", OTHER, USER),),
    "staff list": (),
    "staff report": (),
    "view_invite_logs": (),
    "export_invite_logs": (),
    "lookup_user_invite": (option("user", OTHER, USER),),
    "sync_member_invites": (),
}
"""The commands of SPEC 3.3 to 3.6."""


def put(desk: Desk, name: str, value: str) -> None:
    deed = SettingChanged("x", name, value, UserId(MEMBER), NOW)
    desk.services.staff.take(GuildId(GUILD), deed)


def staff(desk: Desk, *users: str) -> None:
    for one in users:
        put(desk, staff_setting(UserId(one)), write_value(Mapping(LINK, f"CODE{one}")))


@pytest.mark.parametrize("line", LINES)
def test_nobody_else_may(line: str) -> None:
    desk = Desk()

    told = desk.run(line, *LINES[line], rights=0)

    assert told.content.startswith("You need Manage Server for that, or the staff role")
    assert desk.services.deeds.done == {}


@pytest.mark.parametrize("line", LINES)
def test_members_with_the_staff_role_may(line: str) -> None:
    desk = Desk()
    put(desk, ROLE_SETTING, ROLE)

    assert "You need" not in words(desk.run(line, *LINES[line], rights=0))


@pytest.mark.parametrize("line", LINES)
def test_another_role_is_not_the_staff_role(line: str) -> None:
    desk = Desk()
    put(desk, ROLE_SETTING, "1")

    told = desk.run(line, *LINES[line], rights=0)

    assert told.content == "You need Manage Server or the staff role <@&1> for that."


@pytest.mark.parametrize("line", [*LINES, "staff role"])
def test_every_answer_is_for_who_asked_alone(line: str) -> None:
    assert Desk().run(line, *LINES.get(line, ())).ephemeral


def test_a_mapping_is_set_by_a_deed_and_shown() -> None:
    desk = Desk()

    told = desk.run("staff set", *SET)

    assert told.content == f"Saved. <@{OTHER}>: `TRAVIS123` · <{LINK}>"
    [deed] = desk.services.deeds.done.values()
    assert isinstance(deed, SettingChanged)
    assert (deed.name, deed.by) == (f"staff#{OTHER}", MEMBER)
    assert deed.value == f'{{"ib_link":"{LINK}","ib_code":"TRAVIS123"}}'


def test_bots_are_no_staff() -> None:
    desk = Desk()
    resolved = {"users": {OTHER: user(OTHER, "robot", bot=True)}}

    assert "Bots refer nobody" in desk.run("staff set", *SET, resolved=resolved).content
    assert desk.services.deeds.done == {}


def test_a_bad_link_is_told_and_changes_nothing() -> None:
    desk = Desk()
    options = (SET[0], option("ib_link", "http://x"), SET[2])

    assert "whole https link" in desk.run("staff set", *options).content
    assert desk.services.deeds.done == {}


def test_a_busy_event_worker_is_told() -> None:
    desk = Desk()
    desk.services.deeds.busy = True

    assert "in a moment" in desk.run("staff set", *SET).content


def test_removing_forgets_the_mapping_once() -> None:
    desk = Desk()
    staff(desk, OTHER)

    first, second = (desk.run("staff remove", *LINES["staff remove"]) for _ in range(2))

    assert first.content == f"<@{OTHER}> is off the staff list. What was recorded stays."
    assert second.content == f"<@{OTHER}> is not on the staff list."


def test_an_empty_list_says_how_to_begin() -> None:
    assert "`/staff set`" in Desk().run("staff list").content


def test_the_list_is_paged_by_where_it_ended_so_that_nobody_is_skipped() -> None:
    # Given a list of more than a page
    desk = Desk()
    staff(desk, *(str(n) for n in range(100, 112)))
    first = desk.run("staff list")

    # When somebody of the first page goes before the page is turned
    desk.services.staff.settings.pop((GuildId(GUILD), "staff#100"))
    second = desk.press(first, "Next")
    again = desk.press(second, "Previous")

    # Then the second page begins after the last one shown
    assert words(first).count("<@") == 10
    assert labels(first) == {"Previous": False, "Next": True}
    assert "<@110>" in words(second)
    assert "<@109>" not in words(second)
    assert labels(second) == {"Previous": True, "Next": False}
    assert "<@101>" in words(again)


def test_a_button_asks_who_may_again() -> None:
    desk = Desk()
    staff(desk, *(str(n) for n in range(100, 112)))
    first = desk.run("staff list")

    assert desk.refused(first, "Next", rights=0).startswith("You need Manage Server")


def test_longest_mappings_still_fit_a_page() -> None:
    desk = Desk()
    for n in range(100, 112):
        link = "https://broker.example/" + "x" * 270
        put(desk, f"staff#{n}", write_value(Mapping(link, "y" * 64)))

    assert words(desk.run("staff list")).count("<https://") == 10


def test_the_staff_role_is_named_shown_and_cleared() -> None:
    desk = Desk()
    before = desk.run("staff role")
    named = desk.run("staff role", option("role", ROLE, ROLE_OPTION))
    shown = desk.run("staff role")
    cleared = desk.press(shown, "Have none")

    assert "There is no staff role" in before.content
    assert f"<@&{ROLE}>" in named.content
    assert "Integrations" in named.content
    assert shown.content == f"The staff role is <@&{ROLE}>."
    assert "no staff role any more" in cleared.content
    assert desk.refused(shown, "Have none") == "There is no staff role."


def test_staff_cannot_name_the_staff_role_and_everyone_is_none() -> None:
    desk = Desk()
    put(desk, ROLE_SETTING, ROLE)

    staff_asks = desk.run("staff role", option("role", "5", ROLE_OPTION), rights=0)
    everyone = desk.run("staff role", option("role", GUILD, ROLE_OPTION))

    assert staff_asks.content == "You need Manage Server for that."
    assert everyone.content.startswith("@everyone cannot be the staff role")
    assert desk.services.deeds.done == {}


def test_a_report_counts_each_staff_member() -> None:
    desk = Desk()
    staff(desk, "100", "101")
    desk.services.reports.counted[UserId("101")] = Referrals(UserId("101"), 5, 2, 1)

    told = words(desk.run("staff report", option("from", "2026-11-01"), option("to", "2026-11-02")))

    assert "**5 joins** by 2 staff members: 3 still here, 2 left." in told
    assert (
        "<@101> `CODE101`: **5 joins** · 3 still here · 2 left · 1 more whose joins cannot be told "
        "apart" in told
    )
    assert told.index("<@101>") < told.index("<@100>")
    [(_, wanted)] = desk.services.reports.asked
    assert wanted.start is not None
    assert wanted.end is not None
    assert f"From {when(wanted.start, 'f')} until {when(wanted.end, 'f')}." in told


def test_a_report_turns_its_pages_over_the_same_span() -> None:
    desk = Desk()
    staff(desk, *(str(n) for n in range(100, 112)))

    first = desk.run("staff report", option("from", "2026-11-01"))
    second = desk.press(first, "Next")

    assert "<@111>" in words(second)
    assert desk.services.reports.asked[0] == desk.services.reports.asked[1]
    assert labels(second) == {"Previous": True, "Next": False}


def test_a_report_of_nobody_and_one_too_long_are_told() -> None:
    desk = Desk()
    assert "staff list is empty" in desk.run("staff report").content

    staff(desk, "100")
    desk.services.reports.error = TooLongError()
    assert "`from` and `to`" in desk.run("staff report").content


@pytest.mark.parametrize(
    ("first", "last", "told"),
    [("x", "2026-11-01", "`from` must be a day"), ("2026-11-02", "2026-11-01", "not be later")],
)
def test_a_bad_span_is_told_as_everywhere(first: str, last: str, told: str) -> None:
    for line in ("staff report", "view_invite_logs"):
        reply = Desk().run(line, option("from", first), option("to", last))
        assert told in reply.content
