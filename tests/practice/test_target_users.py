"""Invites for certain users only, and invites that give roles."""

import json

import aiohttp
import pytest

from infra.practice import ApiError, Permission, Practice
from tests.practice.conftest import FakeClock
from tests.practice.rest import Body, Rest
from tests.practice.test_permissions import restrict, role_id


def form_of(file: bytes, **fields: str) -> aiohttp.FormData:
    form = aiohttp.FormData()
    for name, value in fields.items():
        form.add_field(name, value)
    form.add_field("target_users_file", file, filename="users.csv", content_type="text/csv")
    return form


async def create(practice: Practice, rest: Rest, form: aiohttp.FormData, status: int = 200) -> Body:
    path = f"/channels/{practice.guild.system_channel_id}/invites"
    return await rest.call("POST", path, data=form, expect=status)


def refused_to(practice: Practice, code: str, user_id: str) -> int:
    with pytest.raises(ApiError) as refused:
        practice.join(practice.guild.id, code, user_id)
    return refused.value.refusal.code


@pytest.mark.asyncio
async def test_only_the_named_users_may_come_in_and_only_once_they_are_processed(
    practice: Practice, rest: Rest, clock: FakeClock
) -> None:
    robin, kim, sam = (practice.add_user(name) for name in ("Robin", "Kim", "Sam"))
    file = f"user_id\n{robin.id}\n{kim.id}\n{robin.id}\n".encode()
    created = await create(practice, rest, form_of(file, max_age="600", max_uses="2"))
    code = created["code"]
    assert (created["max_age"], created["max_uses"]) == (600, 2)
    status = await rest.get(f"/invites/{code}/target-users/job-status")
    assert (status["status"], status["total_users"], status["completed_at"]) == (1, 2, None)
    assert refused_to(practice, code, robin.id) == 10006

    clock.advance(seconds=1)

    status = await rest.get(f"/invites/{code}/target-users/job-status")
    assert (status["status"], status["processed_users"]) == (2, 2)
    assert refused_to(practice, code, sam.id) == 10006
    assert practice.guild.invites[code].uses == 0
    practice.join(practice.guild.id, code, robin.id)
    member = practice.join(practice.guild.id, code, kim.id)
    assert (member.source_invite_code, member.source_inviter_id) == (code, practice.application_id)
    assert code not in practice.guild.invites


@pytest.mark.asyncio
async def test_the_list_is_read_and_changed(
    practice: Practice, rest: Rest, clock: FakeClock
) -> None:
    people = [practice.add_user(f"Guest {number}").id for number in range(4)]
    code = (await create(practice, rest, form_of(people[0].encode())))["code"]
    place = f"/invites/{code}/target-users"
    await rest.call("PUT", place, data=form_of("\r\n".join(people[:2]).encode()), expect=204)
    clock.advance(seconds=1)
    await rest.call("PUT", f"{place}/{people[2]}", expect=204)
    await rest.call("POST", f"{place}/bulk-add", {"user_ids": people[2:]}, expect=204)
    await rest.call("DELETE", f"{place}/{people[0]}", expect=204)
    assert (await rest.get(place)).splitlines() == ["user_id", *people[1:]]
    await rest.call("POST", f"{place}/bulk-delete", {"user_ids": people[2:]}, expect=204)
    assert refused_to(practice, code, people[2]) == 10006
    practice.join(practice.guild.id, code, people[1])


@pytest.mark.asyncio
@pytest.mark.parametrize(
    ("file", "problems"),
    [
        (b"user_id\nabc\n", ["Line 2: invalid user ID format"]),
        (
            b"12345678901234567\n0\n",
            ["Line 2: invalid user ID - must be a valid Discord snowflake"],
        ),
        (b"user_id\n", ["The file names no users"]),
    ],
)
async def test_a_file_with_something_else_is_refused(
    practice: Practice, rest: Rest, file: bytes, problems: list[str]
) -> None:
    answer = await create(practice, rest, form_of(file), status=400)
    assert answer["target_users_file"] == problems
    assert len(practice.guild.invites) == 4


