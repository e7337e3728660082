"""/invite label, create and revoke: what is asked of Discord, noted, and told."""

from dataclasses import replace

import pytest

from tests.unit.command_worker.desk import Desk, labels, words
from tests.unit.slash.fakes import NOW
from tests.unit.slash.payloads import GUILD, MANAGE_GUILD, MEMBER, OTHER, option, user
from usher.attribution.code_records import CodeRecord
from usher.attribution.model import CodeStatus
from usher.contracts.deeds import SettingChanged
from usher.ids import VANITY, ChannelId, GuildId, InviteCode, UserId
from usher.invites.notes import CodeNote, made_for, read_note, write_note
from usher.invites.ports import (
    DeskError,
    DeskFullError,
    DeskLimitedError,
    DeskRefusedError,
    Wish,
)

HERE = ChannelId("645027906669510667")
RECORD = CodeRecord(
    code=InviteCode("abc"),
    inviter_id=UserId(OTHER),
    channel_id=HERE,
    uses=4,
    max_uses=10,
    created_at=NOW,
    expires_at=None,
    temporary=False,
    status=CodeStatus.ACTIVE,
    last_used_at=NOW,
    joins=3,
    present=2,
)


def desk(record: CodeRecord = RECORD) -> Desk:
    there = Desk()
    there.services.records.known[GuildId(GUILD), record.code] = record
    return there


def note(there: Desk, code: str = "abc") -> CodeNote:
    return read_note(there.services.settings.find(GuildId(GUILD), f"code#{code}"))


@pytest.mark.parametrize(
    ("line", "options"),
    [
        ("invite label", [option("code", "abc")]),
        ("invite create", []),
        ("invite revoke", [option("code", "abc")]),
        ("invite policy show", []),
        ("invite policy set", [option("uses", 5)]),
        ("invite policy clear", []),
        ("invite block", [option("user", OTHER, 6)]),
        ("invite unblock", [option("user", OTHER, 6)]),
        ("invite blocked", []),
        ("invite notices channel", []),
        ("invite notices joins", []),
        ("invite notices lead", [option("hours", 5)]),
        ("invite notices off", []),
        ("invite notices show", []),
    ],
)
def test_all_of_them_need_manage_server(line: str, options: list[object]) -> None:
    there = desk()

    told = there.run(line, *options, rights=0)

    assert told.content == f"You need Manage Server for `/{line}`."
    assert there.services.deeds.done == {}
    assert there.services.desk.made == []


def test_what_is_said_of_a_code_is_kept_shown_and_taken_back() -> None:
    there = desk()

    shown = there.run(
        "invite label",
        option("code", "https://discord.gg/abc"),
        option("label", " Twitter  *bio* "),
        option("source", "Twitter"),
    )
    assert note(there) == CodeNote(label="Twitter *bio*", source="Twitter")
    assert r"Label: Twitter \*bio\*" in words(shown)
    assert f"active · by <@{OTHER}>" in words(shown)
    assert "4 of 10 uses · 3 joins seen, 2 of them still here" in words(shown)

    there.run("invite label", option("code", "abc"), option("label", "-"), option("notes", "x"))
    assert note(there) == CodeNote(source="Twitter", notes="x")

    done = len(there.services.deeds.done)
    assert "Source: Twitter" in words(there.run("invite label", option("code", "abc")))
    assert len(there.services.deeds.done) == done

    there.run("invite label", option("code", "abc"), option("source", "-"), option("notes", "-"))
    assert there.services.settings.find(GuildId(GUILD), "code#abc") is None


def test_a_code_that_nobody_knows_is_told() -> None:
    there = desk()

    for line in ("invite label", "invite revoke"):
        told = there.run(line, option("code", "none"))
        assert told.content == "I know no invite `none` of this server."


def test_an_invite_is_made_for_who_asks_and_labelled() -> None:
    there = desk()

    told = there.run("invite create", option("label", "Bio"), app_permissions="1")

    assert there.services.desk.made == [
        (Wish(HERE, 604_800, 0, False, True), f"Made by Usher, asked by {MEMBER}")
    ]
    assert note(there, "made1") == CodeNote(
        label="Bio", made_for=UserId(MEMBER), made_by="786008729715212339"
    )
    assert told.content == (
        f"<https://discord.gg/made1>\nIt leads to <#{HERE}>, lasts 7 days and has any number of "
        f"uses. Its joins count for <@{MEMBER}>."
    )


