"""/privacy: a member's own data and nobody else's; erased when they confirm."""

import json
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from tests.builders import by
from tests.fakes.objects import Inline
from tests.unit.command_worker.desk import Desk, labels, words
from tests.unit.interactions.doors import Front
from tests.unit.slash.fakes import NOW
from tests.unit.slash.payloads import GUILD, MANAGE_GUILD, MEMBER, OTHER, option, press, slash, user
from usher.attribution.outcomes import Confidence, Kind
from usher.attribution.queries import CodeSummary, MemberOrigin, OutcomeName
from usher.attribution.wording import word_of
from usher.contracts.deeds import SettingChanged
from usher.contracts.observation import Person
from usher.credit.queries import Period, Tally
from usher.ids import GuildId, InviteCode, UserId
from usher.ledger.erasing import Eraser
from usher.ledger.erasure import Erasure
from usher.ledger.lines import Line, LineType, event_id, join_id, leave_id
from usher.moderation.model import Appeal, Case, Change, Entry, Evidence, Status
from usher.moderation.model import Kind as CaseKind
from usher.slash.replies import Reply
from usher.slash.text import when
from usher.staff.mapping import write_value
from usher.staff.queries import Mapping, staff_setting

GUILD_ID, ME, STRANGER, INVITER = GuildId(GUILD), UserId(MEMBER), UserId(OTHER), UserId("900")
DAY = timedelta(days=1)
JOINED, BEFORE = NOW - 2 * DAY, NOW - 40 * DAY
HOSTILE = "*Mason* @everyone `x` <@1>\n# [a](http://b)"


def join(user_id: UserId, at: Any, inviter: UserId) -> Line:  # noqa: ANN401
    id_ = join_id(GUILD_ID, user_id, at)
    return Line(LineType.JOIN, id_, at, GUILD_ID, user_id, at, word_of(by(inviter)))


def settled(desk: Desk) -> Desk:
    """A member who was invited, came back, invited somebody, and is staff; and a stranger."""
    services = desk.services
    put = services.privacy.put
    put(join(ME, BEFORE, INVITER), Person(ME, "mason_old", "", "1234"))
    left = replace(join(ME, BEFORE, INVITER), type=LineType.LEAVE, by=STRANGER)
    put(replace(left, event_id=leave_id(GUILD_ID, ME, BEFORE), timestamp=BEFORE + DAY))
    put(join(ME, JOINED, INVITER), Person(ME, HOSTILE, "Mason"), staff="ida")
    put(join(STRANGER, JOINED, ME), Person(STRANGER, "stranger", ""), staff="mason")
    grant = Line(LineType.GRANT, event_id("g"), NOW, GUILD_ID, None, None, None)
    put(replace(grant, staff_id=ME, delta=3, by=STRANGER))
    services.invites.origins[GUILD_ID, ME] = MemberOrigin(
        ME, JOINED, None, OutcomeName.ATTRIBUTED, Kind.INVITE, InviteCode("abc"), INVITER,
        Confidence.EXACT,
    )  # fmt: skip
    services.invites.codes[GUILD_ID, ME] = (CodeSummary(InviteCode("mine"), 1, 0, None, None, 1),)
    services.credit.put(GUILD, Period.ALL, MEMBER, Tally(1, 3, 0, 0))
    mapping = write_value(Mapping("https://broker.example/m", "MASON1"))
    services.staff.take(GUILD_ID, SettingChanged("x", staff_setting(ME), mapping, ME, NOW))
    return desk


def case(number: int, kind: CaseKind, status: Status = Status.ACTIVE, user: UserId = ME) -> Case:
    """A case by a moderator, as the book has it."""
    return Case(
        guild_id=GUILD_ID, number=number, key=str(number), kind=kind, user_id=user, by=STRANGER,
        reason=f"reason {number}", at=NOW - DAY, status=status, points=2,
        evidence=(Evidence("https://cdn.example/proof.png", "proof.png"),),
        entries=(Entry(NOW, STRANGER, Change.EDITED, "between moderators"),),
        appeal=Appeal("I did not", NOW) if number == 1 else None,
    )  # fmt: skip


def recorded(desk: Desk) -> Desk:
    """A member with cases that are theirs to see, and cases that are not."""
    cases = (
        case(1, CaseKind.WARN),
        case(2, CaseKind.MUTE, Status.ENDED),
        case(3, CaseKind.NOTE),
        case(4, CaseKind.BAN, Status.FAILED),
        case(5, CaseKind.BAN, Status.PENDING),
        case(6, CaseKind.WARN, user=STRANGER),
    )
    desk.services.cases.cases = {(GUILD_ID, one.number): one for one in cases}
    return desk


@pytest.fixture
def desk() -> Desk:
    return settled(Desk())


