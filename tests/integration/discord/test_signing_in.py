"""The sign-in's own clients, of the practice Discord: its page, its tokens, its refusals."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass

import aiohttp
import pytest
import pytest_asyncio
import urllib3
from yarl import URL

from infra.practice import Permission, Practice, PracticeServer
from tests.integration.discord.community import Token
from tests.practice.test_permissions import restrict
from tests.unit.slash.fakes import FakeLog
from usher.ids import ChannelId, GuildId, InviteCode, UserId
from usher.platform.discord_oauth import DiscordOAuth
from usher.platform.discord_rest import DiscordRest
from usher.referrals.discord_door import DiscordDoor
from usher.referrals.discord_identity import DiscordIdentity
from usher.referrals.entering import Ending, NoEntryError, Readiness, Signed, Standing
from usher.referrals.model import Mode
from usher.referrals.sign_in_rules import authorize_url, challenge_of

pytestmark = pytest.mark.asyncio

BACK = "https://usher.example/api/discord/signed-in"
VERIFIER = "v" * 43


@dataclass
class World:
    """A guild, and Usher's clients."""

    practice: Practice
    base: str
    door: DiscordDoor
    identity: DiscordIdentity
    log: FakeLog

    @property
    def guild(self) -> GuildId:
        return GuildId(self.practice.guild.id)

    @property
    def channel(self) -> ChannelId:
        return ChannelId(self.practice.guild.system_channel_id or "")

    async def code(self, name: str, mode: Mode = Mode.ADDED, *, verifier: str = VERIFIER) -> str:
        """Sign in on Discord's page as somebody new."""
        url = authorize_url(
            self.base.removesuffix("/api/v10"),
            self.practice.application_id,
            mode,
            BACK,
            "state",
            challenge_of(verifier),
        )
        form = {"name": name, "decision": "authorize"}
        async with (
            aiohttp.ClientSession() as client,
            client.post(URL(url, encoded=True), data=form, allow_redirects=False) as answer,
        ):
            assert answer.status == 303, await answer.text()
            back = URL(answer.headers["Location"])
        assert str(back.with_query(None)) == BACK
        assert back.query["state"] == "state"
        return back.query["code"]

    async def sign_in(self, name: str, mode: Mode = Mode.ADDED) -> Signed:
        code = await self.code(name, mode)
        return await asyncio.to_thread(self.identity.signed_in, code, VERIFIER, BACK)


@pytest_asyncio.fixture
async def world() -> AsyncIterator[World]:
    practice, log = Practice(), FakeLog()
    practice.register_redirect(BACK)
    async with PracticeServer(practice) as server:
        pool = urllib3.PoolManager(maxsize=4)
        rest = DiscordRest(server.api_base, Token(practice.bot_token), pool)
        secret = Token(practice.client_secret)
        oauth = DiscordOAuth(server.api_base, practice.application_id, secret, pool)
        yield World(practice, server.api_base, DiscordDoor(rest), DiscordIdentity(oauth, log), log)
        pool.clear()


async def refusal(call: object, *args: object) -> Ending:
    with pytest.raises(NoEntryError) as caught:
        await asyncio.to_thread(call, *args)  # type: ignore[arg-type]
    return caught.value.ending


async def test_who_signs_in_is_known_and_added_once(world: World) -> None:
    ada = await world.sign_in("Ada")

    assert world.practice.world.user(ada.user_id).global_name == "Ada"
    assert await asyncio.to_thread(world.door.standing, world.guild, ada.user_id) == "stranger"
    assert await asyncio.to_thread(world.door.add, world.guild, ada)
    assert ada.user_id in world.practice.guild.members
    assert not await asyncio.to_thread(world.door.add, world.guild, ada)
    assert await asyncio.to_thread(world.door.standing, world.guild, ada.user_id) == "member"


async def test_a_code_works_once_and_only_with_its_verifier(world: World) -> None:
    code = await world.code("Ada")
    await asyncio.to_thread(world.identity.signed_in, code, VERIFIER, BACK)
    assert await refusal(world.identity.signed_in, code, VERIFIER, BACK) is Ending.REFUSED

    for verifier, back in (("w" * 43, BACK), (VERIFIER, f"{BACK}/other")):
        code = await world.code("Ada")
        assert await refusal(world.identity.signed_in, code, verifier, back) is Ending.REFUSED


async def test_a_wrong_secret_is_ours_to_mend(world: World) -> None:
    code = await world.code("Ada")
    wrong = DiscordOAuth(
        world.base, world.practice.application_id, Token("wrong"), urllib3.PoolManager()
    )
    identity = DiscordIdentity(wrong, world.log)

    assert await refusal(identity.signed_in, code, VERIFIER, BACK) is Ending.UNSET
    assert "invalid_client" in str(world.log.lines)
    assert await refusal(DiscordIdentity(None, world.log).signed_in, "", "", "") is Ending.UNSET
    wrong.pool.clear()


async def test_discord_being_down_is_told_as_such(world: World) -> None:
    code = await world.code("Ada")
    world.practice.faults.answer("POST", "/oauth2/token", 503)

    assert await refusal(world.identity.signed_in, code, VERIFIER, BACK) is Ending.UNAVAILABLE


async def test_an_invite_is_for_one_person_when_its_list_is_ready(world: World) -> None:
    ada = await world.sign_in("Ada", Mode.TARGETED)
    world.practice.faults.target_users_take(60)

    code = await asyncio.to_thread(world.door.invite, world.channel, ada.user_id, "Link")

    assert await asyncio.to_thread(world.door.ready, code) is Readiness.PENDING
    invite = world.practice.guild.invites[code]
    assert invite.targets is not None
    invite.targets.completed_at = invite.targets.created_at
    assert await asyncio.to_thread(world.door.ready, code) is Readiness.READY
    assert (invite.max_uses, invite.max_age) == (1, 600)
    world.practice.join(world.guild, code, ada.user_id)
    assert await asyncio.to_thread(world.door.ready, code) is Readiness.GONE


async def test_a_token_without_the_scope_adds_nobody(world: World) -> None:
    ada = await world.sign_in("Ada", Mode.TARGETED)

    assert await refusal(world.door.add, world.guild, ada) is Ending.REFUSED
    other = Signed(UserId("1"), ada.token)
    assert await refusal(world.door.add, world.guild, other) is Ending.REFUSED


async def test_bans_and_missing_permissions_are_told_apart(world: World) -> None:
    ada = await world.sign_in("Ada")
    world.practice.ban(world.guild, ada.user_id)

    assert await asyncio.to_thread(world.door.standing, world.guild, ada.user_id) == "banned"
    assert await refusal(world.door.add, world.guild, ada) is Ending.BANNED
    restrict(world.practice, Permission.NONE)
    stands = await asyncio.to_thread(world.door.standing, world.guild, ada.user_id)
    assert stands is Standing.STRANGER  # it may not see bans, and Discord says so later
    assert await refusal(world.door.add, world.guild, ada) is Ending.UNABLE
    assert await refusal(world.door.invite, world.channel, ada.user_id, "x") is Ending.UNABLE
    gone = InviteCode("nothing")
    assert await asyncio.to_thread(world.door.ready, gone) is Readiness.GONE