@pytest.mark.asyncio
async def test_reading_and_changing_others_lists_needs_permission(
    practice: Practice, rest: Rest
) -> None:
    guild = practice.guild
    target = practice.add_user("Robin").id
    code = practice.create_invite(guild.id, guild.owner_id, target_user_ids=(target,))
    place = f"/invites/{code}/target-users"
    restrict(practice, Permission.VIEW_AUDIT_LOG)
    await rest.get(place)
    await rest.refused("DELETE", f"{place}/{target}", status=403, code=50013)
    restrict(practice, Permission.NONE)
    await rest.refused("GET", f"{place}/job-status", status=403, code=50013)
    restrict(practice, Permission.MANAGE_GUILD)
    await rest.call("DELETE", f"{place}/{target}", expect=204)
    await rest.refused("GET", "/invites/JonasOpen7/target-users", status=404, code=10006)
    await rest.refused("POST", f"{place}/bulk-add", {"user_ids": []}, status=400, code=50035)


@pytest.mark.asyncio
async def test_an_invite_gives_its_roles(practice: Practice, rest: Rest) -> None:
    regular = role_id(practice, "Regular")
    path = f"/channels/{practice.guild.system_channel_id}/invites"
    created = await rest.call("POST", path, {"role_ids": [regular], "unique": True})
    assert [role["name"] for role in created["roles"]] == ["Regular"]
    listed = {item["code"]: item for item in await rest.get(f"/guilds/{practice.guild.id}/invites")}
    assert "roles" in listed[created["code"]]
    assert "roles" not in listed["JonasOpen7"]
    member = practice.join(practice.guild.id, created["code"], "Robin")
    assert member.roles == [regular]


@pytest.mark.asyncio
async def test_roles_and_targets_come_together_in_one_form(practice: Practice, rest: Rest) -> None:
    robin, regular = practice.add_user("Robin"), role_id(practice, "Regular")
    practice.faults.target_users_take(0)
    form = form_of(robin.id.encode())
    form.add_field("payload_json", json.dumps({"role_ids": [regular], "max_uses": 1}))
    code = (await create(practice, rest, form))["code"]
    assert practice.join(practice.guild.id, code, robin.id).roles == [regular]
    plain = form_of(robin.id.encode(), role_ids=regular, unique="true")
    assert (await create(practice, rest, plain))["roles"][0]["id"] == regular


@pytest.mark.asyncio
async def test_a_similar_invite_with_other_roles_is_another(practice: Practice, rest: Rest) -> None:
    regular = role_id(practice, "Regular")
    path = f"/channels/{practice.guild.system_channel_id}/invites"
    codes = [
        (await rest.call("POST", path, body))["code"]
        for body in ({}, {}, {"role_ids": [regular]}, {"role_ids": [regular]})
    ]
    assert codes[0] == codes[1] != codes[2] == codes[3]


@pytest.mark.asyncio
@pytest.mark.parametrize("role", ["Founder", "Usher"])
async def test_no_role_above_the_bot_is_given(practice: Practice, rest: Rest, role: str) -> None:
    path = f"/channels/{practice.guild.system_channel_id}/invites"
    body = {"role_ids": [role_id(practice, role)]}
    await rest.refused("POST", path, body, status=403, code=50013)


@pytest.mark.asyncio
async def test_no_role_that_may_do_more_is_given(practice: Practice, rest: Rest) -> None:
    path = f"/channels/{practice.guild.system_channel_id}/invites"
    body = {"role_ids": [role_id(practice, "Regular")]}
    basic = Permission.CREATE_INSTANT_INVITE
    restrict(practice, basic)
    await rest.refused("POST", path, body, status=403, code=50013)
    restrict(practice, basic | Permission.MANAGE_ROLES)
    await rest.call("POST", path, body)
    staff = {"role_ids": [role_id(practice, "Staff")]}
    await rest.refused("POST", path, staff, status=403, code=50013)
    await rest.refused("POST", path, {"role_ids": ["1"]}, status=404, code=10011)
