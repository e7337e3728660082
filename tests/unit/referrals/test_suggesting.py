"""Which campaigns and links are suggested while one types."""

from tests.referring import campaign, link
from tests.unit.interactions.doors import Front
from tests.unit.slash.fakes import FakeServices
from tests.unit.slash.payloads import GUILD, MANAGE_GUILD, MEMBER, typing
from usher.ids import GuildId, UserId
from usher.referrals.model import CampaignId, LinkCode


def front() -> Front:
    services = FakeServices()
    here = GuildId(GUILD)
    for number, name in enumerate(("Spring", "Summer")):
        services.referrals.add_campaign(
            campaign(id=CampaignId(str(number)), name=name, guild_id=here)
        )
    for code, owner in (("spring-video", MEMBER), ("summer-bio", "900")):
        services.referrals.add_link(
            link(code=LinkCode(code), owner_id=UserId(owner), guild_id=here, title=f"T {code}")
        )
    services.referrals.add_link(link(code=LinkCode("foreign"), guild_id=GuildId("1")))
    return Front(services)


def ask(there: Front, path: str, name: str, typed: str, permissions: int) -> list[str]:
    data = there.send(typing(path, name, typed, permissions=permissions))[1]["data"]
    assert isinstance(data, dict)
    return [one["value"] for one in data["choices"]]


def test_campaigns_are_suggested_to_managers_alone() -> None:
    there = front()

    assert ask(there, "campaign show", "campaign", "", MANAGE_GUILD) == ["1", "0"]
    assert ask(there, "referral create", "campaign", "SPR", MANAGE_GUILD) == ["0"]
    assert ask(there, "referral create", "campaign", "", 0) == []


def test_links_are_suggested_by_code_title_or_address_and_to_owners_their_own() -> None:
    there = front()

    every = ask(there, "referral show", "code", "", MANAGE_GUILD)
    assert sorted(every) == ["spring-video", "summer-bio"]
    for typed in ("BIO", "https://go.example/r/summer", "t summer"):
        assert ask(there, "referral show", "code", typed, MANAGE_GUILD) == ["summer-bio"]
    assert ask(there, "referral show", "code", "", 0) == ["spring-video"]
