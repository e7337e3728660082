"""The log and staff commands, from the member who types them to bucket and table."""

import asyncio
import csv
import io
import urllib.request
from typing import Any

import pytest

from infra.local.system import System
from infra.practice import NotSendableError, Outcome
from infra.practice.interactions import payload
from infra.practice.interactions.person import Person
from tests.e2e.answers import button_of, text_of
from tests.e2e.town import Town, watched
from tests.e2e.watching import eventually, item, joined, ledger_lines

pytestmark = [pytest.mark.asyncio(loop_scope="module"), pytest.mark.timeout(300)]

LINK = "https://vantage.example/ref/travis"


async def ask(system: System, town: Town, line: str, **options: Any) -> Outcome:  # noqa: ANN401
    """Have the owner run a command."""
    given = {name.rstrip("_"): value for name, value in options.items()}
    return await system.practice.run_command(town.id, town.owner, line, given)


async def press(
    system: System, town: Town, shown: Outcome, label: str, by: str | None = None
) -> Outcome:
    """Have the owner press a button, and wait until the message that carries it has changed."""
    clicked = await system.practice.click(town.id, by or town.owner, *button_of(shown, label))

    def changed() -> Outcome | None:
        now = system.practice.outcome(clicked.interaction_id)
        return now if text_of(now) != text_of(shown) else None

    return await eventually(changed, patience=30)


def fetch(link: str) -> tuple[str, str]:
    """Fetch a file as a browser does."""
    with urllib.request.urlopen(link, timeout=10) as answer:  # noqa: S310 - our own emulator
        return answer.read().decode("utf-8-sig"), answer.headers["Content-Disposition"]


async def test_a_referral_goes_from_the_staff_list_to_an_upgrade(system: System) -> None:
    # Given a staff member with a mapping, who has brought somebody
    town = await watched(system, 1)
    code, inviter = next(iter(town.codes.items()))
    empty = await ask(system, town, "/staff list")
    saved = await ask(system, town, "/staff set", user=inviter, ib_link=LINK, ib_code="TRAVIS123")
    member = system.practice.join(town.id, code, user="referred").user_id
    await joined(system, town.id, 1)
    await eventually(lambda: item(system, town.id, f"M#{member}"))

    # When the member is looked up and the upgrade is assigned, twice
    shown = await ask(system, town, "/lookup_user_invite", user=member)
    done = await press(system, town, shown, "Assign to IB")
    listed = await ask(system, town, "/staff list")
    report = await ask(system, town, "/staff report")

    # Then the lookup tells everything, by the ledger
    assert "The staff list is empty" in text_of(empty)
    assert "TRAVIS123" in text_of(saved)
    for part in (inviter, code, "referred", LINK, "TRAVIS123", "Ledger, line"):
        assert part in text_of(shown)
    assert shown.ephemeral

    # And the upgrade is one line of the ledger, and one row
    assert f"Recorded for <@{inviter}> by <@{town.owner}>" in text_of(done)
    upgrades = [line for line in ledger_lines(system, town.id) if line["type"] == "upgrade"]
    (line,) = upgrades
    assert (line["user_id"], line["staff_id"], line["by"]) == (member, inviter, town.owner)
    assert "TRAVIS123" in line["value"]
    assert item(system, town.id, f"S#upgrade#{member}#{inviter}")
    again = await ask(system, town, "/lookup_user_invite", user=member)
    assert button_of(again, "Assigned to IB")
    with pytest.raises(NotSendableError):
        await press(system, town, again, "Assigned to IB")

    # And list and report know the staff member, until they are removed
    assert "TRAVIS123" in text_of(listed)
    assert "**1 join** · 1 still here" in text_of(report)
    await ask(system, town, "/staff remove", user=inviter)
    assert "The staff list is empty" in text_of(await ask(system, town, "/staff list"))


async def test_nobody_is_looked_up_who_came_before_usher_or_is_a_bot(system: System) -> None:
    town = await watched(system, 1)

    owner = await ask(system, town, "/lookup_user_invite", user=town.owner)
    bot = await ask(system, town, "/lookup_user_invite", user=system.practice.world.bot.id)

    assert "They joined before Usher first saw this server" in text_of(owner)
    assert "Bots are added" in text_of(bot)


