"""/webhook: made, shown, tried, replayed, switched off and on, deleted."""

import re

from tests.builders import at
from tests.unit.command_worker.desk import Desk, labels, words
from tests.unit.interactions.doors import Front
from tests.unit.slash.payloads import GUILD, MANAGE_GUILD, option, typing
from usher.contracts.deeds import SettingChanged
from usher.contracts.hook_event import HookEvent, HookType
from usher.contracts.hook_order import Deliver, Replay
from usher.hooks.model import Attempt, Delivery, Ending, Endpoint, Health, State
from usher.hooks.rules import delivery_key
from usher.ids import GuildId

HERE = GuildId(GUILD)
URL = "https://hooks.example/usher?token=hidden"


def made(there: Desk, **options: str) -> Endpoint:
    asked = {"url": URL, **options}
    there.run("webhook create", *(option(name, value) for name, value in asked.items()))
    return there.services.endpoints.endpoints(HERE)[-1][0]


def event(number: int = 1) -> HookEvent:
    id_ = f"evt_{number:032x}"
    return HookEvent(id_, HookType.JOIN_RECORDED, HERE, at(number), {"n": number})


def logged(there: Desk, endpoint: Endpoint, number: int, state: State = State.FAILED) -> None:
    attempts = (Attempt(at(number), 12, 503, "", "busy"),)
    there.services.endpoints.add_delivery(
        Delivery(endpoint.id, event(number), state, None, 1, attempts)
    )


def test_nothing_is_there_yet() -> None:
    there = Desk()

    assert "`/webhook create`" in there.run("webhook list").content
    assert "I know no webhook `x` here" in there.run("webhook show", option("name", "x")).content


def test_a_webhook_is_made_with_its_secret_and_events_are_told_from_now_on() -> None:
    there = Desk()

    told = there.run(
        "webhook create", option("url", URL), option("events", "member.left, join.recorded")
    )

    endpoint = there.services.endpoints.endpoints(HERE)[0][0]
    assert re.search(r"\|\|`whsec_[A-Za-z0-9+/=]{44}`\|\|", told.content)
    assert "hidden" not in told.content
    assert endpoint.types == {HookType.MEMBER_LEFT, HookType.JOIN_RECORDED}
    deed = there.services.deeds.done[max(there.services.deeds.done)]
    assert isinstance(deed, SettingChanged)
    assert (deed.name, deed.value) == ("guild#webhooks", "on")
    listed = words(there.run("webhook list"))
    assert "**1 webhook**" in listed
    assert "whsec" not in listed


def test_the_same_interaction_twice_makes_one() -> None:
    there = Desk()
    made(there)
    there.forget_asking()
    made(there)

    assert len(there.services.endpoints.endpoints(HERE)) == 1


def test_what_cannot_be_is_told() -> None:
    there = Desk()

    for url in ("http://hooks.example/", "https://10.0.0.1/", "https://hooks.example:99/"):
        assert there.run("webhook create", option("url", url)).content
    told = there.run("webhook create", option("url", URL), option("events", "join"))
    assert "There is no event `join`" in told.content
    assert there.services.endpoints.endpoints(HERE) == ()
    for number in range(10):
        made(there, url=f"https://hooks.example/{number}")
    assert "at most 10 webhooks" in there.run("webhook create", option("url", URL)).content


def test_a_webhook_is_edited_switched_off_and_on() -> None:
    there = Desk()
    name = made(there).id

    told = there.run(
        "webhook edit", option("name", name), option("events", "all"), option("description", "CRM")
    )
    assert "all events" in told.content
    there.run("webhook disable", option("name", name))
    assert "switched off" in words(there.run("webhook list"))
    assert "`/webhook enable`" in there.run("webhook replay", option("name", name)).content

    endpoint, _ = there.services.endpoints.endpoints(HERE)[0]
    ended = Health(9, 0, at(0), None, at(0), Ending.FAILING)
    there.services.endpoints.keep_health(endpoint, Health(), ended)
    there.run("webhook enable", option("name", name))
    ((endpoint, health),) = there.services.endpoints.endpoints(HERE)
    assert (endpoint.active, health) == (True, Health())