def dossier(reply: Reply) -> dict[str, Any]:
    [file] = reply.files
    assert file.content_type == "application/json"
    told: dict[str, Any] = json.loads(file.content)
    return told


def stranger() -> dict[str, object]:
    """Another member asks."""
    asked = slash("privacy view")
    member = asked["member"]
    assert isinstance(member, dict)
    return {"member": member | {"user": user(OTHER, "ida")}}


def test_view_shows_everything_in_words(desk: Desk) -> None:
    shown = desk.run("privacy view", rights=0)

    told = words(shown)
    assert shown.ephemeral
    for part in (
        MEMBER,
        "was invited by <@900>",
        when(JOINED, "f"),
        f"Earlier joins: {when(BEFORE, 'f')}",
        "4 effective: 1 joined, 3 added, 0 fake, 0 left",
        "`mine`",
        "`MASON1` · <https://broker.example/m>",
        "mason\\_old \\#1234".replace("\\#", "#"),
        "kept beside 3 lines of the log",
    ):
        assert part in told, part
    # names are harmless
    assert "@everyone `x`" not in told
    assert "\\*Mason\\*" in told
    assert "Erased" not in told


def test_own_joins_are_shown_however_many_were_invited(desk: Desk) -> None:
    for number in range(60):
        at = NOW - timedelta(minutes=60 - number)
        invited = join(UserId(str(1000 + number)), at, ME)
        desk.services.privacy.put(invited, staff="mason")

    told = words(desk.run("privacy view", rights=0))

    assert f"Earlier joins: {when(BEFORE, 'f')}" in told
    assert "kept beside 63 lines of the log" in told


def test_who_is_unknown_reads_that_nothing_is_kept() -> None:
    desk = Desk()

    assert "Nothing is kept of you" in words(desk.run("privacy view", rights=0))
    told = dossier(desk.run("privacy export", rights=0))
    assert (told["latest_membership"], told["ledger_lines"], told["names"]) == (None, [], [])


def test_export_hands_over_all_lines_without_ids_of_others(desk: Desk) -> None:
    reply = desk.run("privacy export", rights=0)

    told = dossier(reply)
    assert reply.ephemeral
    assert reply.files[0].name == f"usher_{GUILD}_{MEMBER}.json"
    assert [line["type"] for line in told["ledger_lines"]] == ["join", "leave", "join", "grant"]
    assert told["ledger_lines"][1]["by"] == "somebody else"
    assert told["ledger_lines"][0]["staff_id"] == INVITER
    assert (
        told["ledger_lines"][3] | {"delta": 3, "staff_id": MEMBER, "by": "somebody else"}
        == (told["ledger_lines"][3])
    )
    assert told["invites"] == {"tracked": 1, "added": 3, "fake": 0, "left": 0, "effective": 4}
    assert {name["username"] for name in told["names"]} == {"mason_old", HOSTILE, "mason"}
    assert told["staff"] == {"ib_link": "https://broker.example/m", "ib_code": "MASON1"}
    assert told["latest_membership"]["inviter_id"] == INVITER
    assert OTHER not in reply.files[0].content.decode()
    assert "stranger" not in reply.files[0].content.decode()


def test_cases_are_shown_and_handed_over_as_far_as_they_are_theirs(desk: Desk) -> None:
    recorded(desk)

    told = words(desk.run("privacy view", rights=0))
    assert "On record with the moderators: Mute: 1 · Warning: 1 · 2 points count" in told
    assert "what moderators note for themselves is not shown" in told

    reply = desk.run("privacy export", rights=0)
    warned, muted = sorted(dossier(reply)["moderation"], key=lambda one: one["case"])
    assert (warned["case"], warned["kind"], warned["reason"]) == (1, "warn", "reason 1")
    assert (warned["points"], warned["evidence"], warned["by"]) == (2, 1, "somebody else")
    assert warned["appeal"]["text"] == "I did not"
    assert [one["change"] for one in warned["history"]] == ["edited"]
    assert (muted["case"], muted["state"]) == (2, "ended")
    handed = reply.files[0].content.decode()
    for hidden in ("reason 3", "reason 4", "reason 5", "reason 6", "between", "proof.png", OTHER):
        assert hidden not in handed
    assert "but for what moderators have noted" in reply.content


def test_what_is_shown_does_not_tell_whether_there_are_notes(desk: Desk) -> None:
    before = words(desk.run("privacy view", rights=0))
    desk.services.cases.cases = {(GUILD_ID, 3): case(3, CaseKind.NOTE)}

    assert words(desk.run("privacy view", rights=0)) == before


