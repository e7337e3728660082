"""Valid campaigns, links and clicks with one thing changed."""

from typing import Any

from tests.builders import GUILD, START
from usher.ids import UserId
from usher.referrals.clicks import Click, ClickKind
from usher.referrals.model import Campaign, CampaignId, Link, LinkCode

SPRING = CampaignId("100")
CODE = LinkCode("spring-video")
OWNER = UserId("900")


def campaign(**changes: Any) -> Campaign:  # noqa: ANN401 - any field
    fields: dict[str, Any] = {
        "id": SPRING,
        "guild_id": GUILD,
        "name": "Spring",
        "created_at": START,
        "updated_at": START,
    }
    return Campaign(**(fields | changes))


def link(**changes: Any) -> Link:  # noqa: ANN401 - any field
    fields: dict[str, Any] = {
        "code": CODE,
        "guild_id": GUILD,
        "campaign_id": SPRING,
        "owner_id": OWNER,
        "title": "Spring video",
        "created_at": START,
        "updated_at": START,
    }
    return Link(**(fields | changes))


def click(id_: str = "a", **changes: Any) -> Click:  # noqa: ANN401 - any field
    fields: dict[str, Any] = {
        "id": id_,
        "code": CODE,
        "guild_id": GUILD,
        "campaign_id": SPRING,
        "at": START,
        "kind": ClickKind.HUMAN,
        "visitor": "somebody",
    }
    return Click(**(fields | changes))
