"""All doors that an onboarding goes through, over one memory, asked by signed interactions."""

import json
from dataclasses import replace
from datetime import datetime
from typing import Any

from tests.builders import GUILD
from tests.fakes.fuse import fused
from tests.fakes.greeting import NEW
from tests.fakes.onboarding import Stage, shelf
from tests.referring import CODE
from tests.unit.command_worker.test_door import Worker, record
from tests.unit.interactions.doors import Front, event
from tests.unit.onboarding.scene import LOOK, newcomer, stage
from tests.unit.slash.fakes import NOW, FakeServices
from tests.unit.slash.payloads import buttons, interaction, send, slash, user
from usher.contracts.deferred import DeferredCommand
from usher.funnel.ports import Arrival
from usher.ids import UserId
from usher.onboarding.model import Stay
from usher.referrals.model import LinkCode, Question
from usher.slash.presses import Presses, new_token
from usher.slash.replies import Reply, message

ASKED = (
    Question("name", "What is your name?"),
    Question("mail", "Your address", pattern="email"),
    Question("side", "Which side?", choices=("Light", "Dark")),
    Question("age", "Your age", required=False, pattern="number"),
    Question("why", "Why are you here?", long=True),
    Question("more", "Anything else?", required=False),
)
FIRST = (("name", "Ana"), ("mail", "ana@example.com"), ("side", ["Dark"]), ("why", "Friends"))


class Doors:
    """Front, command worker and effects function."""

    def __init__(self, link: LinkCode | None = CODE, **campaign: object) -> None:
        self.stage: Stage = stage(link, NOW, **({"questions": ASKED} | campaign))
        self.stage.people.members[NEW] = replace(newcomer(), joined_at=NOW)
        self.stage.arrivals.held[NEW] = Arrival(NOW, link=link)
        self.stage.now = NOW
        self.services = FakeServices(referrals=self.stage.referrals)
        there = self.stage
        self.services.onboardings = self._fused(there.sessions)
        self.services.arrivals = self._fused(there.arrivals)
        self.services.orders = self._fused(there.orders)
        self.drafts = self.services.drafts
        self.services.drafts = self._fused(self.drafts)
        self.services.answers = shelf(self._fused(self.services.privacy.objects))
        self.presses = Presses(there.kept, new_token)
        self.front = Front(self.services, presses=self.presses)
        self.worker = Worker(self.services, presses=self.presses)
        self.stay = Stay(GUILD, NEW, NOW)

    def later(self, now: datetime) -> None:
        self.stage.now = self.front.now = now

    def welcome(self) -> Any:  # noqa: ANN401 - JSON
        """Let the newcomer be welcomed; return the message's components."""
        self.stage.do(LOOK)
        (body,) = self.stage.door.posted.values()
        return body["components"]

    def ask(self, asked: dict[str, object], who: UserId = NEW, *, direct: bool = False) -> Any:  # noqa: ANN401
        """Send an interaction, let the worker do what was deferred, return what is shown."""
        person = user(who, "ana")
        del asked["guild_id"], asked["member"]
        if direct:
            asked["user"] = person
        else:
            roles: list[str] = []
            held = {"user": person, "roles": roles, "permissions": "0"}
            asked |= {"guild_id": GUILD, "member": held}
        stamp = str(int(self.front.now.timestamp()))
        status, told = self.front.raw(event(json.dumps(asked).encode(), timestamp=stamp))
        assert status == 200
        if told["type"] in (5, 6):
            return self._deferred(told)
        return told

    def press(self, components: object, label: str, **more: Any) -> Any:  # noqa: ANN401
        id_ = buttons(components)[label]["custom_id"]
        return self.ask(interaction(3, {"custom_id": id_, "component_type": 2, "id": 2}), **more)

    def start(self, **more: Any) -> Any:  # noqa: ANN401
        return self.ask(slash("onboarding start"), **more)

    def fill(self, opened: object, *sent: tuple[str, object], **more: Any) -> Any:  # noqa: ANN401
        return self.ask(send(opened, *sent, message={"id": "1"}), **more)

    def settle(self) -> None:
        """Let the effects function do what waits."""
        self.stage.settle()

    def _deferred(self, told: dict[str, Any]) -> Any:  # noqa: ANN401
        command = DeferredCommand(dict(self.front.deferrals.sent[-1])).encode()
        webhook = self.worker.webhook
        edits, extra = len(webhook.edits), len(webhook.follow_ups)
        assert self.worker.work(record(command)) == []
        shown: Reply = (webhook.edits[edits:] + webhook.follow_ups[extra:])[0][1]
        return {"type": told["type"], "data": message(shown), "deferral": told}

    def _fused[T](self, adapter: T) -> T:
        return fused(adapter, lambda: self.stage.fuse)


def content(told: Any) -> str:  # noqa: ANN401 - JSON
    return str(told["data"]["content"])


def fields(opened: Any) -> dict[str, Any]:  # noqa: ANN401 - JSON
    """The inputs of a form by id."""
    return {one["component"]["custom_id"]: one for one in opened["data"]["components"]}
