"""`usher destroy`: the stack goes, ledger and table stay, and the operator is told how to go on."""

import pytest

from infra.deploying.model import Resource, Stack, StopError
from infra.deploying.teardown import destroy
from tests.fakes.deploying import APPLICATION, ENDPOINT, TOKEN, Place, deployed, wish


@pytest.fixture
def place() -> Place:
    place = Place()
    place.stacks.stacks["usher-prod"] = deployed()
    place.stacks.held = [
        Resource("UsherTable", "AWS::DynamoDB::Table", "usher-table"),
        Resource("LedgerBucket", "AWS::S3::Bucket", "usher-ledger"),
        Resource("HooksQueue", "AWS::SQS::Queue", "queue"),
    ]
    place.account.secrets["usher/prod/discord-token"] = TOKEN
    place.discord.change({"interactions_endpoint_url": ENDPOINT})
    return place


def test_the_stack_goes_and_what_is_left_is_named(place: Place) -> None:
    destroy(place.tools, wish())

    assert place.stacks.stacks == {}
    assert place.account.secrets == {"usher/prod/discord-token": TOKEN}
    assert (
        "  usher deploy --adopt-table usher-table --adopt-bucket usher-ledger"
        in place.operator.said
    )
    before = place.operator.said[: place.operator.said.index("usher-prod is gone.")]
    assert "  usher-table (UsherTable)" in before
    assert not any("queue (" in line for line in place.operator.said)


def test_discord_sends_nothing_to_what_is_gone(place: Place) -> None:
    destroy(place.tools, wish())

    assert place.discord.application.endpoint is None


def test_an_endpoint_of_another_stack_stays(place: Place) -> None:
    place.discord.change({"interactions_endpoint_url": "https://other.example/interactions"})

    destroy(place.tools, wish())

    assert place.discord.application.endpoint == "https://other.example/interactions"


def test_a_bot_that_is_gone_holds_nothing_up(place: Place) -> None:
    place.discord.unknown = True

    destroy(place.tools, wish())

    assert place.stacks.stacks == {}


def test_nothing_goes_without_a_word(place: Place) -> None:
    place.operator.agreeing = False

    with pytest.raises(StopError) as stopped:
        destroy(place.tools, wish())

    assert str(stopped.value) == "Nothing was deleted."
    assert "usher-prod" in place.stacks.stacks
    assert place.discord.application.endpoint == ENDPOINT


def test_a_stack_that_cannot_go_is_told_of(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    stuck = Stack("usher-prod", "DELETE_FAILED")
    monkeypatch.setattr(
        place.stacks, "delete_stack", lambda name: place.stacks.stacks.update({name: stuck})
    )
    place.stacks.reasons = ("Cluster: it has tasks",)

    with pytest.raises(StopError) as stopped:
        destroy(place.tools, wish())

    assert "usher-prod is DELETE_FAILED: Cluster: it has tasks" in str(stopped.value)


def test_no_stack_is_no_failure(place: Place) -> None:
    destroy(place.tools, wish(stage="other"))

    assert place.operator.said == [
        "There is no stack usher-other in account 111122223333, eu-central-1."
    ]


def test_a_stage_names_itself_in_what_is_to_be_typed(place: Place) -> None:
    place.stacks.stacks["usher-test"] = deployed("usher-test", DiscordApplicationId=APPLICATION.id)

    destroy(place.tools, wish(stage="test"))

    assert any(line.startswith("  usher deploy --stage test ") for line in place.operator.said)


def test_a_stack_that_may_not_be_deleted_goes_on_being_asked(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refused(name: str) -> None:
        raise StopError(f"AWS did not let us delete {name}: it is protected.")

    monkeypatch.setattr(place.stacks, "delete_stack", refused)

    with pytest.raises(StopError):
        destroy(place.tools, wish())

    assert place.discord.application.endpoint == ENDPOINT
