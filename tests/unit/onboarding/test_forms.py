"""From the button through the forms to the thank-you, by signed interactions."""

import json
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest

from tests.builders import GUILD
from tests.contract import schema
from tests.fakes.fuse import BREAKS, Fuse
from tests.fakes.greeting import NEW
from tests.unit.onboarding.doors import ASKED, FIRST, Doors, content, fields
from tests.unit.onboarding.scene import GIFT
from tests.unit.slash.fakes import NOW
from tests.unit.slash.payloads import interaction
from usher.ids import UserId
from usher.ledger.erasure import Erasure
from usher.onboarding.model import Answered

STRANGER = UserId("80351110224678912")


def test_the_whole_way() -> None:
    # Given a welcomed newcomer who presses the button
    there = Doors(value=Decimal("25.99"))
    components = there.welcome()
    first = there.press(components, "Start onboarding")
    assert schema.interaction_response(json.loads(json.dumps(first))) == []
    assert first["data"]["title"] == "Spring · 1 of 2"
    assert list(fields(first)) == ["name", "mail", "side", "age", "why"]
    assert (
        fields(first)["mail"]["description"]
        == "Please write an email address like ana@example.com."
    )

    # When they send the first form, they are led on to the second
    told = there.fill(first, *FIRST)
    assert told["deferral"] == {"type": 5, "data": {"flags": 64}}
    assert content(told).startswith("1 of 2 done.")
    second = there.press(told["data"]["components"], "Continue")
    assert list(fields(second)) == ["more"]
    assert second["data"]["title"] == "Spring · 2 of 2"

    # And with that they are through: a thank-you, the answers kept, roles and conversion
    told = there.fill(second, ("more", ""))
    assert told["deferral"] == {"type": 6}
    assert (
        content(told)
        == f"Thank you, you have completed **Spring**. You get <@&{GIFT}> in a moment."
    )
    there.settle()
    record = there.services.answers.find(there.stay)
    assert record is not None
    assert record.answers == (
        Answered("name", "What is your name?", ("Ana",)),
        Answered("mail", "Your address", ("ana@example.com",)),
        Answered("side", "Which side?", ("Dark",)),
        Answered("why", "Why are you here?", ("Friends",)),
    )
    assert there.stage.recorder.conversions[there.stay][0] == Decimal("25.99")
    assert there.stage.recorder.conversions[there.stay][1]["onboarding_fields_completed"] == 4
    assert GIFT in there.stage.hall.members[NEW].roles
    assert there.services.drafts.draft(there.stay).answers == {}


def test_without_questions_the_button_alone_completes() -> None:
    there = Doors(questions=())
    components = there.welcome()
    for _ in range(2):
        assert "Thank you" in content(there.press(components, "Start onboarding"))
    there.settle()
    assert "completed this already" in content(there.press(components, "Start onboarding"))
    assert there.stage.orders.waiting == []
    assert list(there.stage.recorder.conversions) == [there.stay]
    assert GIFT in there.stage.hall.members[NEW].roles


def test_what_was_typed_wrong_is_told_kept_and_can_be_mended() -> None:
    there = Doors()
    opened = there.press(there.welcome(), "Start onboarding")

    told = there.fill(
        opened,
        ("name", "Ana"),
        ("mail", "ana @home"),
        ("side", ["Dark"]),
        ("age", "old"),
        ("why", ""),
    )

    assert content(told).splitlines() == [
        "Something is to be corrected. What you typed is kept.",
        "- **Your address**: it must be an email address like ana@example.com. "
        "You wrote `ana @home`.",
        "- **Your age**: it must be a number. You wrote `old`.",
        "- **Why are you here\\?**: this needs an answer.",
    ]
    again = there.press(told["data"]["components"], "Correct")
    held = fields(again)
    assert held["mail"]["component"]["value"] == "ana @home"
    assert held["name"]["component"]["value"] == "Ana"
    chosen = [one["label"] for one in held["side"]["component"]["options"] if one.get("default")]
    assert chosen == ["Dark"]
    told = there.fill(again, *FIRST, ("age", "7"))
    assert content(told).startswith("1 of 2 done.")


def test_an_abandoned_one_goes_on_where_it_was_by_button_or_command() -> None:
    there = Doors()
    components = there.welcome()
    there.fill(there.press(components, "Start onboarding"), *FIRST)
    for opened in (there.press(components, "Start onboarding"), there.start()):
        assert list(fields(opened)) == ["more"]
    told = there.fill(there.start(), ("more", "No"))
    assert "Thank you" in content(told)
    there.settle()
    assert "completed this already" in content(there.start())
    assert len(there.stage.recorder.conversions) == 1


def test_who_came_by_a_link_can_start_by_command_alone() -> None:
    there = Doors(questions=ASKED[:1])
    told = there.fill(there.start(), ("name", "Ana"))
    assert "Thank you" in content(told)
    there.settle()
    assert list(there.stage.recorder.conversions) == [there.stay]
    assert there.stage.door.posted == {}


