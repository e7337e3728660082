"""From a join in Discord to a signed webhook at somebody's own program, through all deployed."""

import json
import re
from dataclasses import dataclass, field
from typing import Any

import pytest
from aiohttp import web
from standardwebhooks.webhooks import Webhook

from infra.local.system import System
from tests.e2e.answers import text_of
from tests.e2e.town import Town, watched
from tests.e2e.watching import eventually, item

pytestmark = [pytest.mark.asyncio(loop_scope="module"), pytest.mark.timeout(240)]


@dataclass
class Receiver:
    """Somebody's own program."""

    port: int = 0
    status: int = 200
    taken: list[tuple[dict[str, str], bytes]] = field(default_factory=list)

    async def start(self) -> web.AppRunner:
        app = web.Application()
        app.router.add_post("/usher", self._take)
        runner = web.AppRunner(app)
        await runner.setup()
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        self.port = runner.addresses[0][1]
        return runner

    async def _take(self, request: web.Request) -> web.Response:
        self.taken.append((dict(request.headers), await request.read()))
        return web.Response(status=self.status, text="thanks")

    def verified(self, secret: str) -> list[dict[str, Any]]:
        """What the library of Standard Webhooks lets through; it raises for the rest."""
        return [Webhook(secret).verify(body, headers) for headers, body in self.taken]


async def ask(system: System, town: Town, line: str, **options: str) -> str:
    outcome = await system.practice.run_command(town.id, town.owner, line, options)
    return text_of(outcome)


async def test_a_join_arrives_signed_at_a_program_that_listens(system: System) -> None:
    # Given a program that listens
    receiver = Receiver()
    runner = await receiver.start()
    town = await watched(system, 1)
    url = f"http://127.0.0.1:{receiver.port}/usher"
    said = await ask(system, town, "/webhook create", url=url, description="CRM")
    secret = re.findall(r"whsec_[A-Za-z0-9+/=]+", said)[0]
    name = re.findall(r"we_[0-9a-f]{12}", said)[0]
    await eventually(lambda: item(system, town.id, "S#guild#webhooks"))

    # When it is tried
    said = await ask(system, town, "/webhook test", name=name)

    # Then it took the test
    assert "It took the test. 200 in" in said, said

    # When somebody joins, and goes
    (code,) = town.codes
    user = system.practice.join(town.id, code, user="ana").user_id
    await eventually(lambda: len(receiver.taken) >= 4, patience=40)
    system.practice.leave(town.id, user)
    await eventually(lambda: len(receiver.taken) >= 6, patience=40)

    # Then everything that happened was told once, signed, without a name
    events = receiver.verified(secret)
    kinds = sorted(one["type"] for one in events)
    assert kinds == sorted(
        [
            *("webhook.test", "join.recorded", "join.attributed"),
            *("credit.granted", "credit.reversed", "member.left"),
        ]
    )
    attributed = next(one["data"] for one in events if one["type"] == "join.attributed")
    assert attributed["inviter_id"] == town.codes[code]
    assert (attributed["code"], attributed["user_id"]) == (code, user)
    assert b"ana" not in b"".join(body for _, body in receiver.taken)
    ids = [headers["webhook-id"] for headers, _ in receiver.taken]
    assert len(set(ids)) == len(ids)

    # And what was sent can be sent again, under the id that it had
    log = await ask(system, town, "/webhook show", name=name)
    assert "taken" in log
    said = await ask(system, town, "/webhook replay", name=name, event=ids[-1])
    assert "being sent again" in said
    await eventually(lambda: len(receiver.taken) >= 7, patience=40)
    again = receiver.taken[-1]
    assert again[0]["webhook-id"] == ids[-1]
    assert json.loads(again[1])["type"] == events[-1]["type"]
    await runner.cleanup()
