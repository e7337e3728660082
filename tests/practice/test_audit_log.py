"""The audit log: filters, order, pages, age."""

import pytest

from infra.practice import Permission, Practice
from tests.practice.conftest import FakeClock
from tests.practice.rest import Rest
from tests.practice.test_permissions import restrict


@pytest.fixture
def path(practice: Practice) -> str:
    return f"/guilds/{practice.guild.id}/audit-logs"


async def ids(rest: Rest, path: str, query: str) -> list[str]:
    answer = await rest.get(f"{path}?{query}")
    return [entry["id"] for entry in answer["audit_log_entries"]]


@pytest.mark.asyncio
async def test_pages_lead_back_by_before_and_on_by_after(
    practice: Practice, rest: Rest, path: str
) -> None:
    for _ in range(9):
        practice.create_invite(practice.guild.id, practice.guild.owner_id)
    oldest_first = [entry.id for entry in practice.guild.audit_log]
    newest_first = oldest_first[::-1]
    paged: list[str] = []
    while page := await ids(rest, path, f"limit=4&before={paged[-1] if paged else 2**62}"):
        paged += page
    assert paged == newest_first == await ids(rest, path, "limit=100")
    paged = []
    while page := await ids(rest, path, f"limit=4&after={paged[-1] if paged else 0}"):
        paged += page
    assert paged == oldest_first


@pytest.mark.asyncio
async def test_filters_by_action_and_person(practice: Practice, rest: Rest, path: str) -> None:
    guild = practice.guild
    theo = guild.invites["TheoWk25"].inviter_id or ""
    code = practice.create_invite(guild.id, theo)
    practice.delete_invite(guild.id, code)
    robin = practice.join(guild.id, "JonasOpen7", "Robin")
    practice.kick(guild.id, robin.user_id, by=theo, reason="noise")

    async def kinds(query: str) -> list[int]:
        answer = await rest.get(f"{path}?{query}")
        return [entry["action_type"] for entry in answer["audit_log_entries"]]

    assert await kinds("") == [20, 42, 40]
    assert await kinds("action_type=40") == [40]
    assert await kinds(f"user_id={theo}") == [20, 40]
    assert await kinds(f"user_id={theo}&action_type=20") == [20]
    assert await kinds(f"target_id={robin.user_id}") == [20]
    answer = await rest.get(f"{path}?action_type=20")
    assert answer["audit_log_entries"][0]["reason"] == "noise"
    assert {user["id"] for user in answer["users"]} == {theo, robin.user_id}


@pytest.mark.asyncio
async def test_an_invite_created_and_consumed_unseen_stands_in_the_log(
    practice: Practice, rest: Rest, path: str
) -> None:
    code = practice.create_invite(practice.guild.id, practice.guild.owner_id, max_uses=1)
    practice.join(practice.guild.id, code, "Robin")
    (entry,) = (await rest.get(f"{path}?action_type=40"))["audit_log_entries"]
    told = {change["key"]: change["new_value"] for change in entry["changes"]}
    assert (told["code"], told["max_uses"], told["uses"]) == (code, 1, 0)
    assert told["inviter_id"] == practice.guild.owner_id


@pytest.mark.asyncio
async def test_entries_are_kept_for_forty_five_days(
    practice: Practice, rest: Rest, path: str, clock: FakeClock
) -> None:
    practice.create_invite(practice.guild.id, practice.guild.owner_id)
    clock.advance(days=45)
    assert len(await ids(rest, path, "")) == 1
    clock.advance(seconds=1)
    assert await ids(rest, path, "") == []


@pytest.mark.asyncio
@pytest.mark.parametrize("query", ["before=x", "after=x", "limit=101", "action_type=kick"])
async def test_a_wrong_query_is_a_form_error(rest: Rest, path: str, query: str) -> None:
    await rest.refused("GET", f"{path}?{query}", status=400, code=50035)


@pytest.mark.asyncio
async def test_it_needs_its_permission(practice: Practice, rest: Rest, path: str) -> None:
    restrict(practice, Permission.MANAGE_GUILD)
    await rest.refused("GET", path, status=403, code=50013)