def test_who_came_by_no_link_is_told_so() -> None:
    assert "There is no onboarding for you here" in content(Doors(None).start())


def test_the_button_of_another_member_an_expired_and_a_forged_one() -> None:
    there = Doors()
    components = there.welcome()
    told = there.press(components, "Start onboarding", who=STRANGER)
    assert content(told).startswith(f"That button is for <@{NEW}>.")
    assert told["data"]["flags"] == 64
    there.later(NOW + timedelta(days=7))
    assert "has expired" in content(there.press(components, "Start onboarding"))
    forged = interaction(3, {"custom_id": "start_onboarding_1_2_3", "component_type": 2, "id": 2})
    assert "has expired" in content(there.ask(forged))
    assert there.stage.orders.waiting == []


def test_it_works_in_direct_messages_for_who_it_was_sent_to() -> None:
    there = Doors(questions=ASKED[:1])
    components = there.welcome()
    opened = there.press(components, "Start onboarding", direct=True)
    told = there.fill(opened, ("name", "Ana"), direct=True)
    assert "Thank you" in content(told)
    there.settle()
    assert list(there.stage.recorder.conversions) == [there.stay]
    other = Doors(questions=ASKED[:1])
    told = other.press(other.welcome(), "Start onboarding", direct=True, who=STRANGER)
    assert content(told).startswith("That button is for")


def test_questions_that_change_on_the_way_are_asked_as_they_are_now() -> None:
    there = Doors()
    components = there.welcome()
    there.fill(there.press(components, "Start onboarding"), *FIRST)
    campaign = there.stage.referrals.campaigns(GUILD)[0]
    gone = replace(campaign, questions=ASKED[:1], version=campaign.version + 1)
    there.stage.referrals.change_campaign(gone)
    told = there.press(components, "Start onboarding")
    assert content(told) == "Everything is answered."
    assert "Thank you" in content(there.press(told["data"]["components"], "Finish"))


def test_a_form_sent_twice_counts_as_sent_last() -> None:
    there = Doors()
    opened = there.press(there.welcome(), "Start onboarding")
    there.fill(opened, *FIRST)
    told = there.fill(opened, ("name", "Anna"), *FIRST[1:])
    assert content(told).startswith("1 of 2 done.")
    assert there.services.drafts.draft(there.stay).answers["name"] == ("Anna",)


def test_somebody_faster_at_the_same_draft_is_waited_for() -> None:
    there = Doors()
    opened = there.press(there.welcome(), "Start onboarding")
    there.drafts.stale = 3
    assert content(there.fill(opened, *FIRST)).startswith("1 of 2 done.")
    there.drafts.stale = 4
    assert "Please try again" in content(there.fill(opened, *FIRST))


def test_what_is_erased_is_written_down_no_more() -> None:
    there = Doors(questions=ASKED[:1])
    there.services.privacy.erase(Erasure(GUILD, NEW, NOW, for_good=True))
    there.fill(there.start(), ("name", "Ana"))
    there.settle()
    assert there.services.answers.records(GUILD, NEW) == ()
    assert not list(there.services.privacy.objects.list("names/"))
    assert list(there.stage.recorder.conversions) == [there.stay]


@pytest.mark.parametrize(("before", "error"), BREAKS)
def test_breaking_off_anywhere_and_pressing_again_ends_as_if_it_had_not(
    before: bool,
    error: type[BaseException],
) -> None:
    def press_on(there: Doors) -> None:
        """What a member does who wants to get through: press what is there."""
        told = there.start()
        for _ in range(6):
            if told["type"] == 9:
                wanted = [one for one in (*FIRST, ("more", "")) if one[0] in fields(told)]
                told = there.fill(told, *wanted)
            elif told["data"]["components"]:
                (label,) = [one["label"] for one in told["data"]["components"][0]["components"]]
                told = there.press(told["data"]["components"], label)
            else:
                return

    def whole(fuse: Fuse) -> Doors:
        there = Doors()
        there.stage.fuse = fuse
        for step in (press_on, lambda it: it.settle()):
            for _ in range(3):
                try:
                    step(there)
                except error:
                    there.stage.fuse = Fuse()
        return there

    counting = Fuse()
    untouched = whole(counting)
    assert counting.steps > 40
    assert len(untouched.stage.recorder.conversions) == 1
    for number in range(1, counting.steps + 1):
        there = whole(Fuse(number, before=before, error=error))
        assert there.stage.sessions.held == untouched.stage.sessions.held, number
        assert there.stage.recorder.conversions == untouched.stage.recorder.conversions, number
        assert there.stage.hall.members == untouched.stage.hall.members, number
        assert there.services.answers.records(GUILD, NEW) == untouched.services.answers.records(
            GUILD, NEW
        ), number
