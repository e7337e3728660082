"""From what admins did to ledger lines. Pure."""

from collections import Counter
from collections.abc import Iterator, Mapping

from usher.contracts.deeds import Deed, InvitesGranted, SettingChanged
from usher.contracts.observation import Observation
from usher.ids import UserId
from usher.ledger.lines import Line, LineType, deed_id


def deeds_of(observation: Observation) -> tuple[Deed, ...]:
    """Pick the deeds among an observation's events."""
    return tuple(e for e in observation.events if isinstance(e, InvitesGranted | SettingChanged))


def resets_of(observation: Observation) -> frozenset[UserId]:
    """Name the members of whom it must be known how much was added before."""
    return frozenset(
        deed.user_id
        for deed in deeds_of(observation)
        if isinstance(deed, InvitesGranted) and deed.invites is None
    )


def record_deeds(observation: Observation, added: Mapping[UserId, int]) -> Iterator[Line]:
    """Write deeds as lines; `added` is what each member reset here had been granted before.

    A reset says how much it takes away, so that the ledger can be summed up without the table.
    """
    now = Counter(added)
    for deed in deeds_of(observation):
        line = _line(observation, deed, now)
        now[line.staff_id or deed.by] += line.delta or 0
        yield line


def _line(observation: Observation, deed: Deed, added: Mapping[UserId, int]) -> Line:
    guild_id = observation.guild_id
    match deed:
        case InvitesGranted(user_id=user_id, invites=invites):
            return Line(
                type=LineType.GRANT,
                event_id=deed_id(guild_id, deed.id),
                timestamp=deed.at,
                guild_id=guild_id,
                user_id=None,
                joined_at=None,
                word=None,
                delta=-added.get(user_id, 0) if invites is None else invites,
                staff_id=user_id,
                by=deed.by,
            )
        case SettingChanged():
            return Line(
                type=LineType.SETTING,
                event_id=deed_id(guild_id, deed.id),
                timestamp=deed.at,
                guild_id=guild_id,
                user_id=None,
                joined_at=None,
                word=None,
                by=deed.by,
                name=deed.name,
                value=deed.value,
            )
