"""Every probe by itself: one that fails is a finding and hides none of the others."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.builders import GUILD
from tests.fakes.channels import channel
from tests.fakes.doctor import NOW, FakeDiscordProbe, FakeTableProbe, server, session
from usher.doctor.examining import GuildDoctor
from usher.doctor.facts import Alert, Settings
from usher.doctor.model import Finding, State, healthy, worst, worst_first
from usher.doctor.words import PAGE, page_of, pages_of
from usher.ids import ChannelId
from usher.slash.replies import DESCRIPTION_LIMIT

PROBES = ("server", "application", "settings", "campaigns", "books", "search", "session")


def doctor(*failing: str, **table: object) -> GuildDoctor:
    return GuildDoctor(
        FakeDiscordProbe(failing=set(failing)),
        FakeTableProbe(failing=set(failing), **table),  # type: ignore[arg-type]  # as named
    )


def test_a_well_server_is_one_line_and_its_figures() -> None:
    found = doctor().examine(GUILD, NOW)

    assert worst(found) is State.WELL
    said = page_of(found, 1).description
    assert "Everything is well." in said
    assert "2 active invites" in said


@pytest.mark.parametrize("probe", PROBES)
def test_a_probe_that_fails_is_a_finding_of_its_own(probe: str) -> None:
    well = doctor().examine(GUILD, NOW)

    found = doctor(probe).examine(GUILD, NOW)

    unknown = [one for one in found if one.state is State.UNKNOWN]
    assert [f"no {probe} today." in one.meaning for one in unknown] == [True]
    assert len(found) < len(well) + 1 or probe in ("settings", "campaigns")
    assert not healthy(found)


def test_channels_of_alerts_are_looked_at_where_rules_are_used() -> None:
    told = (Alert("No *insults*", ChannelId("7")),)
    there = FakeDiscordProbe(told=told)
    used = Settings(automod={"5": '["No insults",[]]'})

    found = GuildDoctor(there, FakeTableProbe(chosen=used)).examine(GUILD, NOW)

    [gone] = [one for one in found if one.state is State.BROKEN]
    assert "alerts of the rule No \\*insults\\*" in gone.meaning
    assert gone.repair is None
    assert worst(GuildDoctor(there, FakeTableProbe()).examine(GUILD, NOW)) is State.WELL


def test_a_welcome_that_goes_nowhere_is_told() -> None:
    nowhere, direct = {"state": "on"}, {"state": "on", "dm": "on"}

    found = [doctor(chosen=Settings(welcome=one)).examine(GUILD, NOW) for one in (nowhere, direct)]

    assert [worst(one) for one in found] == [State.BROKEN, State.WELL]


def test_everything_may_fail_at_once() -> None:
    found = doctor(*PROBES).examine(GUILD, NOW)

    assert {one.state for one in found} == {State.UNKNOWN}


def test_no_listener_has_begun_yet() -> None:
    found = doctor(listening=None).examine(GUILD, NOW)

    assert found[0].state is State.BROKEN
    assert "Nobody listens" in found[0].meaning


def test_settings_that_name_what_is_gone_are_named() -> None:
    settings = Settings(
        guild={"join_log_channel_id": "7", "admin_channel_id": "8", "staff_role_id": "9"},
        welcome={"state": "on", "channel_id": "7"},
        ranks={"11": "5"},
    )
    examiner = GuildDoctor(
        FakeDiscordProbe(there=server(None, channel("8"))), FakeTableProbe(chosen=settings)
    )

    assert set(examiner.gone(GUILD, NOW)) == {
        "guild#join_log_channel_id",
        "welcome#channel_id",
        "rank#11",
        "guild#staff_role_id",
    }


def test_one_channel_hides_nothing_either() -> None:
    found = doctor("campaigns").channel(GUILD, ChannelId("7"), NOW)

    assert [one.state for one in found] == [State.ATTENTION, State.UNKNOWN]
    assert "do not see that channel" in found[0].meaning


def test_the_worst_comes_first() -> None:
    found = doctor("search", listening=session(held=False)).examine(GUILD, NOW)

    assert [one.state for one in found][:2] == [State.BROKEN, State.UNKNOWN]


finding = st.builds(
    Finding,
    area=st.sampled_from(["Permissions", "Channels", "Roles"]),
    what=st.text(max_size=40),
    state=st.sampled_from(State),
    meaning=st.text(min_size=1, max_size=240),
    remedy=st.text(max_size=200),
)


@given(st.lists(finding, max_size=40))
def test_every_finding_that_is_not_well_stands_on_one_page_within_discord_s_limit(
    found: list[Finding],
) -> None:
    ordered = worst_first(found)

    pages = [page_of(ordered, number) for number in range(1, pages_of(ordered) + 1)]

    wrong = [one for one in ordered if one.state is not State.WELL]
    assert len(pages) == max(1, -(-len(wrong) // PAGE))
    shown = "\n".join(one.description for one in pages)
    assert all(one.meaning in shown for one in wrong)
    assert all(
        len(one.description) <= DESCRIPTION_LIMIT or number == len(pages)
        for number, one in enumerate(pages, 1)
    )
