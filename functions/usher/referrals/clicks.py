"""What a request says of who made it: a person, a bot, a prefetch. Pure, given its parsers."""

from collections.abc import Callable, Mapping
from datetime import datetime
from enum import StrEnum
from typing import Final

from usher.frozen import frozen
from usher.ids import GuildId
from usher.referrals.model import CampaignId, LinkCode

TEXT_LENGTH: Final = 512
"""Characters of a header that are kept."""
_AHEAD: Final = ("prefetch", "prerender", "preview")
"""`Sec-Purpose` and its elders: the browser or an app looks ahead, nobody has clicked."""
_COUNTRIES: Final = ("cloudfront-viewer-country", "cf-ipcountry", "x-vercel-ip-country")


class ClickKind(StrEnum):
    """What a click counts as (SPEC 5.3)."""

    HUMAN = "human"
    BOT = "bot"
    """A crawler, an unfurler or a look ahead: kept, flagged, not counted."""
    REPEAT = "repeat"
    """The same visitor within the hour: kept, flagged, not counted."""


@frozen
class Device:
    """What a user agent says of itself."""

    kind: str = ""
    """`mobile`, `tablet`, `desktop`, or empty."""
    browser: str = ""
    system: str = ""


@frozen
class Request:
    """What of a request is looked at. Header names are in lower case."""

    method: str
    headers: Mapping[str, str]
    address: str
    """The caller's; used for the visitor's pseudonym and never kept."""

    @property
    def user_agent(self) -> str:
        """The client as it names itself."""
        return self.headers.get("user-agent", "")[:TEXT_LENGTH]


@frozen
class Click:
    """One recorded click."""

    id: str
    code: LinkCode
    guild_id: GuildId
    campaign_id: CampaignId
    at: datetime
    kind: ClickKind
    visitor: str
    """The visitor's pseudonym of the day; empty for a bot."""
    variant: str = ""
    user_agent: str = ""
    device: Device = Device()
    referrer: str = ""
    country: str = ""
    """ISO 3166 code that the network in front told, or empty."""


type IsCrawler = Callable[[str], bool]
"""Whether a user agent is a known crawler's."""


def is_human(request: Request, is_crawler: IsCrawler) -> bool:
    """Whether a person seems to have clicked.

    HEAD tells nothing: it is how a page of one's own records a click (SPEC 5.3, 12).
    """
    if not request.user_agent:
        return False
    headers = request.headers
    purpose = (
        f"{headers.get('sec-purpose', '')} {headers.get('purpose', '')} {headers.get('x-moz', '')}"
    )
    if any(word in purpose.lower() for word in _AHEAD):
        return False
    return not is_crawler(request.user_agent)


def country_of(headers: Mapping[str, str]) -> str:
    """Read the country that the network in front tells; a hint, empty where there is none."""
    for name in _COUNTRIES:
        told = headers.get(name, "").strip().upper()
        if len(told) == 2 and told.isalpha():
            return told
    return ""


def referrer_of(headers: Mapping[str, str]) -> str:
    """Read where the visitor came from, without its query: it may hold what is private."""
    return headers.get("referer", "").partition("?")[0].partition("#")[0][:TEXT_LENGTH]
