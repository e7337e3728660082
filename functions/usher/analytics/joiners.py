"""How many different people there are in a set that can be added up. Pure.

Numbers of different people of two hours cannot be added, sets can. Small ones are kept as they
are; of large ones a HyperLogLog of 2,048 registers is kept, which tells their number to within some
2 % (Flajolet and others, 2007) and does not grow. Both follow from the set alone. People stand in
them as 64 bits of a hash, so that no row of statistics names anybody.
"""

from base64 import b64decode, b64encode
from collections.abc import Iterable
from dataclasses import dataclass
from hashlib import blake2b
from math import log
from typing import Final, Self

from usher.ids import UserId

MOST_KEPT: Final = 500
"""People up to whom a stored set is exact."""
BITS: Final = 11
REGISTERS: Final = 1 << BITS
_RANKS: Final = 64 - BITS
LINEAR: Final = 2.5 * REGISTERS
"""Up to here the number of empty registers tells more than the others do."""
_ALPHA: Final = 0.7213 / (1 + 1.079 / REGISTERS)
_ID_BYTES: Final = 8


@dataclass(frozen=True, slots=True)
class Joiners:
    """A set of people, hashed; `registers` alone once it is too large to be kept."""

    ids: frozenset[int] = frozenset()
    registers: bytes = b""

    @classmethod
    def of(cls, users: Iterable[UserId]) -> Self:
        """Take people."""
        return cls(frozenset(map(_hashed, users)))

    @property
    def exact(self) -> bool:
        """Whether their number is known for sure."""
        return not self.registers

    def __add__(self, other: Self) -> Self:
        """Unite."""
        if self.exact and other.exact:
            return type(self)(self.ids | other.ids)
        pairs = zip(self._sketch(), other._sketch(), strict=True)
        return type(self)(registers=bytes(max(pair) for pair in pairs))

    def count(self) -> int:
        """Say how many they are, about where they are not kept."""
        if self.exact:
            return len(self.ids)
        empty = self.registers.count(0)
        few = REGISTERS * log(REGISTERS / empty) if empty else LINEAR
        if few < LINEAR:
            return round(few)
        return round(_ALPHA * REGISTERS**2 / sum(2.0**-rank for rank in self.registers))

    def _sketch(self) -> bytes:
        if not self.exact:
            return self.registers
        registers = bytearray(REGISTERS)
        for id_ in self.ids:
            place, rest = id_ >> _RANKS, id_ & ((1 << _RANKS) - 1)
            registers[place] = max(registers[place], _RANKS - rest.bit_length() + 1)
        return bytes(registers)

    def write(self) -> str:
        """Write as text: ids in order, or registers."""
        if self.exact and len(self.ids) <= MOST_KEPT:
            ids = b"".join(id_.to_bytes(_ID_BYTES) for id_ in sorted(self.ids))
            return "i" + b64encode(ids).decode()
        return "r" + b64encode(self._sketch()).decode()

    @classmethod
    def read(cls, text: str) -> Self:
        """Undo `write`; raises ValueError."""
        content = b64decode(text[1:])
        if text[:1] == "r" and len(content) == REGISTERS:
            return cls(registers=content)
        if text[:1] != "i" or len(content) % _ID_BYTES:
            raise ValueError("joiners")
        cuts = range(0, len(content), _ID_BYTES)
        return cls(frozenset(int.from_bytes(content[cut : cut + _ID_BYTES]) for cut in cuts))


def _hashed(user_id: UserId) -> int:
    return int.from_bytes(blake2b(user_id.encode(), digest_size=_ID_BYTES).digest())
