"""What a lock and a slowmode keep with their term, as text. Pure."""

import json

from usher.channels.merging import Touched
from usher.channels.model import Overwrite
from usher.frozen import frozen
from usher.ids import ChannelId, UserId


@frozen
class Lock:
    """A lock of one channel or thread, written down before anything is changed."""

    by: UserId
    reason: str = ""
    touched: tuple[Touched, ...] = ()
    thread: bool = False
    """It is a thread, which is locked by a flag of its own."""
    parent_id: ChannelId | None = None
    """The category with which the channel was synchronised; None for none."""
    left: str = ""
    """Fingerprint of the overwrites as the lock leaves them."""


@frozen
class ServerLock:
    """A lock of a whole server; its channels have locks of their own, of the same version."""

    by: UserId
    reason: str = ""
    paused_until: str = ""
    """Until when Discord pauses invites and direct messages, as it was told; empty for not."""


@frozen
class Slowmode:
    """A slowmode for a time."""

    seconds: int
    before: int


def write_lock(lock: Lock) -> str:
    """Write a lock."""
    return _write(
        {
            "by": lock.by,
            "reason": lock.reason,
            "touched": [_row(one) for one in lock.touched],
            "thread": lock.thread,
            "parent": lock.parent_id,
            "left": lock.left,
        }
    )


def read_lock(text: str) -> Lock:
    """Read a lock that `write_lock` wrote."""
    fields = json.loads(text)
    parent = fields["parent"]
    return Lock(
        UserId(fields["by"]),
        fields["reason"],
        tuple(_touched(*row) for row in fields["touched"]),
        fields["thread"],
        None if parent is None else ChannelId(parent),
        fields["left"],
    )


def write_server_lock(lock: ServerLock) -> str:
    """Write a server's lock."""
    return _write({"by": lock.by, "reason": lock.reason, "paused": lock.paused_until})


def read_server_lock(text: str) -> ServerLock:
    """Read a server's lock that `write_server_lock` wrote."""
    fields = json.loads(text)
    return ServerLock(UserId(fields["by"]), fields["reason"], fields["paused"])


def write_slowmode(slowmode: Slowmode) -> str:
    """Write a slowmode."""
    return _write({"seconds": slowmode.seconds, "before": slowmode.before})


def read_slowmode(text: str) -> Slowmode:
    """Read a slowmode that `write_slowmode` wrote."""
    fields = json.loads(text)
    return Slowmode(fields["seconds"], fields["before"])


def _write(fields: dict[str, object]) -> str:
    return json.dumps(fields, separators=(",", ":"))


def _row(touched: Touched) -> list[object]:
    """Write permissions as texts: they outgrow what other readers of JSON count exactly."""
    before, after = touched.before, touched.after
    bits = [str(n) for n in (before.allow, before.deny, after.allow, after.deny)]
    return [before.id, before.member, touched.existed, *bits]


def _touched(id_: str, member: bool, existed: bool, *bits: str) -> Touched:
    allow, deny, new_allow, new_deny = map(int, bits)
    before = Overwrite(id_, member, allow, deny)
    return Touched(before, Overwrite(id_, member, new_allow, new_deny), existed)