async def test_the_log_is_read_page_by_page_while_others_join(system: System) -> None:
    # Given more joins than a page holds
    town = await watched(system, 4)
    codes = list(town.codes)
    for n in range(12):
        system.practice.join(town.id, codes[n % 4], user=f"early{n}")
    await joined(system, town.id, 12)

    # When the page is turned after others have joined
    first = await ask(system, town, "/view_invite_logs")
    for n in range(3):
        system.practice.join(town.id, codes[n], user=f"late{n}")
    await joined(system, town.id, 15)
    second = await press(system, town, first, "Next")

    # Then nobody is shown twice, and nobody is left out
    names = [f"early{n}" for n in range(12)]
    seen = [text_of(page).count(f"**{name}**") for name in names for page in (first, second)]
    assert sum(seen) == 12
    assert "late" not in text_of(second)
    one = await ask(system, town, "/view_invite_logs", invite_code=codes[0])
    assert codes[1] not in text_of(one)


async def test_a_large_export_is_fetched_by_its_link(
    system: System, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Given a server whose files may not be large
    town = await watched(system, 1)
    code = next(iter(town.codes))
    member = system.practice.join(town.id, code, user="fetched").user_id
    await joined(system, town.id, 1)
    monkeypatch.setattr(payload, "FILE_BYTES", 100)

    # When the log is exported
    shown = await ask(system, town, "/export_invite_logs")

    # Then a link for who asked alone leads to the whole file
    assert shown.ephemeral
    assert shown.attachments == []
    said = str(shown.embeds[0]["description"])
    assert "The link ends <t:" in said
    link = said.partition("](")[2].partition(")")[0]
    content, disposition = await asyncio.to_thread(fetch, link)
    assert "invite_logs_" in disposition
    rows = list(csv.DictReader(io.StringIO(content, newline="")))
    assert [(row["User ID"], row["Username"]) for row in rows] == [(f"'{member}", "fetched")]


async def test_counts_that_moved_unseen_are_taken_over_and_credit_nobody(system: System) -> None:
    # Given uses that the listener did not see
    town = await watched(system, 2)
    code, inviter = next(iter(town.codes.items()))
    same = await ask(system, town, "/sync_member_invites")
    await system.kill_listener()
    try:
        system.practice.join(town.id, code, user="unseen")

        # When the counts are compared and repaired
        found = await ask(system, town, "/sync_member_invites")
        done = await press(system, town, found, "Repair")
        after = await ask(system, town, "/sync_member_invites")

        # Then the baseline has moved, and nobody has credit
        assert "They agree." in text_of(same)
        assert f"`{code}` by <@{inviter}>: Discord has 1 use, Usher 0 uses" in text_of(found)
        assert "Repaired **1 difference**" in text_of(done)
        assert "They agree." in text_of(after)
        assert item(system, town.id, f"I#{code}")["uses"]["N"] == "1"
        assert item(system, town.id, f"C#{inviter}") == {}
    finally:
        await system.start_listener()


async def test_a_look_that_discord_refuses_names_the_permission(system: System) -> None:
    town = await watched(system, 1)
    system.practice.faults.answer("GET", f"/guilds/{town.id}/invites", 403)

    told = await ask(system, town, "/sync_member_invites")

    assert "**Manage Server**" in text_of(told)


async def test_the_staff_role_opens_the_commands_once_admins_show_them(
    system: System, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Given a server whose admins show the commands to everybody, in Discord's own settings
    monkeypatch.setattr(Person, "may_use", lambda *_: True)
    town = await watched(system, 2)
    helper, other = town.codes.values()
    town.guild.members[helper].roles.append("4242")
    before = await system.practice.run_command(town.id, helper, "/view_invite_logs")

    # When the staff role is named
    await eventually(lambda: item(system, town.id, "HEAD"))
    system.cloud.dynamodb.put_item(
        TableName=system.table_name,
        Item={
            "pk": {"S": f"G#{town.id}"},
            "sk": {"S": "S#guild#staff_role_id"},
            "value": {"S": "4242"},
        },
    )
    after = await _told(system, town, helper, "No join is on record yet.")
    others = await _told(system, town, other, "or the staff role <@&4242>")

    # Then its members may, and nobody else
    assert "You need Manage Server for that" in text_of(before)
    assert "No join is on record yet." in text_of(after)
    assert "You need Manage Server or the staff role <@&4242>" in text_of(others)


async def _told(system: System, town: Town, member: str, part: str) -> Outcome:
    """Ask until it is so: a warm container may remember the role of ten seconds ago."""
    async with asyncio.timeout(60):
        while True:
            shown = await system.practice.run_command(town.id, member, "/view_invite_logs")
            if part in text_of(shown):
                return shown
