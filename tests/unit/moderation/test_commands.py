"""Moderation commands: what is done, and what is read of it."""

from datetime import timedelta

import pytest

from tests.builders import GUILD
from tests.fakes.court import EVERYTHING, LOW, MEMBER, MOD, MODS, OWNER, USHER
from tests.unit.moderation.bar import MANAGE, Bar, button, said
from usher.ids import ChannelId, RoleId, UserId
from usher.moderation.appeal_commands import decide
from usher.moderation.appeal_commands import list_ as list_appeals
from usher.moderation.asking import bans, lengths, numbers, reasons, spans
from usher.moderation.case_commands import edit, evidence, list_, pardon, view
from usher.moderation.config_commands import appeals, dm, preset, required, role
from usher.moderation.config_commands import log as set_log
from usher.moderation.history_commands import history, myhistory, warnings
from usher.moderation.ladder_commands import Step, expiry, remove, set_
from usher.moderation.ladder_commands import list_ as list_rungs
from usher.moderation.lift_commands import clearwarnings, unban, unmute
from usher.moderation.mass_commands import massban
from usher.moderation.model import Kind, Ruling, Status
from usher.moderation.panel_commands import moderate, warn_for_message
from usher.moderation.ports import ForbiddenError, LimitedError, UncertainError
from usher.moderation.report_commands import close_report, report, report_message
from usher.moderation.sanction_commands import ban, kick, mute, note, softban, warn
from usher.slash.resolved import AttachmentId, MessageId, ResolvedAttachment, TargetMessage

WHO = f"<@{MEMBER}>"
MESSAGE = TargetMessage(MessageId("77"), ChannelId("8"), MEMBER, "rude words")


def test_each_sanction_says_what_it_did() -> None:
    bar = Bar()
    assert bar.ask(warn, MEMBER, "spam").startswith(f"{WHO} was warned. Case 1.")
    assert "is muted for 2 hours 30 minutes. Case 2." in bar.ask(mute, MEMBER, "2h30m", "spam")
    assert f"{WHO} is not muted any more. Case 3." in bar.ask(unmute, MEMBER)
    assert f"The note about {WHO} is kept. Case 4." in bar.ask(note, MEMBER, "new here")
    assert f"{WHO} was removed, and their messages. Case 5." in bar.ask(softban, MEMBER, "spam")
    assert f"{WHO} is not in this server." in bar.ask(kick, MEMBER, "spam")
    said_ = bar.ask(ban, MEMBER, "permanent", "spam")
    assert f"{WHO} is banned for good. Case 6." in said_
    assert "They take no direct messages" in said_
    assert f"{WHO} is not banned any more. Case 7." in bar.ask(unban, MEMBER)
    assert f"{WHO} is not banned." in bar.ask(unban, MEMBER)
    assert "not a user's id" in bar.ask(unban, "rude#1234")


def test_what_is_refused_is_said_and_leaves_no_case() -> None:
    bar = Bar()
    assert "to yourself" in bar.ask(ban, MOD, "1d", "spam")
    assert "owns this server" in bar.ask(ban, OWNER, "1d", "spam")
    assert "That is me" in bar.ask(ban, USHER, "1d", "spam")
    weak = bar.ctx(permissions=0, roles=frozenset({LOW}))
    assert "You need Ban Members" in bar.ask(ban, MEMBER, "1d", "spam", ctx=weak)
    assert "`soon` as a length" in bar.ask(ban, MEMBER, "soon", "spam")
    assert "at least a minute" in bar.ask(mute, MEMBER, "5s", "spam")
    assert "at most five years" in bar.ask(mute, MEMBER, "9y", "spam")
    assert bar.trial.book.cases == {}


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (ForbiddenError(), "Discord refuses"),
        (LimitedError(3.2), "wait 4 seconds"),
        (UncertainError(), "look again in two minutes"),
    ],
)
def test_what_discord_does_not_do_is_said(error: Exception, words: str) -> None:
    bar = Bar()
    bar.trial.desk.refuses = error  # type: ignore[assignment]
    assert words in bar.ask(kick, MEMBER, "spam")


