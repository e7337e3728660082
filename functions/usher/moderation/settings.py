"""What a server has set about moderation: the group `mod` of its settings. Pure."""

import json
from collections.abc import Mapping
from datetime import timedelta
from typing import Final

from usher.frozen import frozen
from usher.ids import ChannelId, RoleId
from usher.moderation.ladder import DEFAULT, Rung, read_ladder
from usher.slash.say import ENGLISH

GROUP: Final = "mod"
LOG: Final = "log_channel_id"
REPORTS: Final = "report_channel_id"
DM: Final = "dm"
REASONS: Final = "reasons"
PRESETS: Final = "presets"
ROLES: Final = "roles"
APPEALS: Final = "appeals"
APPEAL_LINK: Final = "appeal_link"
LADDER: Final = "ladder"
EXPIRY: Final = "expiry_days"
LOCALE: Final = "locale"
MUTES: Final = "guild#mutes"
"""The setting by which members who come back are looked at: `on` once there is a long mute."""
OFF: Final = "off"
ON: Final = "on"

STANDARD_EXPIRY: Final = 90
"""Days that a warning counts, unless a server says otherwise."""
MOST_PRESETS: Final = 25
MOST_ROLES: Final = 10
PRESET_LENGTH: Final = 100


@frozen
class ModSettings:
    """How a server moderates."""

    log_channel_id: ChannelId | None = None
    report_channel_id: ChannelId | None = None
    """Where reports and appeals go; the log where none is set."""
    dm: bool = True
    """Members are told what was done about them."""
    reasons: bool = False
    """No sanction without a reason, where the command itself could do without."""
    presets: tuple[str, ...] = ()
    """Reasons that are suggested."""
    roles: frozenset[RoleId] = frozenset()
    """The moderators' roles."""
    appeals: bool = False
    """Members may ask for another look at a case."""
    appeal_link: str = ""
    """Where those do who are gone or muted, and so cannot use commands."""
    ladder: tuple[Rung, ...] = DEFAULT
    expiry: timedelta | None = timedelta(days=STANDARD_EXPIRY)
    """How long a warning counts; None for always."""
    locale: str = ENGLISH
    """The language of log and direct messages."""

    @property
    def desk(self) -> ChannelId | None:
        """Where reports and appeals go."""
        return self.report_channel_id or self.log_channel_id


def read_settings(values: Mapping[str, str]) -> ModSettings:
    """Read the group by its keys; what no release writes counts as the default."""

    def channel(key: str) -> ChannelId | None:
        return ChannelId(values[key]) if values.get(key) else None

    days = values.get(EXPIRY, "")
    count = int(days) if days.isdecimal() else STANDARD_EXPIRY
    return ModSettings(
        log_channel_id=channel(LOG),
        report_channel_id=channel(REPORTS),
        dm=values.get(DM) != OFF,
        reasons=values.get(REASONS) == ON,
        presets=tuple(json.loads(values.get(PRESETS) or "[]")),
        roles=frozenset(RoleId(one) for one in values.get(ROLES, "").split(",") if one),
        appeals=values.get(APPEALS) == ON,
        appeal_link=values.get(APPEAL_LINK, ""),
        ladder=read_ladder(values.get(LADDER)),
        expiry=timedelta(days=count) if count else None,
        locale=values.get(LOCALE) or ENGLISH,
    )


def setting(key: str) -> str:
    """Name a setting in full."""
    return f"{GROUP}#{key}"
