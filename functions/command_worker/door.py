"""What the command worker does with a message: run the command, edit the reply."""

import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final, Protocol

from command_worker.waiting import waiting
from usher.contracts.deferred import DeferredCommand
from usher.contracts.errors import ContractError
from usher.platform.discord_rest import RateLimitedError, UnauthorizedError
from usher.platform.discord_webhook import (
    WebhookGoneError,
    WebhookRefusedError,
    WebhookUnavailableError,
)
from usher.slash.calls import Call
from usher.slash.errors import MalformedError, UserError
from usher.slash.interaction import Interaction, InteractionKind, read_interaction
from usher.slash.modals import Modal
from usher.slash.presses import Presses
from usher.slash.replies import Reply, sentence
from usher.slash.routes import Routes
from usher.slash.say import later, say, speaking

TOKEN_LIFE: Final = timedelta(minutes=15)
"""How long an interaction's token serves follow-ups (Discord docs)."""

_FAILED: Final = later("That did not work. Please try again in a moment.")
_REFUSED: Final = later("The answer could not be shown. Please try again with less at once.")


class Webhook(Protocol):
    """Where replies are edited."""

    def edit_original(self, token: str, reply: Reply) -> None:
        """Replace "thinking", or the message of a pressed button; raises a WebhookError."""
        ...

    def follow_up(self, token: str, reply: Reply) -> None:
        """Say something beside it; raises a WebhookError."""
        ...


class Log(Protocol):
    """What the door tells its operators; a powertools Logger fits."""

    def info(self, msg: object, /, *, extra: Mapping[str, object]) -> None:
        """Say what happened."""

    def warning(self, msg: object, /, *, extra: Mapping[str, object]) -> None:
        """Say what was given up."""

    def exception(self, msg: object, /, *, extra: Mapping[str, object]) -> None:
        """Say what failed, with the traceback."""


@dataclass(frozen=True, slots=True)
class Door[S]:
    """Runs deferred commands. Commands must bear repetition: the queue delivers at least once."""

    router: Routes
    services: S
    presses: Presses
    webhook: Webhook
    clock: Callable[[], datetime]
    log: Log
    after: Callable[[], None] = lambda: None
    """Done when a batch is settled."""
    failed: Callable[[], None] = lambda: None
    """Told of each command that failed, or whose answer did not arrive."""

    def work(self, event: Mapping[str, object]) -> dict[str, object]:
        """Map an SQS event to the messages that should come again (partial batch response)."""
        records = event.get("Records")
        failed = [
            {"itemIdentifier": record["messageId"]}
            for record in (records if isinstance(records, list) else ())
            if not self._settled(record)
        ]
        self.after()
        return {"batchItemFailures": failed}

    def _settled(self, record: Mapping[str, object]) -> bool:
        """Whether the message is done with; False to see it again and at last in the DLQ."""
        told: dict[str, object] = {"message_id": record.get("messageId")}
        try:
            command = DeferredCommand.decode(str(record.get("body")))
            interaction = read_interaction(command.interaction)
        except (ContractError, MalformedError):
            self.log.exception("not a deferred command", extra=told)
            return False
        told |= {"interaction_id": interaction.id, "guild_id": interaction.guild_id}
        if self._expired(record):
            self.log.warning("interaction expired before its command ran", extra=told)
            self.failed()
            return True
        with speaking(interaction.locale):
            return self._answered(interaction, told)

    def _answered(self, interaction: Interaction, told: dict[str, object]) -> bool:
        started = time.perf_counter()
        call: Call | None = None
        show = self.webhook.edit_original
        try:
            call = self._call(interaction, told)
            reply = self._reply(call, told)
        except UserError as error:
            reply = sentence(error.sentence)
            # What cannot be done must not take the place of the message with the button.
            if call.edits if call else interaction.on_message:
                show = self.webhook.follow_up
        told["duration_ms"] = round((time.perf_counter() - started) * 1000, 1)
        return self._deliver(interaction.token, show, (reply, sentence(say(_REFUSED))), told)

    def _expired(self, record: Mapping[str, object]) -> bool:
        """Tell from when SQS took the message, the same moment as the deferral but for a blink."""
        attributes = record.get("attributes")
        sent = attributes.get("SentTimestamp") if isinstance(attributes, dict) else None
        if sent is None:
            return False
        return self.clock() - datetime.fromtimestamp(int(sent) / 1000, UTC) > TOKEN_LIFE

    def _call(self, interaction: Interaction, told: Mapping[str, object]) -> Call:
        """Find what is asked for; raises UserError."""
        with self._failing(told):
            if interaction.kind is InteractionKind.COMMAND:
                return self.router.route(interaction)
            return self.router.press(interaction, self.presses.pressed(interaction, self.clock()))

    def _reply(self, call: Call, told: dict[str, object]) -> Reply:
        """Run the command; raises UserError with what the member may read."""
        now = self.clock()
        told["command"] = call.command.name
        with self._failing(told):
            answer = call.run(self.services, now)
            if isinstance(answer, Modal):
                raise TypeError(f"{call.command.name}: too late for a form")
            return self.presses.drawn(answer, call.guild_id, call.user_id, now)

    @contextmanager
    def _failing(self, told: Mapping[str, object]) -> Iterator[None]:
        """Turn what fails into a UserError, at once: the next delivery is minutes away."""
        try:
            yield
        except UserError:
            raise
        except (RateLimitedError, UnauthorizedError) as error:
            self.log.warning("Discord may not be asked", extra={**told, "status": error.status})
            raise UserError(waiting(error)) from error
        except Exception as error:
            self.log.exception("command failed", extra={**told, "error": type(error).__name__})
            self.failed()
            raise UserError(say(_FAILED)) from error

    def _deliver(
        self,
        token: str,
        show: Callable[[str, Reply], None],
        replies: Iterable[Reply],
        told: Mapping[str, object],
    ) -> bool:
        """Show the first reply that Discord takes."""
        for reply in replies:
            try:
                show(token, reply)
            except WebhookRefusedError as error:
                refused = {"status": error.status, "code": error.code}
                self.log.exception("reply refused", extra={**told, **refused})
            except WebhookGoneError as error:
                gone = {"status": error.status, "code": error.code}
                self.log.warning("reply given up", extra={**told, **gone})
                return True
            except WebhookUnavailableError:
                self.log.exception("reply not delivered, the message comes again", extra=told)
                self.failed()
                return False
            else:
                self.log.info("command answered", extra=told)
                return True
        return True
