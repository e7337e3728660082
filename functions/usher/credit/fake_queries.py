"""What can be asked about fake rules. Light, for the front loads it."""

from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from usher.credit.fake import Rules
from usher.ids import GuildId, UserId


@dataclass(slots=True)
class Survey:
    """What a recount would change; nothing is changed by it."""

    looked: int = 0
    """Members looked at, each with the latest membership."""
    fake: int = 0
    """Memberships that become fake."""
    genuine: int = 0
    """Memberships that are fake no more."""
    reasons: int = 0
    """Memberships that stay fake, by other rules."""
    held: int = 0
    """Changes among these of members whose inviter is open: they count once it is known."""
    gained: Counter[str] = field(default_factory=Counter)
    """Memberships by the rule that holds of them anew."""
    lost: Counter[str] = field(default_factory=Counter)
    """Memberships by the rule that holds of them no more."""
    inviters: Counter[UserId] = field(default_factory=Counter)
    """By how much the effective invites of inviters would change, where they would."""
    whole: bool = True
    """Everybody was looked at."""

    @property
    def changes(self) -> int:
        """Memberships of which something else would be said."""
        return self.fake + self.genuine + self.reasons


class FakeRules(Protocol):
    """A guild's rules as commands see them. Methods may raise AWS errors."""

    def rules(self, guild_id: GuildId) -> Rules:
        """Read the rules in force."""
        ...

    def survey(self, guild_id: GuildId, rules: Rules) -> Survey:
        """Look at everybody, and say what judging them by these rules would change."""
        ...

    def begin(
        self, guild_id: GuildId, run: str, by: UserId, rules: Rules, now: datetime, token: str
    ) -> None:
        """Have everybody judged again; `token` is the interaction's, for showing progress."""
        ...
