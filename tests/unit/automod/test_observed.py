"""What is told of spam and raids: ids, and what names are like, never a name."""

from dataclasses import replace

from tests.builders import at, joined, observe
from usher.automod.observed import came, caught
from usher.automod.raids import likeness_of, read_join
from usher.contracts.automod import AutomodActed
from usher.contracts.observation import MemberJoined
from usher.ids import UserId


def test_each_event_is_told_and_the_same_again_is_the_same() -> None:
    acted = AutomodActed("5", UserId("7"), 1, at(3), keyword="x")
    seen = observe(acted, replace(acted, action=3), seconds=4)

    first, second = caught(seen)

    [again] = caught(observe(acted, seconds=9))
    assert again.id == first.id
    assert first.id != second.id
    assert (first.rule_id, first.user_id, first.keyword) == ("5", "7", "x")


def test_who_came_is_told_without_names() -> None:
    human = joined("7", 3)
    assert isinstance(human, MemberJoined)
    bot = replace(human, person=replace(human.person, user_id=UserId("8"), bot=True))

    told = came(observe(human, bot, seconds=4))

    assert told is not None
    [join] = map(read_join, told.joins)
    assert join.user_id == "7"
    assert human.person.username not in str(told)
    assert came(observe(bot, seconds=4)) is None


def test_names_alike_have_one_likeness() -> None:
    assert likeness_of("raider_001", has_avatar=False) == likeness_of("Raider77", has_avatar=False)
    assert likeness_of("raider", has_avatar=False) != likeness_of("reader", has_avatar=False)
    assert likeness_of("raider", has_avatar=True) == ""
    assert likeness_of("12", has_avatar=False) == ""
