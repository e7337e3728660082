"""What the interactions door does with a request: verify, parse, route, answer or defer."""

import json
import time
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Final, Protocol

from interactions.http import BODY_LIMIT, HttpRequest, HttpResponse, read_event, respond
from interactions.verify import Verifier
from usher.frozen import frozen
from usher.slash import replies
from usher.slash.calls import Call
from usher.slash.completing import Suggestion
from usher.slash.errors import MalformedError, UserError
from usher.slash.interaction import Interaction, InteractionKind, read_interaction
from usher.slash.modals import Modal
from usher.slash.presses import Presses
from usher.slash.routes import Routes
from usher.slash.say import later, say, speaking

_FAILED: Final = later("That did not work just now. Please try again in a moment.")


class Deferrals(Protocol):
    """Where deferred commands go."""

    def defer(self, interaction: Mapping[str, object]) -> None:
        """Hand an interaction to the command worker, or raise."""
        ...


class Log(Protocol):
    """What the door tells its operators; a powertools Logger fits."""

    def info(self, msg: object, /, *, extra: Mapping[str, object]) -> None:
        """Say what happened."""

    def exception(self, msg: object, /, *, extra: Mapping[str, object]) -> None:
        """Say what failed, with the traceback."""


@frozen
class Door[S]:
    """Answers Discord's POST requests. Nothing that is signed makes it fail."""

    verifier: Verifier
    router: Routes
    services: S
    deferrals: Deferrals
    presses: Presses
    clock: Callable[[], datetime]
    log: Log
    failed: Callable[[], None] = lambda: None
    """Told of each command that failed."""

    def answer(self, event: Mapping[str, object]) -> HttpResponse:
        """Map an API Gateway event to its response: 200, 400, 401 or 413."""
        request = read_event(event)
        if request is not None and len(request.body) > BODY_LIMIT:
            return respond(413, {"error": "body too large"})
        if request is None or not self._accepts(request):
            return respond(401, {"error": "invalid request signature"})
        try:
            interaction = read_interaction(json.loads(request.body))
        except (MalformedError, ValueError, RecursionError):
            return respond(400, {"error": "not an interaction"})
        return respond(200, self._react(interaction))

    def _accepts(self, request: HttpRequest) -> bool:
        return self.verifier.accepts(request.headers, request.body, self.clock())

    def _react(self, interaction: Interaction) -> replies.Json:
        match interaction.kind:
            case InteractionKind.PING:
                return replies.pong()
            case InteractionKind.COMMAND | InteractionKind.COMPONENT | InteractionKind.MODAL:
                with speaking(interaction.locale):
                    return self._run(interaction)
            case InteractionKind.AUTOCOMPLETE:
                with speaking(interaction.locale):
                    return replies.suggestions(self._suggest(interaction))

    def _suggest(self, interaction: Interaction) -> list[Suggestion]:
        """Suggest what may be typed; nothing where that fails, since nobody waits for it."""
        try:
            found = self.router.complete(interaction)
            return found.run(self.services, self.clock()) if found else []
        except UserError:
            return []
        except Exception as error:
            told: dict[str, object] = {
                "interaction_id": interaction.id,
                "guild_id": interaction.guild_id,
            }
            self.log.exception("no suggestions", extra=told | {"error": type(error).__name__})
            return []

    def _run(self, interaction: Interaction) -> replies.Json:
        started = time.perf_counter()
        told: dict[str, object] = {
            "interaction_id": interaction.id,
            "guild_id": interaction.guild_id,
        }
        try:
            call = self._call(interaction)
            told["command"] = call.command.name
            body = self._result(call)
        except UserError as error:
            body = replies.answer(replies.sentence(error.sentence))
        except Exception as error:  # the member must hear of it: a 5xx tells them nothing
            told |= {"error": type(error).__name__, "duration_ms": _since(started)}
            self.log.exception("command failed", extra=told)
            self.failed()
            return replies.answer(replies.sentence(say(_FAILED)))
        self.log.info("command answered", extra=told | {"duration_ms": _since(started)})
        return body

    def _call(self, interaction: Interaction) -> Call:
        if interaction.kind is InteractionKind.COMMAND:
            return self.router.route(interaction)
        press = self.presses.pressed(interaction, self.clock())
        return self.router.press(interaction, press)

    def _result(self, call: Call) -> replies.Json:
        if call.command.defer:
            # Queued first: a deferral that nobody follows up shows "thinking" for 15 minutes.
            self.deferrals.defer(call.interaction.raw)
            if call.edits:
                return replies.deferred_update()
            return replies.deferral(ephemeral=call.ephemeral)
        now = self.clock()
        answer = call.run(self.services, now)
        if isinstance(answer, Modal):
            return self.presses.opening(answer, call.guild_id, call.user_id, now)
        reply = self.presses.drawn(answer, call.guild_id, call.user_id, now)
        if call.edits:
            return replies.update(reply)
        return replies.answer(reply, ephemeral=call.ephemeral)


def _since(started: float) -> float:
    return round((time.perf_counter() - started) * 1000, 1)
