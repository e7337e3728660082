"""What locking a channel changes, worked out before anything is changed. Pure (SPEC 7.7)."""

from collections.abc import Iterable
from hashlib import sha256

from usher.channels.bits import ALL, essential, in_guild, is_staff, settable, taken
from usher.channels.merging import Touched
from usher.channels.model import Channel, Overwrite
from usher.frozen import frozen
from usher.ids import RoleId
from usher.rewards.hierarchy import Hall


@frozen
class Plan:
    """A lock that is to be."""

    touched: tuple[Touched, ...]
    """In the order in which they are to be changed: Usher keeps its own say first."""
    spared: tuple[RoleId, ...] = ()
    """Roles of staff that may go on writing because the channel says so."""
    beyond: tuple[str, ...] = ()
    """Roles and members whose say Usher cannot take, as mentions show them."""
    missing: int = 0
    """Bits without which there is no lock, and which Usher may not set."""


def plan(channel: Channel, hall: Hall, parent: Channel | None) -> Plan:
    """Work out a lock; nothing touched where nobody could write anyway."""
    may = settable(hall, channel, parent)
    bits = taken(channel.kind) & may
    everyone = channel.overwrite(hall.guild_id)
    shut = _shut(everyone or Overwrite(hall.guild_id), bits)
    missing = essential(channel.kind) & ~may & ~shut[0].deny
    touched = [*_own(channel, hall, bits), Touched(*shut, everyone is not None)]
    spared: list[RoleId] = []
    beyond: list[str] = []
    own = {hall.guild_id, hall.own_id, *hall.own_roles}
    for one in channel.overwrites:
        if one.id in own or not one.allow & taken(channel.kind):
            continue
        role = None if one.member else hall.roles.get(RoleId(one.id))
        if role is not None and is_staff(role):
            spared += [] if role.managed else [role.role_id]
            continue
        if one.allow & taken(channel.kind) & ~may:
            beyond.append(mention(one))
        bare = Overwrite(one.id, one.member, one.allow & ~bits, one.deny)
        touched.append(Touched(one, bare, existed=True))
    changes = tuple(one for one in touched if one.before != one.after)
    if all(one.before.id == hall.own_id for one in changes):
        changes = ()  # it is shut already, and then Usher's own say need not be secured
    return Plan(changes, tuple(spared), tuple(beyond), missing)


def mention(overwrite: Overwrite) -> str:
    """Show whose overwrite it is."""
    return f"<@{overwrite.id}>" if overwrite.member else f"<@&{overwrite.id}>"


def fingerprint(overwrites: Iterable[Overwrite]) -> str:
    """Name the whole of a channel's overwrites, in whatever order they are told."""
    said = sorted(f"{one.id}:{one.allow}:{one.deny}" for one in overwrites)
    return sha256("|".join(said).encode()).hexdigest()[:16]


def locked(channel: Channel, touched: Iterable[Touched]) -> tuple[Overwrite, ...]:
    """Say what a channel's overwrites are once a lock holds."""
    after = {one.id: one for one in channel.overwrites} | {
        one.after.id: one.after for one in touched
    }
    return tuple(after.values())


def same(one: Iterable[Overwrite], other: Iterable[Overwrite]) -> bool:
    """Whether overwrites are the same: Discord calls a channel so synchronised."""
    return fingerprint(one) == fingerprint(other)


def _shut(one: Overwrite, bits: int) -> tuple[Overwrite, Overwrite]:
    return one, Overwrite(one.id, one.member, one.allow & ~bits, one.deny | bits)


def _own(channel: Channel, hall: Hall, bits: int) -> list[Touched]:
    """Let Usher go on writing there; an administrator does anyway."""
    if in_guild(hall) == ALL:
        return []
    found = channel.overwrite(hall.own_id)
    before = found or Overwrite(hall.own_id, member=True)
    after = Overwrite(hall.own_id, True, before.allow | bits, before.deny & ~bits)
    return [Touched(before, after, found is not None)]
