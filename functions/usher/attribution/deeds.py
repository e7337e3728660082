"""From what admins did to ledger lines. Pure."""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Final

from usher.contracts.deeds import Deed, InvitesGranted, SettingChanged, UpgradeAssigned
from usher.contracts.observation import Observation
from usher.ids import UserId
from usher.ledger.lines import Line, LineType, deed_id, event_id
from usher.staff.queries import upgrade_setting

DEEDS: Final = (InvitesGranted, SettingChanged, UpgradeAssigned)


def deeds_of(observation: Observation) -> tuple[Deed, ...]:
    """Pick the deeds among an observation's events."""
    return tuple(event for event in observation.events if isinstance(event, DEEDS))


def resets_of(observation: Observation) -> frozenset[UserId]:
    """Name the members of whom it must be known how much was added before."""
    return frozenset(
        deed.user_id
        for deed in deeds_of(observation)
        if isinstance(deed, InvitesGranted) and deed.invites is None
    )


def record_deeds(
    observation: Observation, added: Mapping[UserId, int], seq: tuple[int, int] = (0, 0)
) -> Iterator[Line]:
    """Write deeds as lines; `added` is what each member reset here had been granted before.

    `seq` is the place in the ledger's order from which they go on.

    A reset says how much it takes away, so that the ledger can be summed up without the table.
    """
    now = Counter(added)
    version, place = seq
    written: set[str] = set()
    for deed in deeds_of(observation):
        line = replace(_line(observation, deed, now), seq=(version, place))
        if line.event_id in written:
            continue
        written.add(line.event_id)
        place += 1
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
        case UpgradeAssigned(user_id=user_id, staff_id=staff_id):
            return Line(
                type=LineType.UPGRADE,
                event_id=event_id("upgrade", guild_id, user_id, staff_id),
                timestamp=deed.at,
                guild_id=guild_id,
                user_id=user_id,
                joined_at=None,
                word=None,
                staff_id=staff_id,
                by=deed.by,
                name=upgrade_setting(user_id, staff_id),
                value=deed.mapping,
            )
