"""The one way in which names come into the bucket, whoever brings them and however late."""

from usher.ledger.blanking import blanked
from usher.ledger.erasure import Erasure
from usher.ledger.erasures import Erasures
from usher.ledger.names import PERSONAL, ROW, joined_of, owner_of, read_names
from usher.ledger.ports import Objects


def keep(objects: Objects, key: str, content: bytes) -> None:
    """Keep names unless they are kept already, or were erased.

    A join's row is kept without names then: it tells on which day its line lies. May raise
    ErasureError and errors of the bucket.
    """
    owner = owner_of(key)
    erasure = None if owner is None else Erasures(objects).find(*owner)
    if erasure is not None and erasure.covers(joined_of(key, content)):
        bare = nameless(key, content, erasure)
        if bare is None:
            return
        content = bare
    objects.add(key, content)


def nameless(key: str, content: bytes, erasure: Erasure) -> bytes | None:
    """Write what stays under a key once its names are erased; None for nothing.

    Nothing stays of what is no row as Usher writes them: a name could be anywhere in it.
    """
    if not key.endswith(ROW):
        return None
    bare = b"".join(blanked([content], {erasure.user_id: erasure}))
    told = read_names(key, bare)
    return bare if told and not told.keys() & PERSONAL else None
