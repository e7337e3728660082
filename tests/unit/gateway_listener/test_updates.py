"""Which updates of members are told."""

from datetime import datetime, timedelta

from gateway_listener.updates import Updates
from usher.contracts.observation import MemberJoined, MemberLeft, MemberUpdated, Person
from usher.ids import GuildId, RoleId, UserId

GUILD, USER = GuildId("100"), UserId("5")


def update(
    joined_at: datetime, at: datetime, *, user: str = "5", pending: bool = False, role: str = ""
) -> MemberUpdated:
    roles = (RoleId(role),) if role else ()
    return MemberUpdated(UserId(user), joined_at, pending, roles, at)


def test_updates_matter_for_a_week_after_the_join(noon: datetime) -> None:
    updates = Updates()
    week = timedelta(days=7)
    assert updates.news(GUILD, update(noon, noon + week))
    assert not updates.news(GUILD, update(noon, noon + week + timedelta(seconds=1), role="7"))


def test_what_was_told_of_a_member_is_not_told_again(noon: datetime) -> None:
    updates = Updates()
    person = Person(USER, "user5", "user5")
    assert updates.news(GUILD, MemberJoined(person, noon, noon, pending=True))
    assert not updates.news(GUILD, update(noon, noon, pending=True))
    assert updates.news(GUILD, update(noon, noon))
    assert not updates.news(GUILD, update(noon, noon))
    assert updates.news(GUILD, update(noon, noon, role="7"))
    # And not mixed up with another guild, nor with a later membership
    assert updates.news(GuildId("200"), update(noon, noon, role="7"))
    later = noon + timedelta(hours=1)
    assert updates.news(GUILD, update(later, later, role="7"))


def test_joins_and_leaves_are_always_told(noon: datetime) -> None:
    updates = Updates()
    joined = MemberJoined(Person(USER, "user5", "user5"), noon, noon)
    assert updates.news(GUILD, joined)
    assert updates.news(GUILD, joined)
    assert updates.news(GUILD, MemberLeft(USER, noon))


def test_only_so_many_members_are_remembered(noon: datetime) -> None:
    updates = Updates(remembered=2)
    for user in ("5", "6", "7"):
        assert updates.news(GUILD, update(noon, noon, user=user))
    assert not updates.news(GUILD, update(noon, noon, user="6"))
    assert updates.news(GUILD, update(noon, noon, user="5"))
