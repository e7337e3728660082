"""/referral: made, listed, shown, paused, resumed."""

from dataclasses import replace

import pytest

from tests.unit.command_worker.desk import Desk, labels, words
from tests.unit.slash.payloads import GUILD, MEMBER, OTHER, option, user
from usher.ids import GuildId, InviteCode, UserId
from usher.invites.notes import read_note
from usher.invites.ports import DeskFullError
from usher.referrals.model import Campaign, Link, LinkCode, Mode

HERE = GuildId(GUILD)


def campaigns(there: Desk) -> tuple[Campaign, ...]:
    return there.services.referrals.campaigns(HERE)


def links(there: Desk) -> tuple[Link, ...]:
    return there.services.referrals.links(HERE)


def with_campaign() -> Desk:
    there = Desk()
    there.run("campaign create", option("name", "Spring"))
    return there


def with_link(**options: object) -> Desk:
    there = with_campaign()
    asked = {"campaign": "Spring", "code": "spring-video", **options}
    there.run("referral create", *(option(name, value) for name, value in asked.items()))
    assert links(there)
    return there


def test_nothing_is_there_yet_and_one_reads_what_to_do() -> None:
    there = Desk()

    assert "`/campaign create`" in there.run("campaign list").content
    assert "`/referral create`" in there.run("referral list").content
    assert "no campaign `x`" in there.run("campaign show", option("campaign", "x")).content
    assert "no link `abc`" in there.run("referral show", option("code", "abc")).content
    told = there.run("referral create", option("campaign", "nothing")).content
    assert told == "There is no campaign `nothing` here."


def test_a_link_is_made_with_its_invite_and_its_note() -> None:
    there = with_campaign()

    told = there.run(
        "referral create",
        option("campaign", "Spring"),
        option("title", "The *video*"),
        option("user", OTHER, 6),
        option("code", "spring-video"),
        option("platform", "youtube"),
        option("days", 30),
    )

    (made,) = links(there)
    assert (made.code, made.owner_id, made.mode) == ("spring-video", OTHER, Mode.MANAGED)
    assert made.invite == "made1"
    ((wish, why),) = there.services.desk.made
    assert (wish.max_age, wish.max_uses, wish.unique) == (0, 0, True)
    assert wish.channel_id == campaigns(there)[0].channel_id
    assert "spring-video" in why
    note = read_note(there.services.settings.find(HERE, "code#made1"))
    assert (note.label, note.source, note.campaign) == ("The *video*", "youtube", "Spring")
    assert (note.made_for, note.link) == (OTHER, "spring-video")
    for part in (
        "https://go.example/r/spring-video",
        f"<@{OTHER}>",
        "0 clicks",
        "0 joins",
        "`made1`",
    ):
        assert part in words(told)


def test_a_code_that_nobody_chose_cannot_be_guessed_and_is_the_same_again() -> None:
    there = with_campaign()
    there.run("referral create", option("campaign", "Spring"))
    there.forget_asking()
    there.run("referral create", option("campaign", "Spring"))
    there.run("referral create", option("campaign", "Spring"))

    codes = {one.code for one in links(there)}
    assert len(codes) == len(links(there)) == 2
    assert all(len(code) == 12 for code in codes)
    assert len(there.services.desk.made) == 2
    assert links(there)[0].owner_id == MEMBER


def test_a_taken_code_is_told_and_makes_no_invite() -> None:
    there = with_link()

    told = there.run(
        "referral create", option("campaign", "Spring"), option("code", "spring-video")
    )

    assert told.content == "The code `spring-video` is taken. Choose another, or none."
    assert len(there.services.desk.made) == 1


@pytest.mark.parametrize("code", ["ab", "-abc", "a/b/c", "ümläut", "a b c"])
def test_a_wrong_code_is_told(code: str) -> None:
    there = with_campaign()

    told = there.run("referral create", option("campaign", "Spring"), option("code", code))

    assert "3 to 32 letters" in told.content
    assert links(there) == ()


def test_bots_own_no_links() -> None:
    there = with_campaign()
    bot = {"users": {OTHER: user(OTHER, "robo", bot=True)}}

    told = there.run(
        "referral create", option("campaign", "Spring"), option("user", OTHER, 6), resolved=bot
    )

    assert "Bots bring nobody" in told.content


def test_discord_refusing_the_invite_is_told_and_mended_by_resume() -> None:
    there = with_campaign()
    there.services.desk.errors["create"] = DeskFullError()

    told = there.run(
        "referral create", option("campaign", "Spring"), option("code", "spring-video")
    )
    assert "as many invites as Discord allows" in told.content
    assert "`/referral resume`" in told.content
    assert links(there)[0].invite is None

    there.services.desk.errors.clear()
    there.run("referral resume", option("code", "spring-video"))
    there.run("referral resume", option("code", "spring-video"))

    assert links(there)[0].invite == InviteCode("made1")
    assert len(there.services.desk.made) == 1


def test_a_link_is_paused_and_resumed_by_its_address() -> None:
    there = with_link()
    address = option("code", "https://go.example/r/spring-video/")

    assert "rests" in there.run("referral pause", address).content
    assert not links(there)[0].active
    assert "paused" in words(there.run("referral show", address))
    assert "leads in" in there.run("referral resume", address).content
    assert links(there)[0].active


def test_owners_see_their_own_links_and_nobody_elses() -> None:
    there = with_link()
    there.run(
        "referral create",
        option("campaign", "Spring"),
        option("code", "others"),
        option("user", OTHER, 6),
    )

    mine = there.run("referral list", rights=0)
    assert "/r/spring-video>" in words(mine)
    assert "/r/others>" not in words(mine)
    assert "Manage Server" in there.run("referral list", option("user", OTHER, 6), rights=0).content
    assert "spring-video" in words(
        there.run("referral show", option("code", "spring-video"), rights=0)
    )
    assert (
        "I know no link" in there.run("referral show", option("code", "others"), rights=0).content
    )
    assert "**2 links**" in words(there.run("referral list"))
    assert "**1 link**" in words(there.run("referral list", option("user", OTHER, 6)))


