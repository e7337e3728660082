"""/purge: what goes, what stays, and what the member reads meanwhile."""

from datetime import datetime, timedelta

import pytest

from tests.unit.command_worker.desk import Desk, labels
from tests.unit.slash.fakes import NOW
from tests.unit.slash.payloads import GUILD, OTHER, option
from usher.channels.bits import MANAGE_MESSAGES, READ_MESSAGE_HISTORY, VIEW_CHANNEL
from usher.channels.model import Message
from usher.channels.purging import DISCORD_EPOCH
from usher.ids import ChannelId
from usher.invites.ports import DeskLimitedError

HERE = ChannelId("645027906669510667")
OWN = str(MANAGE_MESSAGES | READ_MESSAGE_HISTORY | VIEW_CHANNEL)


def id_at(moment: datetime) -> str:
    return str((int(moment.timestamp() * 1000) - DISCORD_EPOCH) << 22)


def message(age: timedelta, author: str = "1", **more: bool) -> Message:
    return Message(id_at(NOW - age), author, **{"bot": False, **more})


def town(*messages: Message) -> Desk:
    there = Desk()
    there.services.rooms.desk.posts[HERE] = list(messages)
    return there


def many(count: int, author: str = "1") -> list[Message]:
    return [message(timedelta(minutes=n + 1), author) for n in range(count)]


def purge(there: Desk, count: int, *options: object) -> str:
    # the interaction's own id is older than the story: the newest message is named
    newest = option("before", id_at(NOW))
    asked = [option("count", count), newest, *options]
    return there.run("purge", *asked, rights=MANAGE_MESSAGES, app_permissions=OWN).content


def left(there: Desk) -> list[str]:
    return [one.id for one in there.services.rooms.desk.posts[HERE]]


def test_the_newest_messages_go() -> None:
    messages = many(5)
    there = town(*messages)

    assert purge(there, 3) == "3 messages deleted."
    assert left(there) == [one.id for one in messages[3:]]
    assert there.services.rooms.desk.reasons[0].startswith("Purged by ")


def test_only_somebody_s_or_only_those_of_apps_go() -> None:
    mine, theirs = message(timedelta(minutes=1), "1"), message(timedelta(minutes=2), OTHER)
    app = message(timedelta(minutes=3), "3", bot=True)

    there = town(mine, theirs, app)
    assert purge(there, 50, option("user", OTHER, 6)) == "1 message deleted."
    assert left(there) == [mine.id, app.id]

    there = town(mine, theirs, app)
    purge(there, 50, option("bots", True))
    assert left(there) == [mine.id, theirs.id]

    there = town(mine, theirs, app)
    purge(there, 50, option("bots", False))
    assert left(there) == [app.id]


def test_only_those_between_two_messages_go() -> None:
    messages = many(6)
    there = town(*messages)
    link = f"https://discord.com/channels/{GUILD}/{HERE}/{messages[1].id}"

    there.run(
        "purge",
        option("count", 50),
        option("before", link),
        option("after", messages[4].id),
        rights=MANAGE_MESSAGES,
        app_permissions=OWN,
    )

    assert left(there) == [messages[n].id for n in (0, 1, 4, 5)]


def test_old_and_pinned_messages_stay_and_that_is_told() -> None:
    old = [message(timedelta(days=14)), message(timedelta(days=20))]
    pinned = message(timedelta(hours=1), pinned=True)
    there = town(message(timedelta(days=13, hours=23)), pinned, *old)

    said = purge(there, 50)

    assert said == (
        "1 message deleted. 1 pinned one stays. "
        "Discord lets me delete nothing older than 14 days; that stays."
    )
    assert left(there) == [pinned.id, *(one.id for one in old)]


def test_an_empty_channel_is_told() -> None:
    assert purge(town(), 5) == "No message deleted."


def test_above_a_hundred_the_member_is_asked_and_sees_how_far_it_is() -> None:
    there = town(*many(300))
    asked = there.run(
        "purge",
        option("count", 250),
        option("before", id_at(NOW)),
        rights=MANAGE_MESSAGES,
        app_permissions=OWN,
    )
    assert len(left(there)) == 300
    assert list(labels(asked)) == ["Delete 250 messages"]

    done = there.press(
        asked, "Delete 250 messages", rights=MANAGE_MESSAGES, app_permissions=OWN
    ).content

    assert done == "250 messages deleted."
    assert len(left(there)) == 50
    progress = there.services.rooms.progress.shown
    assert progress == ["Deleting: 100 so far …", "Deleting: 200 so far …"]


def test_who_lost_the_right_meanwhile_deletes_nothing() -> None:
    there = town(*many(300))
    asked = there.run("purge", option("count", 250), rights=MANAGE_MESSAGES, app_permissions=OWN)

    assert "Manage Messages" in there.refused(asked, "Delete 250 messages", rights=0)
    assert len(left(there)) == 300


def test_a_purge_that_is_delivered_twice_deletes_once() -> None:
    there = town(*many(10))

    purge(there, 3)
    there.forget_asking()

    assert "I was interrupted" in purge(there, 3)
    assert len(left(there)) == 7


def test_what_is_in_the_way_is_told_with_what_was_done() -> None:
    there = town(*many(10))
    there.services.rooms.desk.failing = DeskLimitedError(30)

    assert purge(there, 3) == (
        "No message deleted. Discord asks me to wait 30 seconds. Please try again then."
    )


def test_what_usher_lacks_is_told_before() -> None:
    there = town(*many(3))

    said = there.run("purge", option("count", 3), rights=MANAGE_MESSAGES, app_permissions="1024")

    assert "I need View Channel, Read Message History and Manage Messages" in said.content
    assert len(left(there)) == 3


@pytest.mark.parametrize(
    "typed", ["x", "12", f"https://discord.com/channels/{GUILD}/5/645027906669510999"]
)
def test_what_is_no_message_of_this_channel_is_told(typed: str) -> None:
    there = town(*many(3))

    said = there.run(
        "purge",
        option("count", 3),
        option("after", typed),
        rights=MANAGE_MESSAGES,
        app_permissions=OWN,
    ).content

    assert "is no message of this channel" in said
    assert len(left(there)) == 3
