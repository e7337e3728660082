"""From a guild's recorded lines to Observations, as the listener would have sent them."""

from collections.abc import Iterator
from datetime import UTC, datetime

from gateway_listener.errors import ObserveError
from gateway_listener.look import invite_look, vanity_look
from gateway_listener.memberships import Memberships
from gateway_listener.observe import translate
from gateway_listener.records import audit_entries, members_found, members_searched, own_deeds
from infra.replay.lines import Line, RecordingError
from usher.contracts.discord_invites import names_of
from usher.contracts.observation import GatewayEvent, InviteLook, Observation, VanityLook
from usher.ids import GuildId, UserId


class GuildSession:
    """Gathers one guild's lines; an answer to INVITES or VANITY ends what was gathered.

    The two answers of one look stand on neighbouring lines, in either order.
    """

    def __init__(self, guild_id: GuildId) -> None:
        self._guild_id = guild_id
        self._memberships = Memberships(datetime.min.replace(tzinfo=UTC))
        self._events: list[GatewayEvent] = []
        self._look: InviteLook | None = None
        self._vanity: VanityLook | None = None
        self._names: tuple[tuple[UserId, str], ...] = ()
        self._gap = False
        self._at: datetime | None = None
        self._sent = 0

    def take(self, line: Line) -> Iterator[Observation]:
        """Take one line and yield the observations that it completes; raises RecordingError."""
        try:
            yield from self._take(line)
        except ObserveError as error:
            raise RecordingError(line.number, f"{line.type}: {error.reason}") from error

    def _take(self, line: Line) -> Iterator[Observation]:
        if line.type == "INVITES":
            if self._look is not None:
                yield from self.flush()
            self._look = invite_look(line.data, line.at)
            self._names = names_of(line.data)
        elif line.type == "VANITY":
            if self._vanity is not None:
                yield from self.flush()
            self._vanity = vanity_look(line.data, line.at)
        elif line.type == "GAP":
            yield from self.flush()
            self._memberships.heard_since(line.at)
            self._gap = True
            return
        else:
            if self._look is not None or self._vanity is not None:
                yield from self.flush()
            events = _events(line)
            if not events:
                return
            told = self._memberships.told
            self._events.extend(told(self._guild_id, event) for event in events)
        self._at = max(line.at, self._at or line.at)

    def flush(self) -> Iterator[Observation]:
        """Yield what is gathered, if anything."""
        if self._at is None:
            return
        self._sent += 1
        yield Observation(
            id=f"replay.{self._guild_id}.{self._sent}",
            guild_id=self._guild_id,
            guild_name="",
            at=self._at,
            events=tuple(self._events),
            look=self._look,
            vanity=self._vanity,
            gap=self._gap,
            names=self._names,
        )
        self._events, self._names = [], ()
        self._look = self._vanity = self._at = None
        self._gap = False


def _events(line: Line) -> tuple[GatewayEvent, ...]:
    """Read the events of a line that is no look; raises ObserveError."""
    match line.type:
        case "MEMBERS":
            return members_found(line.data, line.at)
        case "MEMBERS_SEARCH":
            return members_searched(line.data, line.at)
        case "AUDIT_LOG":
            return audit_entries(line.data)
        case "USHER":
            return own_deeds(line.data, line.at)
        case _ if isinstance(line.data, dict):
            event = translate(line.type, line.data, line.at)
            return () if event is None else (event,)
        case _:
            return ()
