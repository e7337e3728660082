"""Every fault that can be asked for, in one place."""

from dataclasses import dataclass, field
from datetime import timedelta

from infra.practice.faults.answers import FOREVER, AnswerFault, AnswerFaults, Lapse
from infra.practice.faults.dispatches import DispatchFaults
from infra.practice.gateway.sessions import Hub
from infra.practice.json_types import Json

INDEX_LAG = timedelta(seconds=20)
TARGET_USERS_TAKE = timedelta(seconds=1)


@dataclass(slots=True)
class IndexFault:
    """The member index is being built: so many answers of 202. `retry_after` in seconds."""

    times: int = 0
    retry_after: int = 0


@dataclass(slots=True)
class Lags:
    """What is behind: counts and the member index, and how long target users take."""

    counts: timedelta = timedelta(0)
    index: timedelta = INDEX_LAG
    target_users: timedelta = TARGET_USERS_TAKE
    hidden_uses: dict[str, frozenset[str]] = field(default_factory=dict)
    index_fault: IndexFault = field(default_factory=IndexFault)

    def hides_uses(self, guild_id: str, code: str) -> bool:
        """Tell whether an invite is to be listed without its counts."""
        codes = self.hidden_uses.get(guild_id)
        return codes is not None and (not codes or code in codes)


class Faults:
    """Things going wrong at Discord; each method makes one do so until `clear`, or `times` times.

    Kinds are names of gateway events (`GUILD_MEMBER_ADD`), None being all. Seconds of lags are
    those of the world's clock, of delays those of the event loop, which must run then.
    """

    def __init__(self, hub: Hub) -> None:
        self._hub = hub
        self.dispatches = DispatchFaults()
        self.answers = AnswerFaults()
        self.lags = Lags()

    def refuse_resume(self, times: int = 1) -> None:
        """Answer the next RESUMEs with an invalid session: what was missed is lost."""
        self._hub.resumes_to_refuse = times

    def drop_resume(self, times: int = 1) -> None:
        """Drop the connections of the next RESUMEs; the sessions stay."""
        self._hub.resumes_to_drop = times

    def drop_connections(self, code: int | None = None) -> None:
        """Close every gateway connection with a code; None drops them without a word."""
        self._hub.drop_connections(code)

    def lose_dispatches(self, kind: str | None, times: int = 1) -> None:
        """Lose the next dispatches of a kind: no session ever sees them."""
        self.dispatches.lose(kind, times)

    def delay_dispatches(self, kind: str | None, seconds: float) -> None:
        """Deliver dispatches of a kind late, in order among themselves; 0 ends it."""
        self.dispatches.delay(kind, seconds)

    def hold_dispatches(self, kind: str | None = None) -> None:
        """Hold dispatches of a kind back until `release`."""
        self.dispatches.hold(kind)

    def duplicate(self, kind: str | None, times: int = 1, after: float = 0.0) -> None:
        """Send the next dispatches of a kind twice, the second time `after` seconds later."""
        self.dispatches.duplicate(kind, times, after)

    def reorder(self, window: int, *kinds: str) -> None:
        """Deliver the next `window` dispatches, of the kinds alone where any is named, reversed."""
        self.dispatches.reorder(window, frozenset(kinds))

    def release(self) -> None:
        """Deliver every dispatch that is held, late or waiting for its window."""
        self.dispatches.release()

    def answer(
        self,
        method: str,
        path: str,
        status: int,
        times: int = 1,
        *,
        retry_after: float | None = None,
        scope: str = "user",
        body: Json = None,
        text: str | None = None,
    ) -> None:
        """Answer requests with a status instead of serving them.

        `path` is a pattern below `/api/v10`: `*` stands for one part, `**` for several. The body
        is Discord's own for the status unless given; a `text` is sent as it is, not as JSON.
        `scope` (user, global, shared) is that of a 429, whose `retry_after` is 1 unless given.
        """
        wait = 1.0 if status == 429 and retry_after is None and text is None else retry_after
        self.answers.add(
            AnswerFault(
                method, path, times, Lapse.ANSWERED, status, wait, scope, body=body, text=text
            )
        )

    def stall(self, method: str, path: str, seconds: float, times: int = 1) -> None:
        """Serve requests late."""
        self.answers.add(AnswerFault(method, path, times, Lapse.STALLED, seconds=seconds))

    def lose_answers(self, method: str, path: str, times: int = 1) -> None:
        """Serve requests and drop the connection instead of answering."""
        self.answers.add(AnswerFault(method, path, times, Lapse.LOST))

    def hide_uses(self, guild_id: str, *codes: str) -> None:
        """List a guild's invites, or some of them, without `uses` and the rest of the metadata."""
        self.lags.hidden_uses[guild_id] = frozenset(codes)

    def show_uses(self, guild_id: str) -> None:
        """End `hide_uses`."""
        self.lags.hidden_uses.pop(guild_id, None)

    def lag_counts(self, seconds: float) -> None:
        """Show each use of an invite, or of the vanity code, so much later; 0 ends it."""
        self.lags.counts = timedelta(seconds=seconds)

    def index_lag(self, seconds: float) -> None:
        """Have members-search find new members so much after they came."""
        self.lags.index = timedelta(seconds=seconds)

    def index_unavailable(self, times: int = 1, retry_after: int = 15) -> None:
        """Answer the next members-searches with 202: the index is not yet available."""
        self.lags.index_fault = IndexFault(times, retry_after)

    def target_users_take(self, seconds: float) -> None:
        """Have target users of new invites be processed for so long."""
        self.lags.target_users = timedelta(seconds=seconds)

    def clear(self) -> None:
        """End every fault and deliver what was kept back."""
        self._hub.resumes_to_refuse = self._hub.resumes_to_drop = 0
        self.answers.clear()
        self.lags = Lags()
        self.dispatches.clear()


__all__ = ["FOREVER", "Faults"]
