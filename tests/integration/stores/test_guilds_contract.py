"""What the attribution service may rest on, of the fake and of the table alike."""

from dataclasses import replace

import pytest

from tests.builders import GUILD, at, by, by_vanity, joined, left, look, observe, person, row
from tests.fakes.fuse import BrokenOffError, Fuse
from tests.integration.stores.conftest import StoredGuilds
from usher.attribution.accuracy import Accuracy
from usher.attribution.facts import Fact, JoinRecorded
from usher.attribution.model import CodeState, Group, Head, OpenJoin, Stored, Use, Weight
from usher.attribution.outcomes import Confidence
from usher.attribution.plan import Part, cut
from usher.attribution.ports import AppliedError, Change, Loaded, StaleHeadError
from usher.attribution.recording import record_facts
from usher.contracts.observation import MemberJoined, Observation
from usher.credit.queries import Tally
from usher.credit.rules import MemberRecord
from usher.ids import ChannelId, GuildId, InviteCode, UserId
from usher.ledger.lines import join_id

IDA = UserId("900")


def code(name: str, uses: int) -> CodeState:
    return CodeState(
        code=InviteCode(name),
        inviter_id=IDA,
        channel_id=ChannelId("5"),
        uses=uses,
        max_uses=0,
        max_age=0,
        temporary=False,
        created_at=at(0),
        expires_at=None,
    )


def group(id_: str, until: float) -> Group:
    """A closed group with one join by `abc`. People come back by id alone, so they have no name."""
    member = replace(person("7"), username="", display_name="")
    use = Use(InviteCode("abc"), IDA, 1, Weight.SEEN, None, at(until), 3)
    return Group(id_, (OpenJoin(member, at(until - 1), at(until - 1), by()),), (use,), {IDA: 1})


def change(
    observation: Observation,
    version: int = 0,
    codes: tuple[CodeState, ...] = (),
    codes_before: dict[InviteCode, CodeState] | None = None,
    members: dict[UserId, MemberRecord] | None = None,
    closed: tuple[Group, ...] = (),
    reopened: tuple[Group, ...] = (),
    room: int = 98,
    skip: frozenset[str] = frozenset(),
) -> Change:
    """What the observation changes when each join in it was by `abc` and nothing else is known."""
    facts: list[Fact] = [
        JoinRecorded(event.person, event.joined_at, event.at, by())
        for event in observation.events
        if isinstance(event, MemberJoined)
    ]
    lines = record_facts(tuple(facts), observation, members or {}).lines
    fresh = [line for line in lines if line.event_id not in skip]
    return Change(
        guild_id=observation.guild_id,
        guild_name=observation.guild_name,
        observation_id=observation.id,
        head=Head(version + 1, looked_at=observation.at),
        codes_before=codes_before or {},
        members_before=members or {},
        parts=cut(fresh, members or {}, codes, closed, reopened, room),
    )


def load(stored: StoredGuilds, *names: str, id: str | None = None) -> Loaded:  # noqa: A002
    """Load as an observation would that lists these codes, not all of them."""
    rows = [row(name) for name in names]
    return stored.guilds.load(observe(look=look(*rows, full=False), id=id))


def test_a_guild_never_seen_has_an_empty_head(stored: StoredGuilds) -> None:
    loaded = stored.guilds.load(observe(joined("7"), look=look(row("abc"))))

    assert loaded == Loaded(Stored(Head()), own={})


def test_what_was_committed_is_loaded(stored: StoredGuilds) -> None:
    # Given a join and two codes, committed
    first = observe(joined("7", 10), seconds=12)
    stored.guilds.commit(change(first, codes=(code("abc", 4), code("def", 0))))

    # When an observation comes that names one of the codes and repeats the join
    second = observe(joined("7", 10), joined("8", 11), look=look(row("abc"), full=False))
    loaded = stored.guilds.load(second)

    # Then
    assert loaded.stored.head == Head(1, looked_at=at(12))
    assert loaded.stored.codes == {"abc": code("abc", 4)}
    assert set(loaded.stored.known) == {("7", at(10))}
    assert not loaded.done
    members = stored.guilds.members(GUILD, [UserId("7"), UserId("8")], second.id)
    assert members.before == members.now
    assert members.now.keys() == {"7"}
    assert members.now[UserId("7")].booked
    assert stored.counters(GUILD) == {"900": Tally(tracked=1)}


