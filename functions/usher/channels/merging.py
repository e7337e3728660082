"""What a lock changes of overwrites, and how it is undone: a three-way merge, bit by bit. Pure.

A bit that still stands as the lock left it goes back to what it was before. A bit that somebody has
changed meanwhile is theirs and stays.
"""

from usher.channels.model import Overwrite
from usher.frozen import frozen


@frozen
class Touched:
    """One overwrite before a lock and as the lock leaves it."""

    before: Overwrite
    after: Overwrite
    existed: bool
    """Whether there was one before, even an empty one."""

    @property
    def gives(self) -> bool:
        """Whether it lets somebody do more than before, as a lock lets Usher."""
        return bool(self.after.allow & ~self.before.allow)


@frozen
class Step:
    """One change of a channel's overwrites."""

    overwrite: Overwrite
    remove: bool = False


def applied(touched: Touched, now: Overwrite | None) -> Step | None:
    """Say what makes a lock hold; None where it does already.

    Of an overwrite that was changed since the lock was written down, all else stays.
    """
    before, after = touched.before, touched.after
    held = now or Overwrite(after.id, after.member)
    changed = _changed(before, after)
    wanted = _mixed(held, after, changed)
    return None if now is not None and wanted == now else Step(wanted)


def undone(touched: Touched, now: Overwrite | None) -> Step | None:
    """Say what undoes a lock; None where there is nothing left to undo."""
    before, after = touched.before, touched.after
    if now is None:
        # Who removes an overwrite changes every bit of it. One without bits may be gone by itself.
        if not after.empty or not touched.existed:
            return None
        return Step(before)
    back = _changed(before, after) & ~_changed(after, now)
    wanted = _mixed(now, before, back)
    if wanted.empty and not touched.existed:
        return Step(wanted, remove=True)
    return None if wanted == now else Step(wanted)


def _changed(one: Overwrite, other: Overwrite) -> int:
    """Collect the bits in which two overwrites differ."""
    return (one.allow ^ other.allow) | (one.deny ^ other.deny)


def _mixed(here: Overwrite, there: Overwrite, bits: int) -> Overwrite:
    """Take some bits from another overwrite."""
    return Overwrite(
        here.id,
        here.member,
        here.allow & ~bits | there.allow & bits,
        here.deny & ~bits | there.deny & bits,
    )
