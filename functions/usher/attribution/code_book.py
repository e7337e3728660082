"""The codes of one guild while an observation is decided."""

from collections.abc import Mapping

from usher.attribution.model import CodeState, CodeStatus
from usher.ids import InviteCode


class CodeBook:
    """The guild's codes while one observation is read; remembers which changed."""

    def __init__(self, codes: Mapping[InviteCode, CodeState]) -> None:
        self._codes = dict(codes)
        self._changed: set[InviteCode] = set()

    def get(self, code: InviteCode) -> CodeState | None:
        """The code's state, if it was ever seen."""
        return self._codes.get(code)

    def put(self, state: CodeState) -> None:
        """Keep a state; it counts as changed when it differs."""
        if self._codes.get(state.code) != state:
            self._codes[state.code] = state
            self._changed.add(state.code)

    def active(self) -> list[CodeState]:
        """Codes not known to have ended."""
        return [s for s in self._codes.values() if s.status is CodeStatus.ACTIVE]

    def every(self) -> list[CodeState]:
        """All codes at hand, ended ones too."""
        return list(self._codes.values())

    def changed(self) -> tuple[CodeState, ...]:
        """The states that differ from those given, in order of code."""
        return tuple(self._codes[code] for code in sorted(self._changed))