@pytest.mark.parametrize("line", ["privacy view", "privacy export"])
def test_nobody_is_shown_anybody_else(desk: Desk, line: str) -> None:
    # Whatever rights they have; an option to name somebody does not exist
    refused = desk.run(line, option("user", MEMBER, 6), rights=MANAGE_GUILD, **stranger())
    assert "I do not know that command" in refused.content

    reply = desk.run(line, rights=MANAGE_GUILD, **stranger())

    told = words(reply) + "".join(file.content.decode() for file in reply.files)
    for part in ("mason\\_old", "mason_old", "MASON1", "`mine`", "1234"):
        assert part not in told
    assert OTHER in told


def test_a_ledger_too_long_to_be_read_is_told(desk: Desk) -> None:
    desk.services.privacy.passes = timedelta(minutes=2)

    assert "too long to be searched" in desk.run("privacy export", rights=0).content


def test_delete_asks_first_and_says_what_stays() -> None:
    front = Front()

    status, answer = front.send(slash("privacy delete"))

    data = answer["data"]
    assert isinstance(data, dict)
    assert (status, answer["type"], data["flags"]) == (200, 4, 64)
    for part in ("What goes", "What stays", "holds no names", "180 days", "`for_good`"):
        assert part in data["content"]
    [row] = data["components"]
    assert [button["label"] for button in row["components"]] == ["Erase my names", "Keep them"]
    assert front.deferrals.sent == []


def test_only_the_press_erases_and_then_nothing_is_shown(desk: Desk) -> None:
    asked = desk.run("privacy delete", rights=0)
    assert labels(asked) == {"Erase my names": True, "Keep them": True}
    assert "mason\\_old" in words(desk.run("privacy view", rights=0))

    done = desk.press(asked, "Erase my names", rights=0)

    assert "within a day" in done.content
    assert "moderation cases, without your names" in done.content
    assert done.components == ()
    told = words(desk.run("privacy view", rights=0))
    assert "mason" not in told.lower().replace("mason1", "")
    assert "not shown any more; what is stored is destroyed within a day" in told
    exported = dossier(desk.run("privacy export", rights=0))
    assert exported["names"] == []
    assert exported["erasure"]["destroyed_at"] is None
    assert len(exported["ledger_lines"]) == 4

    # and after the daily job nothing is stored, others' names apart
    privacy = desk.services.privacy
    Eraser(privacy.objects, Inline(), lambda: NOW).sweep(GUILD_ID)
    kept = b"".join(content for all_ in privacy.objects.contents().values() for content in all_)
    assert b"mason" not in kept.lower()
    assert b"stranger" in kept
    assert b"ida" in kept
    told = words(desk.run("privacy view", rights=0))
    assert f"Erased: {when(NOW, 'f')}" in told
    assert f"Earlier joins: {when(BEFORE, 'f')}" in told


def test_what_they_are_called_now_goes_from_cases_at_once(desk: Desk) -> None:
    insulted = replace(case(1, CaseKind.WARN, user=STRANGER), reason="insulted New Mason, mason2")
    desk.services.cases.cases = {(GUILD_ID, 1): insulted}
    asked = desk.run("privacy delete", rights=0)
    member = press(asked.components, "Erase my names")["member"]
    assert isinstance(member, dict)
    person = {**member["user"], "username": "mason2", "global_name": None}

    desk.press(asked, "Erase my names", member={**member, "nick": "New Mason", "user": person})

    assert desk.services.cases.cases[GUILD_ID, 1].reason == f"insulted {MEMBER}, {MEMBER}"


def test_keeping_them_erases_nothing(desk: Desk) -> None:
    asked = desk.run("privacy delete", rights=0)

    assert desk.press(asked, "Keep them", rights=0).content == "Nothing was erased."
    assert "mason\\_old" in words(desk.run("privacy view", rights=0))


def test_for_good_is_asked_done_and_shown(desk: Desk) -> None:
    asked = desk.run("privacy delete", option("for_good", True), rights=0)
    assert "`for_good`" not in asked.content
    assert "is written down in this server again" in asked.content

    done = desk.press(asked, "Erase my names", rights=0)

    assert "No name of yours will be written down here again." in done.content
    assert "no name is written down any more" in words(desk.run("privacy view", rights=0))
    privacy = desk.services.privacy
    assert privacy.kept(GUILD_ID, ME, 1).erasure == Erasure(GUILD_ID, ME, NOW, for_good=True)


def test_a_button_serves_the_member_who_asked_alone(desk: Desk) -> None:
    asked = desk.run("privacy delete", rights=0)

    pressed = press(asked.components, "Erase my names", permissions=MANAGE_GUILD) | stranger()
    desk._send(pressed)

    assert desk.services.privacy.kept(GUILD_ID, ME, 1).erasure is None
    assert desk.services.privacy.kept(GUILD_ID, STRANGER, 1).erasure is None
    assert desk.worker.webhook.follow_ups[-1][1].ephemeral
