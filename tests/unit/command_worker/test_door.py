"""Every deferred command ends in a message to the member, and no message blocks the queue."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import pytest

from command_worker.door import Door
from tests.fakes.presses import FakePressStore
from tests.unit.slash.fakes import NOW, BrokenReads, FakeExport, FakeLog, FakeServices
from tests.unit.slash.payloads import (
    GUILD,
    MANAGE_GUILD,
    MEMBER,
    TOKEN,
    option,
    press,
    slash,
)
from usher.catalogue import ROUTER
from usher.contracts.deferred import DeferredCommand
from usher.ids import GuildId, UserId
from usher.ledger.patience import TooLongError
from usher.platform.discord_rest import DiscordError, RateLimitedError, UnauthorizedError
from usher.platform.discord_webhook import (
    WebhookGoneError,
    WebhookRefusedError,
    WebhookUnavailableError,
)
from usher.slash.actions import action
from usher.slash.buttons import Button
from usher.slash.context import Ctx
from usher.slash.errors import UserError
from usher.slash.interaction import read_interaction
from usher.slash.presses import Presses, new_token
from usher.slash.replies import File, Reply
from usher.slash.router import Router


@dataclass
class Raising:
    """A service that Discord keeps from working."""

    error: Exception

    def __getattr__(self, name: str) -> object:
        raise self.error


@dataclass
class FakeWebhook:
    """Remembers edits; raises the next of `errors` instead while there are any."""

    edits: list[tuple[str, Reply]] = field(default_factory=list)
    errors: list[Exception] = field(default_factory=list)

    follow_ups: list[tuple[str, Reply]] = field(default_factory=list)

    def edit_original(self, token: str, reply: Reply) -> None:
        if self.errors:
            raise self.errors.pop(0)
        self.edits.append((token, reply))

    def follow_up(self, token: str, reply: Reply) -> None:
        self.follow_ups.append((token, reply))


@dataclass
class Worker:
    """The door under test with everything around it."""

    services: object = field(default_factory=FakeServices)
    webhook: FakeWebhook = field(default_factory=FakeWebhook)
    log: FakeLog = field(default_factory=FakeLog)
    presses: Presses = field(default_factory=lambda: Presses(FakePressStore(), new_token))
    router: Router = ROUTER

    def work(self, *records: Mapping[str, object]) -> list[str]:
        """Return the ids of the messages that come again."""
        door = Door(self.router, self.services, self.presses, self.webhook, lambda: NOW, self.log)
        answer = door.work({"Records": list(records)})
        failures = answer["batchItemFailures"]
        assert isinstance(failures, list)
        return [failure["itemIdentifier"] for failure in failures]

    @property
    def reply(self) -> Reply:
        [(token, reply)] = self.webhook.edits
        assert token == TOKEN
        return reply


def record(body: str, name: str = "m1", sent: datetime = NOW) -> dict[str, object]:
    return {
        "messageId": name,
        "receiptHandle": "r",
        "body": body,
        "attributes": {
            "ApproximateReceiveCount": "1",
            "SentTimestamp": str(int(sent.timestamp() * 1000)),
        },
        "messageAttributes": {},
        "eventSource": "aws:sqs",
        "eventSourceARN": "arn:aws:sqs:eu-central-1:000000000000:commands",
        "awsRegion": "eu-central-1",
    }


def export(*options: object, permissions: int = MANAGE_GUILD) -> str:
    body = slash("export_invite_logs", *options, permissions=permissions)
    return DeferredCommand(body).encode()


def asked(*options: object) -> tuple[object, ...]:
    worker = Worker()
    worker.work(record(export(*options)))
    assert isinstance(worker.services, FakeServices)
    [asked] = worker.services.exports.asked
    return asked


def refused(*options: object) -> str:
    worker = Worker()
    assert worker.work(record(export(*options))) == []
    assert isinstance(worker.services, FakeServices)
    assert worker.services.exports.asked == []
    return worker.reply.content


def utc(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=UTC)  # type: ignore[arg-type,misc] # year, month, day and so on


def test_an_export_is_attached() -> None:
    worker = Worker()

    assert worker.work(record(export())) == []

    content = FakeExport().content or b""
    csv = File("invite_logs_20261120.csv", content, "text/csv; charset=utf-8")
    assert worker.reply == Reply("1 line of the join log.", ephemeral=True, files=(csv,))


def test_without_options_everything_of_the_guild_is_asked_for() -> None:
    assert asked() == (GUILD, None, None, None, None)


def test_days_are_whole_days_of_utc() -> None:
    found = asked(option("from", "2026-11-01"), option("to", "2026-11-01"))

    assert found[1:3] == (utc(2026, 11, 1), utc(2026, 11, 2))


def test_times_are_read_with_their_offset_and_the_last_moment_is_inside() -> None:
    found = asked(option("from", "2026-11-01T10:00+02:00"), option("to", " 2026-11-01T08:00 "))

    assert found[1:3] == (utc(2026, 11, 1, 8), utc(2026, 11, 1, 8, 0, 0, 1))


def test_a_member_is_named_by_id_or_mention_and_a_code_by_itself_or_its_link() -> None:
    plain = asked(option("user_id", MEMBER), option("invite_code", "abc"))
    dressed = asked(
        option("user_id", f" <@!{MEMBER}> "), option("invite_code", "https://discord.gg/abc/")
    )

    assert plain[3:] == dressed[3:] == (MEMBER, "abc")


@pytest.mark.parametrize("name", ["from", "to"])
@pytest.mark.parametrize(
    "written",
    ["yesterday", "2026-13-01", "01.11.2026", "2026-11-31", "", "9999-12-31T24:00", "٢٠٢٦"],
)
def test_an_unreadable_date_is_told_with_an_example(name: str, written: str) -> None:
    assert refused(option(name, written)).startswith(f"`{name}` must be a day like 2026-11-20")


def test_the_last_day_there_is_is_told_to_be_none() -> None:
    assert "must be a day" in refused(option("to", "9999-12-31"))


def test_a_start_after_the_end_is_told() -> None:
    told = refused(option("from", "2026-11-02"), option("to", "2026-11-01"))

    assert told == "`from` must not be later than `to`."


@pytest.mark.parametrize("written", ["mason", "-5", "<@&5>", "1" * 21, "٣"])
def test_an_unreadable_member_is_told(written: str) -> None:
    assert refused(option("user_id", written)).startswith("`user_id` must be")


def test_permission_is_checked_again() -> None:
    worker = Worker()

    worker.work(record(export(permissions=0)))

    assert worker.reply.content.startswith("You need Manage Server for that, or the staff role")


def test_an_empty_export_says_so_and_attaches_nothing() -> None:
    services = FakeServices()
    services.exports.result = FakeExport(lines=0)
    worker = Worker(services)

    worker.work(record(export()))

    assert worker.reply == Reply("The log has no lines that fit.", ephemeral=True)


def test_a_large_export_is_a_link_that_says_when_it_ends() -> None:
    services = FakeServices()
    services.exports.result = FakeExport(
        content=None, lines=150_000, link="https://bucket/x?y=z", expires_at=NOW
    )
    worker = Worker(services)

    worker.work(record(export()))

    [embed] = worker.reply.embeds
    assert embed.description.startswith("150,000 lines of the join log, more than Discord takes")
    assert "[Download invite_logs_20261120.csv](https://bucket/x?y=z)" in embed.description
    assert f"<t:{int(NOW.timestamp())}:R>" in embed.description
    assert worker.reply.ephemeral
    assert worker.reply.files == ()


@pytest.mark.parametrize(
    ("told", "limit"),
    [(None, 10_485_760), (500, 500), (104_857_600, 10_485_760), (0, 10_485_760)],
)
def test_what_discord_takes_here_is_what_it_says_but_never_more_than_fits_memory(
    told: int | None, limit: int
) -> None:
    worker = Worker()
    body = slash("export_invite_logs", permissions=MANAGE_GUILD, attachment_size_limit=told)

    worker.work(record(DeferredCommand(body).encode()))

    assert isinstance(worker.services, FakeServices)
    assert worker.services.exports.limits == [limit]


def test_a_log_too_long_to_be_read_says_how_to_narrow_it() -> None:
    services = FakeServices()
    services.exports.error = TooLongError()
    worker = Worker(services)

    worker.work(record(export()))

    assert "`from` and `to`" in worker.reply.content


def test_a_command_that_breaks_is_told_logged_and_not_repeated() -> None:
    class Down:
        exports = BrokenReads()

    worker = Worker(Down())

    assert worker.work(record(export())) == []

    assert "try again" in worker.reply.content
    (level, _, extra), *_ = worker.log.lines
    assert level == "exception"
    assert extra["error"] == "StoreDownError"
    assert extra["command"] == "export_invite_logs"


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (RateLimitedError(4.2, everywhere=True), "wait 5 seconds. Please try again then"),
        (RateLimitedError(601, everywhere=True), "wait 11 minutes. Please try again then"),
        (UnauthorizedError(401, retry_after=30), "refuses my token"),
    ],
)
def test_who_may_not_ask_discord_is_told_when_to_come_back(error: DiscordError, words: str) -> None:
    class Limited:
        exports = Raising(error)

    worker = Worker(Limited())

    assert worker.work(record(export())) == []
    assert words in worker.reply.content


def test_an_unreachable_discord_brings_the_message_again() -> None:
    worker = Worker(webhook=FakeWebhook(errors=[WebhookUnavailableError(0, 0)]))

    assert worker.work(record(export(), "m1"), record(export(), "m2")) == ["m1"]


def test_all_messages_may_come_again() -> None:
    worker = Worker(webhook=FakeWebhook(errors=[WebhookUnavailableError(503, 0)] * 2))

    assert worker.work(record(export(), "m1"), record(export(), "m2")) == ["m1", "m2"]


def test_a_dead_token_is_logged_and_done_with() -> None:
    worker = Worker(webhook=FakeWebhook(errors=[WebhookGoneError(401, 50027)]))

    assert worker.work(record(export())) == []
    [(level, message, extra)] = worker.log.lines
    assert (level, message) == ("warning", "reply given up")
    assert (extra["status"], extra["code"]) == (401, 50027)


def test_a_refused_reply_is_replaced_by_a_sentence() -> None:
    worker = Worker(webhook=FakeWebhook(errors=[WebhookRefusedError(400, 50035)]))

    assert worker.work(record(export())) == []
    assert "could not be shown" in worker.reply.content


def test_a_reply_refused_twice_is_done_with() -> None:
    worker = Worker(webhook=FakeWebhook(errors=[WebhookRefusedError(400, 50035)] * 2))

    assert worker.work(record(export())) == []
    assert worker.webhook.edits == []


def test_a_command_whose_token_has_expired_is_not_run() -> None:
    worker = Worker()

    assert worker.work(record(export(), sent=NOW - timedelta(minutes=15, seconds=1))) == []

    assert worker.webhook.edits == []
    assert isinstance(worker.services, FakeServices)
    assert worker.services.exports.asked == []
    [(level, *_)] = worker.log.lines
    assert level == "warning"


@pytest.mark.parametrize(
    "body", ["", "{", "[]", '{"v":1}', '{"v":2,"interaction":{}}', '{"v":1,"interaction":{}}']
)
def test_a_message_that_is_no_command_goes_to_the_dead_letters_alone(body: str) -> None:
    worker = Worker()

    assert worker.work(record(body, "bad"), record(export(), "good")) == ["bad"]
    assert len(worker.webhook.edits) == 1


def test_tokens_are_never_logged() -> None:
    worker = Worker(webhook=FakeWebhook(errors=[WebhookRefusedError(400, 1)]))

    worker.work(record(export()), record("nonsense"))

    assert worker.log.lines
    assert TOKEN not in repr(worker.log.lines)


@pytest.mark.parametrize("event", [{}, {"Records": None}, {"Records": []}])
def test_an_event_without_messages_is_done(event: dict[str, object]) -> None:
    door = Door(
        ROUTER,
        FakeServices(),
        Presses(FakePressStore(), new_token),
        FakeWebhook(),
        lambda: NOW,
        FakeLog(),
    )

    assert door.work(event) == {"batchItemFailures": []}


@action("test.turn", defer=True)
def turn(ctx: Ctx[object], page: int) -> Reply:
    if page < 0:
        raise UserError("There is no such page.")
    return Reply(f"Page {page}", rows=((Button("Next", turn.press(page=page + 1)),),))


def pressing(page: int) -> Worker:
    """A worker that is given a press of a button which leads to a page."""
    worker = Worker(router=Router((), (turn,)))
    reply = Reply("x", rows=((Button("Next", turn.press(page=page)),),))
    drawn = worker.presses.drawn(reply, GuildId(GUILD), UserId(MEMBER), NOW)
    pressed = press(drawn.components, "Next")
    assert worker.work(record(DeferredCommand(pressed).encode())) == []
    return worker


def test_a_press_edits_the_message_and_its_new_buttons_can_be_pressed() -> None:
    worker = pressing(2)

    assert worker.reply.content == "Page 2"
    asked = read_interaction(press(worker.reply.components, "Next"))
    assert worker.presses.pressed(asked, NOW).arguments == {"page": 3}


def test_a_press_that_cannot_be_done_is_told_beside_the_message() -> None:
    worker = pressing(-1)

    assert worker.webhook.edits == []
    [(token, reply)] = worker.webhook.follow_ups
    assert token == TOKEN
    assert reply == Reply("There is no such page.", ephemeral=True)
