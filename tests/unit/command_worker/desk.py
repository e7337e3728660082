"""Running log and staff commands through the worker's door, and reading what it answers."""

import json
from collections.abc import Sequence

from tests.contract import schema
from tests.unit.command_worker.test_door import Worker, record
from tests.unit.slash.fakes import FakeServices
from tests.unit.slash.payloads import MANAGE_GUILD, OTHER, data, interaction, press, user
from usher.contracts.deferred import DeferredCommand
from usher.slash.replies import Reply, message

ROLE = "539082325061836999"
"""The role that the payloads' member has."""


class Desk:
    """A worker that is asked again and again."""

    def __init__(self) -> None:
        self.services = FakeServices()
        self.worker = Worker(self.services)
        self._asked = 0

    def run(
        self,
        line: str,
        *options: object,
        rights: int = MANAGE_GUILD,
        resolved: object = None,
        **changes: object,
    ) -> Reply:
        """Run a command and return the edit of its reply."""
        named = resolved or {"users": {OTHER: user(OTHER, "ida")}}
        body = data(line, *options, resolved=named)
        return self._ask(interaction(2, body, permissions=rights, **changes))

    def press(
        self,
        reply: Reply,
        label: str,
        *,
        rights: int = MANAGE_GUILD,
        **changes: object,
    ) -> Reply:
        """Press a button of a reply and return the edit of its message."""
        return self._ask(press(reply.components, label, permissions=rights) | changes)

    def refused(self, reply: Reply, label: str, rights: int = MANAGE_GUILD) -> str:
        """Press a button and return the sentence that is told beside the message."""
        edits = len(self.worker.webhook.edits)
        self._send(press(reply.components, label, permissions=rights))
        assert len(self.worker.webhook.edits) == edits
        told = self.worker.webhook.follow_ups[-1][1]
        assert told.ephemeral
        return told.content

    def forget_asking(self) -> None:
        """Let the next interaction be the last one again, as the queue may deliver it twice."""
        self._asked -= 1

    def _ask(self, asked: dict[str, object]) -> Reply:
        edits = len(self.worker.webhook.edits)
        self._send(asked)
        assert len(self.worker.webhook.edits) == edits + 1, self.worker.webhook.follow_ups
        reply = self.worker.webhook.edits[-1][1]
        parts = tuple(f"files[{number}]" for number in range(len(reply.files)))
        assert schema.webhook_edit(json.loads(json.dumps(message(reply))), parts) == []
        return reply

    def _send(self, asked: dict[str, object]) -> None:
        self._asked += 1
        asked["id"] = str(786008729715212338 + self._asked)
        assert self.worker.work(record(DeferredCommand(asked).encode())) == []


def words(reply: Reply) -> str:
    """Everything that a reply says."""
    parts = [reply.content]
    for embed in reply.embeds:
        parts += [embed.title, embed.description, embed.footer]
        parts += [f"{field.name}: {field.value}" for field in embed.fields]
    return "\n".join(part for part in parts if part)


def labels(reply: Reply) -> dict[str, bool]:
    """The buttons of a reply, and which of them can be pressed."""
    rows: Sequence[object] = reply.components
    found = [button for row in rows if isinstance(row, dict) for button in row["components"]]
    return {button["label"]: not button["disabled"] for button in found}
