"""What the event worker asks of Discord is done there, once."""

import pytest

from infra.local.system import System
from tests.e2e.town import configure, watched
from tests.e2e.watching import eventually
from usher.limits.table import ROUTES

pytestmark = [pytest.mark.asyncio(loop_scope="module"), pytest.mark.timeout(120)]


async def test_a_join_is_told_in_the_log_channel(system: System) -> None:
    # Given a guild whose joins are to be told in a channel
    town = await watched(system, 1)
    channel = next(iter(town.guild.channels.values()))
    await configure(system, town, join_log_channel_id=channel.id)

    # When somebody joins
    code = next(iter(town.codes))
    system.practice.join(town.id, code, user="told")

    # Then one message of the bot tells of it and mentions nobody
    def said() -> list[str]:
        bot = system.practice.world.bot.id
        messages = system.practice.messages(channel.id)
        return [message.content for message in messages if message.author_id == bot]

    (sentence,) = await eventually(said, patience=30)
    assert "told" in sentence
    assert code in sentence

    # And what Discord said of its limits is known to whoever calls next
    key = {"pk": {"S": ROUTES}, "sk": {"S": "R"}}
    known = system.cloud.dynamodb.get_item(TableName=system.table_name, Key=key)["Item"]
    assert "POST /channels/{}/messages" in known