def test_a_bot_is_banned_only_when_that_is_confirmed() -> None:
    bar, robot = Bar(), UserId("66")
    bar.trial.desk.bots.add(robot)
    asked = bar.reply(ban, robot, "1d", "spam", delete_days=2)
    assert "is a bot" in asked.content
    assert "is banned for 1 day" in bar.pressed(button(asked, "Yes"))
    assert bar.trial.case(1).delete_seconds == 2 * 86_400


def test_a_server_may_ask_for_reasons_and_suggests_its_own() -> None:
    bar = Bar()
    bar.ask(required, "on")
    assert "asks for a reason" in bar.ask(unmute, MEMBER)
    bar.ask(preset, "Advertising")
    bar.ask(preset, "Spam in  voice")
    assert list(reasons(bar.typing("voi"))) == [("voi", "voi"), ("Spam in voice",) * 2]
    bar.ask(preset, "Advertising", "remove")
    assert "none of the suggested" in bar.ask(preset, "Advertising", "remove")
    assert bar.rules.presets == ("Spam in voice",)


def test_warnings_lead_up_the_ladder_and_are_pardoned() -> None:
    bar = Bar()
    assert "3 points** · mute 1 day" in bar.ask(list_rungs)
    for _ in range(2):
        bar.ask(warn, MEMBER, "spam")
    last = bar.ask(warn, MEMBER, "spam")
    assert "Their points lead to Mute (case 4)." in last
    assert "3 warnings · 3 points" in bar.ask(warnings, MEMBER)
    assert "1 warning" in bar.ask(clearwarnings, MEMBER, 2)
    assert "no warning of theirs" in bar.ask(clearwarnings, MEMBER, 2)
    assert "2 warnings · 2 points" in bar.ask(warnings, MEMBER)
    assert "3 warnings · 2 points" in bar.ask(warnings, MEMBER, "all")
    assert "2 warnings of" in bar.ask(clearwarnings, MEMBER)
    assert "has no warnings that count" in bar.ask(warnings, MEMBER)
    assert bar.trial.book.points[GUILD, MEMBER] == 0


def test_the_ladder_is_set_rung_by_rung() -> None:
    bar = Bar()
    manage = bar.ctx(permissions=MANAGE)
    assert "5 points** · ban for good" in bar.ask(set_, 5, Step.BAN, ctx=manage)
    assert "no length of time" in bar.ask(set_, 4, Step.KICK, "1d")
    assert "4 points** · kick" in bar.ask(set_, 4, Step.KICK)
    assert "mute 1 day" not in bar.ask(remove, 3)
    assert "Nothing happens" in bar.ask(remove, 3)
    bar.ask(remove, 4)
    assert "Warnings lead to nothing" in bar.ask(remove, 5)
    assert "counts for 1 day." in bar.ask(expiry, 1)
    assert "counts always" in bar.ask(expiry, 0)


def test_cases_are_shown_changed_and_listed() -> None:
    bar = Bar()
    bar.ask(warn, MEMBER, "spam *loud*")
    shown = bar.ask(view, 1)
    assert r"spam \*loud\*" in shown
    assert "There is no case 9." in bar.ask(view, 9)
    assert "reason changed" in bar.ask(edit, 1, "advertising")
    assert bar.trial.case(1).reason == "advertising"
    assert "evidence added" in bar.ask(evidence, 1, None, "https://discord.com/channels/1/2/3")
    assert "begins with https" in bar.ask(evidence, 1, None, "javascript:x")
    assert "add a file or a link" in bar.ask(evidence, 1)
    assert "pardoned" in bar.ask(pardon, 1, "my mistake")
    assert bar.trial.case(1).status is Status.PARDONED
    own = bar.ctx(user=MEMBER)
    assert "to yourself" in bar.ask(pardon, 1, ctx=own)
    bar.ask(mute, MEMBER, "1h", "loud")
    assert "Lift it with" in bar.ask(pardon, 2)
    for _ in range(9):
        bar.ask(note, MEMBER, "again")
    page = bar.reply(list_, MEMBER)
    assert "Case 11" in said(page)
    older = bar.pressed(button(page, "Older"))
    assert "Case 1**" in older
    assert "no such cases" in bar.ask(list_, None, OWNER)
    assert "You need Timeout Members" in bar.ask(
        view, 1, ctx=bar.ctx(permissions=0, roles=frozenset())
    )


