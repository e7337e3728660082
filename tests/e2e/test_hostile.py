"""Every command with what somebody types who wishes ill, at the real doors: answered, not broken.

And nothing that is secret is in what the whole system has logged meanwhile.
"""

from __future__ import annotations

import json
from pathlib import Path
from random import Random
from typing import Any

import pytest
import pytest_asyncio

from infra.local.settings import ALERTS_SECRET, CLIENT_SECRET, TOKEN_SECRET
from infra.local.system import System
from infra.practice.entities import Channel
from infra.practice.errors import ApiError
from infra.practice.interactions.desk import Desk
from infra.practice.interactions.records import Interaction, InteractionType, Phase
from infra.practice.interactions.resolving import Place
from tests.e2e.logs import every_line
from tests.e2e.town import Town, watched
from tests.e2e.watching import eventually
from tests.hostile import asked, typed
from usher.catalogue import ROUTER

pytestmark = [pytest.mark.asyncio(loop_scope="module"), pytest.mark.timeout(600)]

SEED = 20_261_129


class Visitor:
    """Somebody who may do everything and sends what no client would let them."""

    def __init__(self, system: System, town: Town) -> None:
        self._desk: Desk = system.practice._desk
        self._place = Place(_channel(town), town.owner, town.guild)
        self.sent: list[Interaction] = []
        self.refused: list[str] = []

    async def send(self, kind: InteractionType, name: str, what: dict[str, Any]) -> None:
        interaction = self._desk.open(kind, name, self._place)
        self.sent.append(interaction)
        try:
            await self._desk.send(interaction, what)
        except ApiError as error:
            self.refused.append(f"{name}: {error.body}")

    def broken(self) -> list[str]:
        return [
            f"{one.name}: {one.failure}" for one in self.sent if one.phase is Phase.FAILED
        ] + self.refused

    def waiting(self) -> list[str]:
        return [one.name for one in self.sent if one.phase is Phase.THINKING]


def _channel(town: Town) -> Channel:
    """Where they are."""
    channel = town.guild.place(town.guild.system_channel_id)
    assert channel is not None
    return channel


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def visitor(system: System) -> Visitor:
    """Who has sent every command what no client would, and every option what is typed into it."""
    visitor, draw = Visitor(system, await watched(system, 1)), Random(SEED)  # noqa: S311
    todo = [
        (InteractionType.COMMAND, command.name, asked(command, draw))
        for command in ROUTER.commands()
        for _ in range(2)
    ]
    todo += [
        (InteractionType.AUTOCOMPLETE, f"{command.name} {name}", what)
        for command in ROUTER.commands()
        for name, what in typed(command)
    ]
    for one in todo:
        await visitor.send(*one)
    await eventually(lambda: not visitor.waiting(), patience=240)
    return visitor


async def test_every_command_answers_what_is_typed_with_ill_will(
    system: System, visitor: Visitor
) -> None:
    assert visitor.broken() == []
    lines = every_line(system)
    failed = [line for line in lines if '"level":"ERROR"' in line or "Traceback" in line]
    assert failed == []
    left = system.cloud.sqs.get_queue_attributes(
        QueueUrl=system.outputs["CommandsDeadLetterQueueUrl"],
        AttributeNames=["ApproximateNumberOfMessages"],
    )
    assert left["Attributes"]["ApproximateNumberOfMessages"] == "0"


async def test_nothing_secret_is_in_any_log(system: System, visitor: Visitor) -> None:
    secrets = {
        name: system.cloud.secrets.get_secret_value(SecretId=name)["SecretString"]
        for name in (TOKEN_SECRET, CLIENT_SECRET, ALERTS_SECRET)
    }
    tokens = [one.token for one in visitor.sent]
    assert len(tokens) > 100

    logged = "\n".join(every_line(system))

    assert "command answered" in logged
    assert [name for name, secret in secrets.items() if secret in logged] == []
    assert [token for token in tokens if token in logged] == []
    assert "Bot " + secrets[TOKEN_SECRET][:8] not in logged
    assert json.dumps(secrets[TOKEN_SECRET]) not in logged


def _environment_of(pid: int | None) -> str:
    return Path(f"/proc/{pid}/environ").read_bytes().decode()


async def test_nothing_secret_is_in_any_environment(system: System) -> None:
    secrets = [
        system.cloud.secrets.get_secret_value(SecretId=name)["SecretString"]
        for name in (TOKEN_SECRET, CLIENT_SECRET, ALERTS_SECRET)
    ]
    functions = system.cloud.functions.list_functions()["Functions"]
    given = {
        f"{function['FunctionName']} {name}": value
        for function in functions
        for name, value in function["Environment"]["Variables"].items()
    }
    assert system.listener is not None
    own = _environment_of(system.listener.pid)

    assert len(functions) > 5
    assert [name for name, value in given.items() if value in secrets] == []
    assert [secret for secret in secrets if secret in own] == []
