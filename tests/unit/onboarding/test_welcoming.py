"""Who came by a link is sent the button of their onboarding, once a membership."""

from dataclasses import replace
from datetime import timedelta

import pytest

from tests.builders import GUILD, at
from tests.fakes.greeting import NEW
from tests.fakes.onboarding import GENERAL, SYSTEM, Stage
from tests.referring import CODE, SPRING, campaign, link
from tests.unit.onboarding.scene import JOINED, LOOK, STAY, newcomer, said, session, stage
from usher.contracts.onboarding_effects import OfferOnboarding
from usher.funnel.ports import Arrival
from usher.onboarding.buttons import BEGIN, LIFE
from usher.onboarding.following import started
from usher.onboarding.model import Session, Way
from usher.onboarding.ports import Room
from usher.referrals.model import CampaignId, LinkCode
from usher.slash.buttons import Press

OTHER = LinkCode("other")
ASK = OfferOnboarding("ask", GUILD, NEW, SPRING, CODE)


def outcome(there: Stage, order: OfferOnboarding = ASK) -> tuple[str, str]:
    there.do(order)
    return there.outcomes.held[order.guild_id, order.id]


def test_a_newcomer_gets_a_button_that_serves_them_alone_for_a_week() -> None:
    there = stage(greeting="Hi {member:mention} of {server} for {campaign}, {nonsense}")

    there.do(LOOK)

    body = said(there)
    assert body["content"] == (
        f"Hi <@{NEW}> of A \\*guild\\* for Spring, {{nonsense}}\n-# The button is yours alone. "
        "It works for 7 days; after that use `/onboarding start`."
    )
    assert body["allowed_mentions"] == {"parse": [], "users": [NEW]}
    (kept,) = there.kept.held.values()
    assert (kept.guild_id, kept.user_id, kept.presses) == (GUILD, NEW, (Press(BEGIN),))
    assert kept.expires_at == there.now + LIFE
    found = session(there)
    assert (found.stay, found.campaign_id, found.link, found.way) == (STAY, SPRING, CODE, Way.JOIN)
    assert found.offered == SYSTEM


def test_the_standard_text_and_one_without_a_mention_name_the_member() -> None:
    for greeting, words in (("", "You came for **Spring**"), ("Come in", f"<@{NEW}> Come in")):
        there = stage(greeting=greeting)
        there.do(LOOK)
        assert words in str(said(there)["content"])
        assert f"<@{NEW}>" in str(said(there)["content"])


def test_looking_again_sends_nothing_more() -> None:
    there = stage()
    for _ in range(3):
        there.do(LOOK)
    assert there.door.where == [SYSTEM]
    assert there.tokens == 1


@pytest.mark.parametrize(
    "arrival",
    [None, Arrival(JOINED, link=None), Arrival(at(20) - timedelta(days=2), link=CODE)],
)
def test_who_came_by_no_link_or_long_ago_is_not_welcomed(arrival: Arrival | None) -> None:
    there = stage()
    there.arrivals.held = {} if arrival is None else {NEW: arrival}
    there.do(LOOK)
    assert there.door.posted == {}
    assert there.sessions.held == {}


def test_who_has_left_or_joined_anew_is_not_welcomed() -> None:
    there = stage()
    there.people.members = {}
    there.do(LOOK)
    there.people.members = {NEW: replace(newcomer(), joined_at=at(15))}
    there.do(LOOK)
    assert there.door.posted == {}


def test_who_has_to_accept_the_rules_is_welcomed_after_that() -> None:
    there = stage()
    there.people.members[NEW] = newcomer(pending=True)
    there.do(LOOK)
    assert there.door.posted == {}
    there.people.members[NEW] = newcomer()
    there.do(LOOK)
    assert there.door.where == [SYSTEM]


def test_a_system_channel_that_refuses_is_told_once_and_the_next_one_taken() -> None:
    there = stage()
    there.door.rooms = [
        Room(SYSTEM, "lobby", 1, writable=False, visible=True),
        Room(GENERAL, "general", 2, writable=True, visible=True),
    ]
    there.do(LOOK)
    assert there.door.where == [GENERAL]
    assert session(there).offered == GENERAL
    (told,) = there.told()
    assert f"<#{SYSTEM}>, the system channel" in told


