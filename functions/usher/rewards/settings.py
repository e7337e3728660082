"""What a guild has set about rewards (SPEC 2.4-2.6). Pure."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Final

from usher.frozen import frozen
from usher.ids import ChannelId, RoleId
from usher.rewards.milestones import NUMBERS, TEMPLATE, read_numbers
from usher.rewards.ranks import GROUP, Mode, Rank, in_order, read_rank

REWARDS: Final = "guild#rewards"
"""`on`; off unless set."""
RANK_MODE: Final = "guild#rank_mode"
ADMIN_CHANNEL: Final = "guild#admin_channel_id"
MILESTONE_CHANNEL: Final = "guild#milestone_channel_id"
MILESTONE_MESSAGE: Final = "guild#milestone_message"
MILESTONES: Final = "guild#milestones"
ON: Final = "on"

LONG_AGO: Final = datetime(2015, 1, 1, tzinfo=UTC)
"""Before the first server there was."""


@frozen
class Setting:
    """A setting's value, and since when it has it."""

    value: str
    at: datetime | None = None


@frozen
class RewardSettings:
    """What a guild has set; ranks the first to be reached first."""

    on: bool = False
    ranks: tuple[Rank, ...] = ()
    mode: Mode = Mode.STACK
    admin_channel_id: ChannelId | None = None
    milestone_channel_id: ChannelId | None = None
    milestone_message: str = TEMPLATE
    milestone_numbers: tuple[int, ...] = NUMBERS
    milestones_since: datetime = LONG_AGO
    """What was reached before is no news."""


def read_settings(rows: Mapping[str, Setting]) -> RewardSettings:
    """Read settings by their names; what makes no sense is at its default."""

    def value(name: str) -> str | None:
        return rows[name].value if name in rows else None

    def channel(name: str) -> ChannelId | None:
        return ChannelId(found) if (found := value(name)) else None

    ranks = [
        read_rank(RoleId(name.removeprefix(f"{GROUP}#")), row.value)
        for name, row in rows.items()
        if name.startswith(f"{GROUP}#")
    ]
    changed = [rows[name].at for name in (MILESTONE_CHANNEL, MILESTONES) if name in rows]
    return RewardSettings(
        on=value(REWARDS) == ON,
        ranks=in_order(rank for rank in ranks if rank is not None),
        mode=Mode.HIGHEST if value(RANK_MODE) == Mode.HIGHEST else Mode.STACK,
        admin_channel_id=channel(ADMIN_CHANNEL),
        milestone_channel_id=channel(MILESTONE_CHANNEL),
        milestone_message=value(MILESTONE_MESSAGE) or TEMPLATE,
        milestone_numbers=read_numbers(value(MILESTONES)),
        milestones_since=max((at for at in changed if at is not None), default=LONG_AGO),
    )