@pytest.mark.parametrize(
    "line", ["campaign create", "campaign list", "referral create", "referral pause"]
)
def test_making_and_pausing_is_for_managers(line: str) -> None:
    options = [option("name", "x")] if line == "campaign create" else []
    options = [option("campaign", "x")] if line == "referral create" else options
    options = [option("code", "x")] if line == "referral pause" else options

    assert "Manage Server" in Desk().run(line, *options, rights=0).content


def test_links_are_turned_page_by_page_and_pages_are_checked_again() -> None:
    there = with_campaign()
    for number in range(11):
        there.run("referral create", option("campaign", "Spring"), option("code", f"link{number}"))

    first = there.run("referral list")
    last = there.press(first, "Next")

    assert labels(first) == {"Previous": False, "Next": True}
    assert words(last).count("/r/link") == 1


def test_a_link_of_another_server_is_unknown() -> None:
    there = with_link()
    held = there.services.referrals.by_code
    held[LinkCode("foreign")] = replace(
        held[LinkCode("spring-video")],
        code=LinkCode("foreign"),
        guild_id=GuildId("1"),
        owner_id=UserId(MEMBER),
    )

    assert "I know no link" in there.run("referral show", option("code", "foreign")).content


def sent(there: Desk, content: bytes, **options: object) -> str:
    """Import a file, and what is said of it."""
    there.services.attached.files["https://cdn.example/file"] = content
    file = {
        "id": "1",
        "filename": "links.csv",
        "url": "https://cdn.example/file",
        "size": len(content),
    }
    asked = [option("file", "1", 11), *(option(name, value) for name, value in options.items())]
    return words(there.run("referral import", *asked, resolved={"attachments": {"1": file}}))


def test_links_come_from_a_file_and_what_is_wrong_is_told_by_row() -> None:
    there = with_campaign()
    file = b"campaign,title,code\nSpring,One,one\nFall,Two,two\nSpring,Three,x\n"

    trial = sent(there, file, trial=True)
    assert links(there) == ()
    told = sent(there, file)

    assert "1 link would be made" in trial
    assert "1 link made · 2 rows are wrong" in told
    assert "Row 2: `campaign` There is no such campaign." in told
    assert "Row 3: `code`" in told
    assert [one.code for one in links(there)] == ["one"]
    assert "1 there already" in sent(there, file)
    assert "2 left out" in sent(
        there, file.replace(b"one", b"four") + b"Spring,F,five\n", atomic=True
    )


def test_a_file_that_cannot_be_read_or_fetched_is_told() -> None:
    there = with_campaign()

    assert "The first line names the columns" in sent(there, b"nick\nx\n")
    there.services.attached.files.clear()
    file = {"id": "1", "filename": "x", "url": "https://cdn.example/gone", "size": 3}
    gone = there.run(
        "referral import", option("file", "1", 11), resolved={"attachments": {"1": file}}
    )
    assert "could not fetch" in gone.content
    large = {**file, "size": 2_000_000}
    told = there.run(
        "referral import", option("file", "1", 11), resolved={"attachments": {"1": large}}
    )
    assert "at most 1000 KB" in told.content


def test_links_are_exported_and_owners_get_their_own() -> None:
    there = with_link(user=OTHER)

    every = there.run("referral export")
    (file,) = every.files
    assert file.name.endswith(".csv")
    assert b"spring-video" in file.content
    assert "1 there already" in sent(there, file.content)
    mine = there.run("referral export", option("form", "json"), rights=0)
    assert mine.content == "There is no referral link to export."


@pytest.mark.parametrize("mode", [Mode.TARGETED, Mode.ADDED])
def test_a_link_that_asks_for_sign_in_says_what_it_guarantees(mode: Mode) -> None:
    there = with_campaign()

    told = there.run(
        "referral create",
        option("campaign", "Spring"),
        option("code", "spring-video"),
        option("mode", mode.value),
    )

    (made,) = links(there)
    assert (made.mode, made.invite) == (mode, None)
    assert there.services.desk.made == []
    assert "it is certain who came by this link" in words(told)
    assert "Shared invite" not in words(told)


def test_a_mode_is_changed_and_the_shared_invite_made_or_named() -> None:
    there = with_link()
    said = words(
        there.run("referral mode", option("code", "spring-video"), option("mode", "added"))
    )
    assert "**added**" in said
    assert "`made1` still works for whoever has it; `/invite revoke` ends it." in said
    assert links(there)[0].mode is Mode.ADDED

    there = with_link(mode="added")
    back = there.run("referral mode", option("code", "spring-video"), option("mode", "managed"))
    assert "From now on visitors come in that way." in back.content
    assert links(there)[0].invite == "made1"
    again = there.run("referral mode", option("code", "spring-video"), option("mode", "managed"))
    assert "`made1`" in words(again)
    assert links(there)[0].version == 3


def test_nobody_signs_in_where_it_is_not_set_up() -> None:
    there = with_link()
    there.services.sign_in = False

    told = there.run("referral mode", option("code", "spring-video"), option("mode", "targeted"))

    assert "must store the application's client secret first" in told.content
    assert links(there)[0].mode is Mode.MANAGED


def test_owners_do_not_change_modes() -> None:
    there = with_link()

    told = there.run(
        "referral mode", option("code", "spring-video"), option("mode", "added"), rights=0
    )

    assert "Manage Server" in words(told)
    assert links(there)[0].mode is Mode.MANAGED