def test_a_channel_that_refuses_all_the_same_is_passed_over() -> None:
    there = stage()
    there.door.rooms.append(Room(GENERAL, "general", 9, writable=True, visible=True))
    there.door.refusing.add(SYSTEM)
    there.do(LOOK)
    assert there.door.where == [GENERAL]


def test_where_no_channel_is_left_it_is_sent_directly_else_admins_hear_of_it() -> None:
    there = stage()
    there.door.rooms = []
    there.door.system = None
    there.do(LOOK)
    assert there.door.where == [f"@{NEW}"]
    assert session(there).offered == "direct"

    there = stage()
    there.door.rooms, there.door.system, there.door.closed = [], None, True
    there.do(LOOK)
    there.do(LOOK)
    (told,) = there.told()
    assert "`/onboarding start`" in told
    assert session(there).offered_at is None


def test_the_session_follows_a_correction() -> None:
    # Given a welcomed newcomer, and a link of another campaign
    there = stage()
    summer = CampaignId("200")
    there.referrals.add_campaign(campaign(id=summer, name="Summer"))
    there.referrals.add_link(link(code=OTHER, campaign_id=summer))
    there.do(LOOK)

    # When the join turns out to be by that one: link and campaign follow, nothing is posted anew
    there.arrivals.held[NEW] = Arrival(JOINED, link=OTHER)
    there.do(LOOK)
    assert (session(there).link, session(there).campaign_id) == (OTHER, summer)
    assert there.door.where == [SYSTEM]

    # Who has begun goes on with the questions that they have begun
    there.do(started(session(there), at(30)))
    there.arrivals.held[NEW] = Arrival(JOINED, link=CODE)
    there.do(LOOK)
    assert (session(there).link, session(there).campaign_id) == (CODE, summer)
    there.arrivals.held[NEW] = Arrival(JOINED, link=None)
    there.do(LOOK)
    assert session(there).link is None


def test_a_late_word_on_the_link_welcomes_late() -> None:
    there = stage(None)
    there.do(LOOK)
    assert there.door.posted == {}
    there.arrivals.held[NEW] = Arrival(JOINED, link=CODE)
    there.do(LOOK)
    assert there.door.where == [SYSTEM]


def test_a_program_has_the_button_sent_directly_else_in_a_channel() -> None:
    there = stage(None)
    assert outcome(there) == ("direct_message", "")
    assert there.door.where == [f"@{NEW}"]
    assert (session(there).way, session(there).link) == (Way.API, CODE)
    again = replace(ASK, id="again")
    assert outcome(there, again) == ("direct_message", "")
    assert len(there.door.posted) == 1

    there = stage(None)
    there.door.closed = True
    assert outcome(there) == ("channel", SYSTEM)
    assert outcome(there, again) == ("channel", SYSTEM)


def test_a_program_hears_why_not() -> None:
    there = stage(None)
    there.people.members = {}
    assert outcome(there) == ("not_a_member", "")

    there = stage(None)
    there.door.closed, there.door.rooms, there.door.system = True, [], None
    assert outcome(there) == ("nowhere", "")

    there = stage(None)
    there.people.members[NEW] = newcomer(pending=True)
    assert outcome(there) == ("waiting_for_screening", "")
    there.people.members[NEW] = newcomer()
    there.do(LOOK)
    assert there.door.where == [f"@{NEW}"]


def test_a_program_does_not_take_a_member_out_of_what_they_have_begun() -> None:
    there = stage(None)
    summer = CampaignId("200")
    there.referrals.add_campaign(campaign(id=summer, name="Summer"))
    other = replace(ASK, id="other", campaign_id=summer, link=None)
    outcome(there)
    assert outcome(there, other) == ("direct_message", "")
    assert session(there).campaign_id == summer
    there.do(started(session(there), at(30)))
    assert outcome(there, replace(ASK, id="third")) == ("other_campaign", "")


def test_evidence_outranks_what_a_program_claims() -> None:
    there = stage(OTHER)
    there.referrals.add_link(link(code=OTHER))
    outcome(there)
    assert session(there).link == OTHER


def test_who_found_the_way_alone_is_not_welcomed_as_well() -> None:
    there = stage()
    there.do(started(Session(STAY, SPRING, Way.COMMAND, at(15), CODE), at(15)))
    there.do(LOOK)
    assert there.door.posted == {}