def test_a_new_secret_is_shown_once_and_the_old_one_holds() -> None:
    there = Desk()
    before = made(there)

    told = there.run("webhook secret", option("name", before.id))

    after = there.services.endpoints.endpoints(HERE)[0][0]
    assert after.secret in told.content
    assert after.old_secret == before.secret
    assert after.old_until is not None


def test_the_log_is_shown_page_by_page() -> None:
    there = Desk()
    endpoint = made(there)
    for number in range(1, 12):
        logged(there, endpoint, number)

    first = there.run("webhook show", option("name", endpoint.id))
    older = there.press(first, "Older")

    assert event(11).id in words(first)
    assert "503 in 12 ms `busy`" in words(first)
    assert event(3).id not in words(first)
    assert event(3).id in words(older)
    assert labels(older) == {}


def test_a_test_that_was_answered_and_one_that_was_not_yet() -> None:
    there = Desk()
    endpoint = made(there)
    waiting = there.run("webhook test", option("name", endpoint.id))
    assert "on its way" in waiting.content

    [told] = there.services.hook_queue.told
    done = Delivery(endpoint.id, told, State.DELIVERED, None, 1, (Attempt(at(1), 9, 204),))
    there.services.endpoints.log[HERE, endpoint.id, delivery_key(told)] = done
    there.forget_asking()
    answered = there.run("webhook test", option("name", endpoint.id))
    assert "It took the test. 204 in 9 ms" in answered.content


def test_one_event_or_a_span_is_sent_again() -> None:
    there = Desk()
    endpoint = made(there)
    logged(there, endpoint, 1)

    one = there.run("webhook replay", option("name", endpoint.id), option("event", event(1).id))
    none = there.run("webhook replay", option("name", endpoint.id), option("event", "evt_x"))
    span = there.run("webhook replay", option("name", endpoint.id), option("hours", 2))

    assert one.content == "It is being sent again."
    assert none.content == "Its log has no such delivery."
    assert "failed or was kept" in span.content
    (first, _), (second, _) = there.services.hook_queue.orders
    assert isinstance(first, Deliver)
    assert isinstance(second, Replay)
    assert second.only_failed


def test_deleting_is_asked_for_twice_and_permission_is_looked_at_again() -> None:
    there = Desk()
    endpoint = made(there)

    asked = there.run("webhook delete", option("name", endpoint.id))
    assert there.services.endpoints.endpoints(HERE)
    assert there.refused(asked, "Delete the webhook", rights=0)
    there.press(asked, "Delete the webhook")

    assert there.services.endpoints.endpoints(HERE) == ()


def test_who_may_not_manage_the_server_sees_nothing() -> None:
    there = Desk()
    made(there)

    for line in ("webhook list", "webhook show", "webhook secret"):
        told = there.run(line, option("name", "we_1"), rights=0)
        assert "whsec" not in words(told)
        assert "Manage Server" in words(told)


def test_webhooks_and_events_are_suggested() -> None:
    there = Desk()
    endpoint = made(there, description="The CRM")
    front = Front(there.services)

    def ask(option_name: str, line: str, typed: str, rights: int = MANAGE_GUILD) -> list[str]:
        sent = typing(line, option_name, typed, permissions=rights)
        data = front.send(sent)[1]["data"]
        assert isinstance(data, dict)
        return [one["value"] for one in data["choices"]]

    assert ask("name", "webhook show", "crm") == [endpoint.id]
    assert ask("name", "webhook show", "zzz") == []
    assert ask("name", "webhook show", "crm", 0) == []
    assert ask("events", "webhook create", "mem") == ["member.qualified", "member.left"]
    assert ask("events", "webhook create", "member.left join.r") == ["member.left join.recorded"]