def test_the_same_interaction_again_makes_no_other_invite() -> None:
    there = desk()
    first = there.run("invite create", app_permissions="1")

    there.forget_asking()
    again = there.run("invite create", app_permissions="1")

    assert again == first
    assert len(there.services.desk.made) == 1


def test_everything_about_an_invite_can_be_asked_for() -> None:
    there = desk()

    told = there.run(
        "invite create",
        option("channel", "77", 7),
        option("life", "0"),
        option("uses", 1),
        option("user", OTHER, 6),
        option("temporary", True),
        option("unique", False),
        app_permissions="0",
    )

    assert there.services.desk.made[0][0] == Wish(ChannelId("77"), 0, 1, True, False)
    assert note(there, "made1").made_for == OTHER
    assert "never expires and has 1 use." in told.content


@pytest.mark.parametrize(
    ("present", "error", "told"),
    [
        (1_000, None, "1,000 invites, as many as Discord allows"),
        (5, DeskFullError(), "as many invites as Discord allows"),
        (None, DeskRefusedError(), "a permission is missing"),
        (5, DeskLimitedError(2.2), "wait 3 seconds"),
        (5, DeskError(), "did not answer"),
    ],
)
def test_an_invite_that_cannot_be_made_is_told(
    present: int | None, error: DeskError | None, told: str
) -> None:
    there = desk()
    there.services.desk.present = present
    if error is not None:
        there.services.desk.errors["create"] = error

    assert told in there.run("invite create", app_permissions="1").content
    assert there.services.deeds.done == {}


def test_a_missing_permission_is_told_before_discord_is_asked() -> None:
    told = desk().run("invite create", app_permissions="2048")

    assert told.content == f"I need the permission Create Invite in <#{HERE}>."


def test_bots_invite_nobody_and_a_near_budget_is_told() -> None:
    there = desk()
    there.services.desk.present = 997
    bot = {"users": {OTHER: user(OTHER, "beep", bot=True)}}

    refused = there.run(
        "invite create", option("user", OTHER, 6), resolved=bot, app_permissions="1"
    )
    made = there.run("invite create", app_permissions="1")

    assert "Bots invite nobody" in refused.content
    assert "Discord allows this server 2 more invites." in made.content


def test_an_invite_is_revoked_once_it_is_confirmed() -> None:
    there = desk()

    asked = there.run("invite revoke", option("code", "abc"))
    assert "3 joins seen, 2 of them still here" in words(asked)
    assert there.services.desk.revoked == []
    assert "Manage Server" in there.refused(asked, "Revoke it", rights=0)

    done = there.press(asked, "Revoke it")

    assert there.services.desk.revoked == [
        (InviteCode("abc"), f"Revoked by Usher, asked by {MEMBER}")
    ]
    assert note(there).revoked_by == MEMBER
    assert done.content == "`abc` is revoked. It has brought 3 joins, 2 still here."
    assert labels(done) == {}


def test_an_invite_that_ended_meanwhile_is_told_beside_the_question() -> None:
    there = desk()
    asked = there.run("invite revoke", option("code", "abc"))
    there.services.desk.gone.add(InviteCode("abc"))

    assert there.refused(asked, "Revoke it") == "`abc` has ended already."
    assert note(there) == CodeNote()


@pytest.mark.parametrize(
    ("record", "told"),
    [
        (replace(RECORD, inviter_id=VANITY), "own link"),
        (replace(RECORD, status=CodeStatus.EXPIRED), "has ended already: expired"),
    ],
)
def test_what_cannot_be_revoked_is_told(record: CodeRecord, told: str) -> None:
    assert told in desk(record).run("invite revoke", option("code", "abc")).content


def test_a_note_comes_back_and_strange_ones_say_nothing() -> None:
    said = CodeNote("a", "b", "c", "d", UserId("1"), "3", UserId("2"))

    assert read_note(write_note(said)) == said
    assert write_note(CodeNote()) is None
    for value in (None, "", "[]", "5", '{"label":5}', "{"):
        assert read_note(value) == CodeNote()
    assert made_for("code#abc", write_note(said)) == (InviteCode("abc"), UserId("1"))
    assert made_for("code#abc", None) is None
    assert made_for("staff#abc", write_note(said)) is None


def test_a_deed_is_known_by_its_interaction() -> None:
    there = desk()

    there.run("invite label", option("code", "abc"), option("label", "x"), rights=MANAGE_GUILD)

    [(id_, deed)] = there.services.deeds.done.items()
    assert isinstance(deed, SettingChanged)
    assert (id_, deed.by, deed.name) == ("786008729715212339", MEMBER, "code#abc")