def test_members_see_their_own_and_no_notes() -> None:
    bar = Bar()
    bar.ask(note, MEMBER, "watch them")
    own = bar.ctx(user=MEMBER, permissions=0, roles=frozenset())
    assert "Nothing is on record about you" in bar.ask(myhistory, ctx=own)
    bar.ask(warn, MEMBER, "spam")
    assert "1 point counts." in bar.ask(myhistory, ctx=own)
    assert "watch them" not in bar.ask(myhistory, ctx=own)
    assert "2 cases" in bar.ask(history, MEMBER)
    assert "You need" in bar.ask(history, MEMBER, ctx=own)


def test_many_are_banned_at_once_with_a_case_each() -> None:
    bar = Bar()
    raiders = [str(10**17 + n) for n in range(5)]
    ctx = bar.ctx(permissions=EVERYTHING | MANAGE)
    said_ = bar.ask(massban, "raid", f"{' '.join(raiders)} {10**17}", ctx=ctx)
    assert "5 users are banned." in said_
    assert "Cases 1 to 5." in said_
    assert bar.trial.desk.bans.keys() == set(raiders)
    again = bar.ask(massban, "raid", " ".join(raiders), ctx=ctx)
    assert len(bar.trial.book.cases) == 5
    assert "5 users are banned." in again
    bar.trial.desk.refuses = LimitedError(60)
    more = bar.ask(
        massban, "raid", f"{10**18} {10**18 + 1}", ctx=bar.ctx(permissions=EVERYTHING | MANAGE)
    )
    assert "0 users are banned." in more
    assert "Discord asks me to wait: 2 more are banned as soon as it lets me." in more
    url = "https://cdn.example/ids.txt"
    file = ResolvedAttachment(AttachmentId("1"), "ids.txt", url, 200)
    bar.papers.texts[url] = "\n".join(str(10**18 + n) for n in range(201))
    ctx = bar.ctx(permissions=EVERYTHING | MANAGE, files={file.id: file})
    assert "Those are 201 users" in bar.ask(massban, "raid", None, file.id, ctx=ctx)
    bar.papers.texts.clear()
    assert "I could not fetch the file." in bar.ask(massban, "raid", None, file.id, ctx=ctx)
    assert "no user ids" in bar.ask(massban, "raid", "everybody")
    assert "You need Ban Members and Manage Server" in bar.ask(massban, "raid", str(10**18))
    assert bar.trial.dms() == []


def test_the_panel_opens_forms_that_do_things() -> None:
    bar = Bar()
    bar.ask(preset, "Advertising")
    panel = bar.reply(moderate, MEMBER)
    opened = bar.opened(button(panel, "Ban"))
    assert [one.id for one in opened.fields] == ["duration", "preset", "reason"]
    sent = bar.ctx(answers={"duration": ("7d",), "preset": ("Advertising",), "reason": ()})
    done = bar.pressed(opened.press, sent)
    assert "is banned for 7 days" in done
    assert bar.trial.case(1).reason == "Advertising"
    opened = bar.form(warn_for_message, MESSAGE)
    sent = bar.ctx(answers={"points": ("2",), "reason": ("rude",)})
    assert "was warned" in bar.pressed(opened.press, sent)
    warned = bar.trial.case(2)
    assert warned.points == 2
    assert warned.evidence[0].url == f"https://discord.com/channels/{GUILD}/8/77"
    assert "choose a reason" in bar.pressed(opened.press)


def test_reports_reach_the_moderators_and_are_few() -> None:
    bar = Bar()
    reporter = bar.ctx(user=MEMBER, permissions=0, roles=frozenset())
    assert "Thank you" in _report(bar, report, OWNER, "rude", ctx=reporter)
    assert "yourself" in _report(bar, report, MEMBER, "rude", ctx=reporter)
    opened = bar.form(report_message, MESSAGE)
    answered = bar.ctx(user=UserId("50"), answers={"reason": ("look",)})
    assert "Thank you" in bar.pressed(opened.press, answered)
    for _ in range(4):
        _report(bar, report, OWNER, "rude", ctx=reporter)
    assert "Those were many" in _report(bar, report, OWNER, "rude", ctx=reporter)
    bar.later(hours=1)
    reporter = bar.ctx(user=MEMBER, permissions=0, roles=frozenset())
    assert "Thank you" in _report(bar, report, OWNER, "rude", ctx=reporter)
    assert "Seen to by" in bar.ask(close_report, said="Report", words="rude")
    bar.values.clear()
    bar.do(GUILD)
    assert "takes no reports" in _report(bar, report, OWNER, "rude", ctx=reporter)


