"""In which channel a newcomer is welcomed."""

from usher.ids import ChannelId, GuildId, RoleId, UserId
from usher.onboarding.ports import Lobby, Room
from usher.onboarding.rooms import SEND, VIEW, Channel, Overwrite, candidates, rooms
from usher.rewards.hierarchy import ADMINISTRATOR, Hall, Role

GUILD = GuildId("1")
OWN, BOT_ROLE, VIP = UserId("42"), RoleId("100"), RoleId("101")


def hall(everyone: int = VIEW | SEND, own: int = 0, owner: str = "9") -> Hall:
    roles = {
        RoleId(GUILD): Role(RoleId(GUILD), "@everyone", 0, everyone),
        BOT_ROLE: Role(BOT_ROLE, "Usher", 5, own),
        VIP: Role(VIP, "VIP", 2, 0),
    }
    return Hall(GUILD, "G", UserId(owner), roles, OWN, frozenset({BOT_ROLE, VIP}))


def room(*overwrites: Overwrite, kind: int = 0, where: Hall | None = None) -> Room | None:
    channel = Channel(ChannelId("5"), "lobby", kind, 1, overwrites)
    return next(iter(rooms(where or hall(), [channel], ())), None)


def test_without_overwrites_roles_decide() -> None:
    open_ = room()
    assert open_ is not None
    assert (open_.writable, open_.visible) == (True, True)
    closed = room(where=hall(everyone=0, own=VIEW))
    assert closed is not None
    assert (closed.writable, closed.visible) == (False, False)


def test_overwrites_apply_in_discords_order() -> None:
    shut = Overwrite(GUILD, 0, VIEW)
    for overwrites, writable, visible in (
        ((shut,), False, False),
        ((shut, Overwrite(BOT_ROLE, VIEW, 0)), True, False),
        ((Overwrite(BOT_ROLE, 0, SEND),), False, True),
        # One role denies, another allows: allowing wins among roles.
        ((Overwrite(BOT_ROLE, 0, SEND), Overwrite(VIP, SEND, 0)), True, True),
        ((Overwrite(BOT_ROLE, SEND, 0), Overwrite(OWN, 0, SEND)), False, True),
        ((shut, Overwrite(OWN, VIEW, 0)), True, False),
    ):
        found = room(*overwrites)
        assert found is not None
        assert (found.writable, found.visible) == (writable, visible), overwrites


def test_an_administrator_and_the_owner_may_everywhere() -> None:
    shut = Overwrite(GUILD, 0, VIEW | SEND)
    for where in (hall(own=ADMINISTRATOR), hall(owner=OWN)):
        found = room(shut, where=where)
        assert found is not None
        assert found.writable


def test_voice_and_categories_are_no_rooms() -> None:
    assert [kind for kind in (0, 2, 4, 5, 13, 15) if room(kind=kind)] == [0, 5]


def named(
    id_: str, name: str, position: int, *, writable: bool = True, visible: bool = True
) -> Room:
    return Room(ChannelId(id_), name, position, writable, visible)


def test_the_system_channel_then_names_then_the_topmost() -> None:
    lobby = Lobby(
        "G",
        ChannelId("9"),
        (
            named("1", "memes", 0),
            named("2", "general-chat", 4),
            named("3", "Welcome", 3),
            named("4", "news", 1),
            named("9", "arrivals", 8),
            named("5", "staff", 2, visible=False),
            named("6", "rules", 2, writable=False),
        ),
    )
    assert [one.channel_id for one in candidates(lobby)] == ["9", "3", "2", "1", "4"]
    assert [one.channel_id for one in candidates(Lobby("G", None, lobby.rooms))][:2] == ["3", "2"]
