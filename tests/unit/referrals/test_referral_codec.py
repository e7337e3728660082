"""Whatever is written of campaigns and links is read back."""

import json

from hypothesis import given
from hypothesis import strategies as st

from tests.builders import at
from tests.referring import campaign, link
from usher.ids import ChannelId, InviteCode, RoleId
from usher.platform.dynamo_reads import decode
from usher.referrals.codec import read_campaign, read_link, write_campaign, write_link
from usher.referrals.model import Brand, Mode, Question, Variant

TEXTS = st.text(max_size=30)
MOMENTS = st.none() | st.integers(-(10**8), 10**8).map(at)
CAMPAIGNS = st.builds(
    lambda **fields: campaign(**fields),
    name=TEXTS,
    offer=TEXTS,
    welcome=TEXTS,
    channel_id=st.none() | st.just(ChannelId("5")),
    brand=st.builds(Brand, TEXTS, st.integers(0, 0xFFFFFF), TEXTS),
    questions=st.lists(
        st.builds(Question, TEXTS, TEXTS, st.booleans(), st.lists(TEXTS).map(tuple), TEXTS),
        max_size=3,
    ).map(tuple),
    role_ids=st.lists(TEXTS.map(RoleId), max_size=3).map(tuple),
    automatic_roles=st.booleans(),
    active_from=MOMENTS,
    active_to=MOMENTS,
    paused=st.booleans(),
    origins=st.lists(TEXTS, max_size=3).map(tuple),
    variants=st.lists(st.builds(Variant, TEXTS, TEXTS, TEXTS, st.integers(0, 9)), max_size=3).map(
        tuple
    ),
    version=st.integers(1, 99),
)
LINKS = st.builds(
    lambda **fields: link(**fields),
    title=st.text(min_size=1, max_size=30),
    description=TEXTS,
    platform=TEXTS,
    expires_at=MOMENTS,
    active=st.booleans(),
    mode=st.sampled_from(Mode),
    invite=st.none() | st.just(InviteCode("abc")),
    made_by=TEXTS,
    version=st.integers(1, 99),
)


@given(CAMPAIGNS)
def test_campaigns_are_read_as_written(one: object) -> None:
    assert read_campaign(write_campaign(one)) == one  # type: ignore[arg-type]


@given(LINKS)
def test_links_are_read_as_written(one: object) -> None:
    row = write_link(one)  # type: ignore[arg-type]
    over_the_wire = json.loads(json.dumps(row))
    assert read_link({name: decode(value) for name, value in over_the_wire.items()}) == one