def _report(bar: Bar, what: object, *named: object, ctx: object, **options: object) -> str:
    return bar.ask(what, *named, ctx=ctx, **options)  # type: ignore[arg-type]


def test_an_appeal_is_heard_once_and_granted() -> None:
    bar = Bar()
    bar.ask(appeals, "on")
    bar.ask(warn, MEMBER, "spam")
    own = bar.ctx(user=MEMBER, permissions=0, roles=frozenset())
    opened = bar.opened(button(bar.reply(myhistory, ctx=own), "Appeal"), own)
    sent = bar.ctx(
        user=MEMBER, permissions=0, answers={"case": ("1",), "text": ("It was my brother.",)}
    )
    assert "with the moderators" in bar.pressed(opened.press, sent)
    assert [one.case for one in bar.trial.cards] == [1]
    assert "cannot appeal against that" in bar.pressed(opened.press, sent)
    assert "my brother" in bar.ask(list_appeals)
    assert "is granted" in bar.ask(decide, 1, "grant")
    case = bar.trial.case(1)
    assert case.appeal is not None
    assert (case.status, case.appeal.ruling) == (Status.PARDONED, Ruling.GRANTED)
    assert bar.trial.book.points[GUILD, MEMBER] == 0
    assert "Nobody appeals" in bar.ask(decide, 1, "grant")
    assert "No appeal is waiting" in bar.ask(list_appeals)


def test_settings_are_shown_and_checked() -> None:
    bar = Bar()
    assert "Log: <#77>" in bar.ask(set_log, ChannelId("77"))
    assert "Members are told: off" in bar.ask(dm, "off")
    bar.ask(warn, MEMBER, "spam")
    assert bar.trial.dms() == []
    assert "Everybody has that role" in bar.ask(role, RoleId(GUILD))
    assert "Integrations" in bar.ask(role, MODS)
    moderator = bar.ctx(permissions=0)
    assert "was removed" in bar.ask(kick, MEMBER, "spam", ctx=moderator)
    bar.ask(role, MODS, "remove")
    assert bar.rules.roles == frozenset()


def test_a_long_mute_has_those_who_come_back_looked_at() -> None:
    bar = Bar()
    bar.ask(mute, MEMBER, "20d", "spam")
    assert "guild#mutes" not in bar.values
    bar.ask(mute, MEMBER, "permanent", "spam")
    assert bar.values["guild#mutes"] == "on"


def test_suggestions_help_typing() -> None:
    bar = Bar()
    assert next(iter(lengths(bar.typing("")))) == ("permanent", "permanent")
    assert ("3 days", "3d") in list(lengths(bar.typing("3")))
    assert ("2 hours 30 minutes", "2h30m") in list(spans(bar.typing("2h30m")))
    assert all(value != "permanent" for _, value in spans(bar.typing("")))
    bar.ask(ban, MEMBER, "1d", "spam")
    assert list(bans(bar.typing(""))) == [(f"{MEMBER}, case 1", str(MEMBER))]
    assert list(bans(bar.typing("99"))) == []
    [(shown, number)] = list(numbers(bar.typing("")))
    assert (number, "spam" in shown) == (1, True)
    assert [value for _, value in numbers(bar.typing("1"))] == [1]
    assert bar.trial.case(1).kind is Kind.BAN
    assert bar.trial.case(1).until == bar.trial.now + timedelta(days=1)


def test_who_is_gone_is_told_where_to_appeal() -> None:
    bar = Bar()
    assert "begins with https" in bar.ask(appeals, "on", "http://appeals.example")
    assert "<https://appeals.example/x>" in bar.ask(appeals, "on", "https://appeals.example/x")
    bar.ask(warn, MEMBER, "spam")
    bar.ask(ban, MEMBER, "1d", "spam")
    warned, banned = bar.trial.dms()
    assert "press Appeal" in warned
    assert "Appeal at <https://appeals.example/x>." in banned
    assert "never" not in banned