def test_a_full_look_loads_every_code(stored: StoredGuilds) -> None:
    codes = tuple(code(f"code{number:03}", number) for number in range(90))
    stored.guilds.commit(change(observe(), codes=codes))

    loaded = stored.guilds.load(observe(look=look(full=True)))

    assert loaded.stored.codes == {state.code: state for state in codes}


def test_guilds_are_apart(stored: StoredGuilds) -> None:
    stored.guilds.commit(change(observe(joined("7")), codes=(code("abc", 4),)))

    other = observe(joined("7"), look=look(row("abc")), guild=GuildId("2"))

    assert stored.guilds.load(other) == Loaded(Stored(Head()), own={})


def test_a_change_of_a_head_that_moved_is_refused_whole(stored: StoredGuilds) -> None:
    stored.guilds.commit(change(observe(), codes=(code("abc", 4),)))

    with pytest.raises(StaleHeadError):
        stored.guilds.commit(change(observe(joined("7")), codes=(code("abc", 9),)))

    assert load(stored, "abc").stored.codes == {"abc": code("abc", 4)}
    assert stored.counters(GUILD) == {}


def test_a_change_with_events_applied_before_is_refused_whole_and_names_them(
    stored: StoredGuilds,
) -> None:
    # Given a join that another observation applied
    stored.guilds.commit(change(observe(joined("7", 10))))

    # When one comes that does not know so
    late = observe(joined("7", 10), joined("8", 11))
    with pytest.raises(AppliedError) as refused:
        stored.guilds.commit(change(late, version=1))

    # Then
    known = join_id(GUILD, UserId("7"), at(10))
    assert refused.value.event_ids == {known}
    assert stored.counters(GUILD) == {"900": Tally(tracked=1)}

    # and without that join it is taken
    stored.guilds.commit(change(late, version=1, skip=frozenset({known})))
    assert stored.counters(GUILD) == {"900": Tally(tracked=2)}


def test_an_observation_applied_before_is_done_and_knows_its_own_joins(
    stored: StoredGuilds,
) -> None:
    stored.guilds.commit(change(observe(joined("7", 10))))
    second = observe(joined("7", 10), joined("8", 11))
    known = frozenset({join_id(GUILD, UserId("7"), at(10))})
    stored.guilds.commit(change(second, version=1, skip=known))

    loaded = stored.guilds.load(second)

    assert loaded.done
    assert loaded.own == {("8", at(11)): at(11.05)}
    with pytest.raises(StaleHeadError):
        stored.guilds.commit(change(second, version=2, skip=known))


def test_a_burst_that_broke_off_is_not_believed_until_it_is_completed(
    stored: StoredGuilds,
) -> None:
    # Given a head, a member and closed evidence, and a burst that breaks off before its end
    old = group("old", 11)
    first = change(observe(joined("7", 10)), codes=(code("abc", 1),), closed=(old,))
    stored.guilds.commit(first)
    before = stored.guilds.members(GUILD, [UserId("7")], "other").now
    burst = observe(joined("7", 20), joined("8", 21), seconds=22)
    whole = change(
        burst,
        version=1,
        codes=(code("abc", 3), code("new", 1)),
        codes_before={InviteCode("abc"): code("abc", 1)},
        members=dict(before),
        closed=(group("new", 21),),
        reopened=(old,),
        room=6,
    )
    # its last transaction has the head alone
    whole = replace(whole, parts=(*whole.parts, Part()))
    parts = len(whole.parts)
    assert parts > 2
    stored.burn(Fuse(at=parts))
    with pytest.raises(BrokenOffError):
        stored.guilds.commit(whole)
    stored.burn(Fuse())

    # Then the same observation sees everything as it was before, and what it did
    loaded = stored.guilds.load(replace(burst, look=look(row("abc"), row("new"), full=False)))
    assert loaded.stored.head.version == 1
    assert loaded.stored.codes == {"abc": code("abc", 1)}
    assert not loaded.stored.known
    assert loaded.own is not None
    assert loaded.own.keys() == {("7", at(20)), ("8", at(21))}
    assert stored.guilds.reopen(loaded.stored, observe(joined("9", 11))).closed == (old,)
    members = stored.guilds.members(GUILD, [UserId("7"), UserId("8")], burst.id)
    assert members.before == before
    assert members.now[UserId("7")].joined_at == at(20)

    # and completes it
    ids = [join_id(GUILD, UserId("7"), at(20)), join_id(GUILD, UserId("8"), at(21))]
    applied = stored.guilds.applied([*ids, "f" * 32])
    assert applied == set(ids)
    stored.guilds.commit(replace(whole, parts=cut((), {}, (code("abc", 3), code("new", 1)))))
    loaded = load(stored, "abc", "new")
    assert loaded.stored.codes == {"abc": code("abc", 3), "new": code("new", 1)}
    assert stored.counters(GUILD) == {"900": Tally(tracked=3, left=1)}


def test_a_burst_that_was_given_up_is_taken_back_but_for_its_events(
    stored: StoredGuilds,
) -> None:
    # Given a burst that breaks off in the middle
    old = group("old", 11)
    stored.guilds.commit(change(observe(), codes=(code("abc", 1),), closed=(old,)))
    burst = observe(joined("8", 21), seconds=22)
    whole = change(
        burst,
        version=1,
        codes=(code("abc", 3), code("new", 1)),
        codes_before={InviteCode("abc"): code("abc", 1)},
        closed=(group("g", 21),),
        reopened=(old,),
        room=2,
    )
    stored.burn(Fuse(at=len(whole.parts)))
    with pytest.raises(BrokenOffError):
        stored.guilds.commit(whole)
    stored.burn(Fuse())

    # When another observation comes, and advances the head to the same version
    loaded = load(stored, "abc", "new", id="another")
    stored.guilds.commit(change(observe(id="another"), version=1))

    # Then nothing that was ahead of the head is believed
    loaded = stored.guilds.load(replace(burst, look=look(row("abc"), row("new"), full=False)))
    assert loaded.stored.codes == {"abc": code("abc", 1)}
    assert stored.guilds.reopen(loaded.stored, observe(joined("9", 11))).closed == (old,)
    # but the join stays, and is the burst's own
    assert loaded.own is not None
    assert loaded.own.keys() == {("8", at(21))}
    assert stored.counters(GUILD) == {"900": Tally(tracked=1)}
    with pytest.raises(AppliedError):
        stored.guilds.commit(change(burst, version=2))


def test_closed_groups_come_back_until_they_are_reopened(stored: StoredGuilds) -> None:
    # Given two closed groups
    first, second = group("first", 12), group("second", 15)
    stored.guilds.commit(change(observe(), codes=(code("abc", 4),), closed=(first, second)))
    late = observe(joined("9", 11), seconds=20)

    # Then both come back, with the codes of their uses
    loaded = stored.guilds.reopen(load(stored).stored, late)
    assert sorted(loaded.closed, key=lambda one: one.id) == [first, second]

    # When one is reopened
    stored.guilds.commit(change(observe(), version=1, reopened=(first,)))

    # Then the other remains
    assert stored.guilds.reopen(load(stored).stored, late).closed == (second,)


def test_a_gap_is_marked_on_a_guild_that_was_seen(stored: StoredGuilds) -> None:
    assert not stored.guilds.mark_gap(GUILD, "m-1")

    stored.guilds.commit(change(observe(seconds=12), codes=(code("abc", 4),)))

    assert stored.guilds.mark_gap(GUILD, "m-1")
    assert stored.guilds.mark_gap(GUILD, "m-1")
    assert load(stored, "abc").stored.head == Head(2, looked_at=at(12), gap=True)
    assert load(stored, "abc").stored.codes == {"abc": code("abc", 4)}


def test_the_vanity_code_is_counted_like_an_inviter(stored: StoredGuilds) -> None:
    observation = observe(joined("7"), left("8"))
    [event, _] = observation.events
    assert isinstance(event, MemberJoined)
    fact = JoinRecorded(event.person, event.joined_at, event.at, by_vanity())
    lines = record_facts((fact,), observation, {}).lines

    stored.guilds.commit(replace(change(observation), parts=cut(lines, {})))

    assert stored.counters(GUILD) == {"VANITY": Tally(tracked=1)}


def test_no_settings_are_no_settings(stored: StoredGuilds) -> None:
    assert stored.guilds.settings(GUILD).join_log_channel_id is None


def test_a_burst_larger_than_a_transaction_is_applied_whole(stored: StoredGuilds) -> None:
    joins = [joined(str(1000 + n), n / 100) for n in range(130)]
    burst = observe(*joins, seconds=10)

    written = change(burst, codes=(code("abc", 130),))
    assert len(written.parts) == 3
    stored.guilds.commit(written)

    assert stored.counters(GUILD) == {"900": Tally(tracked=130)}
    assert stored.accuracy(GUILD, at(0).date()) == Accuracy({Confidence.EXACT: 130})
    loaded = stored.guilds.load(replace(burst, id="again"))
    assert len(loaded.stored.known) == 130
    assert loaded.stored.head.looked_at == at(10)
