"""Whatever is in the way of a deployment: a sentence, nothing half done, and again works."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from infra.deploying.deployment import deploy
from infra.deploying.model import Change, Stack, StopError
from tests.fakes.deploying import (
    APPLICATION,
    ENDPOINT,
    TOKEN,
    FakeOperator,
    Place,
    deployed,
    wish,
)

type Spoil = Callable[[Place], None]


def _no_credentials(place: Place) -> None:
    place.account.refusal = "There are no AWS credentials: sign in first."


def _no_engine(place: Place) -> None:
    place.machine.programs = {"make", "sam", "git"}


def _sleeping_engine(place: Place) -> None:
    place.machine.failing = {"docker info"}


def _no_make(place: Place) -> None:
    place.machine.programs = {"docker", "sam", "git"}


def _broken_image(place: Place) -> None:
    place.machine.failing = {"docker build"}


def _other_platform(place: Place) -> None:
    place.machine.platform = "linux/amd64"


def _no_login(place: Place) -> None:
    place.machine.failing = {"docker login"}


def _no_push(place: Place) -> None:
    place.machine.failing = {"docker push"}


def _broken_build(place: Place) -> None:
    place.machine.failing = {"make build"}


def _refused_template(place: Place) -> None:
    place.machine.failing = {".venv-sam/bin/sam deploy", "/usr/bin/sam deploy"}


def _nobody_agrees(place: Place) -> None:
    place.operator.agreeing = False


def _no_token(place: Place) -> None:
    place.operator.secrets = []


def _unknown_token(place: Place) -> None:
    place.discord.unknown = True


def _lost_table(place: Place) -> None:
    place.machine.changes = (Change("Modify", "UsherTable", "AWS::DynamoDB::Table", replaces=True),)


def _failed_stack(place: Place) -> None:
    place.stacks.outcome = Stack("usher-prod", "ROLLBACK_COMPLETE")
    place.stacks.reasons = ("Service: ECS Deployment Circuit Breaker was triggered",)


def _other_bot(place: Place) -> None:
    place.stacks.stacks["usher-prod"] = deployed(DiscordApplicationId="987654321098765432")


def _somebody_else(place: Place) -> None:
    place.stacks.stacks["usher-prod"] = Stack("usher-prod", "UPDATE_IN_PROGRESS")


def _no_intent(place: Place) -> None:
    place.discord.refusals = ["Invalid Form Body"]


def _refused_endpoint(place: Place) -> None:
    place.discord.refusals = [None, None, *(["could not be verified"] * 4)]


SPOILT = [
    (_no_credentials, "no AWS credentials"),
    (_no_engine, "docker or podman"),
    (_sleeping_engine, "docker or podman"),
    (_no_make, "GNU make"),
    (_broken_image, "could not build the image for linux/arm64"),
    (_other_platform, "built an image for linux/amd64 where linux/arm64 was asked for"),
    (_no_login, "could not log in"),
    (_no_push, "could not push"),
    (_broken_build, "functions could not be built"),
    (_refused_template, "refused it"),
    (_nobody_agrees, "Nothing was changed"),
    (_no_token, "no bot token yet in the secret usher/prod/discord-token"),
    (_unknown_token, "does not know this bot token"),
    (_lost_table, "would begin an empty UsherTable"),
    (_failed_stack, "Service: ECS Deployment Circuit Breaker was triggered"),
    (_other_bot, "Another bot gets a stage of its own"),
    (_somebody_else, "somebody changes it now"),
    (_no_intent, "Server Members Intent"),
    (_refused_endpoint, f"Discord did not accept {ENDPOINT}"),
]
EVERY = pytest.mark.parametrize(
    ("spoil", "words"), SPOILT, ids=lambda one: getattr(one, "__name__", "")
)


@EVERY
def test_it_stops_with_a_sentence(spoil: Spoil, words: str) -> None:
    place = Place()
    spoil(place)

    with pytest.raises(StopError) as stopped:
        deploy(place.tools, wish())

    sentence = str(stopped.value)
    assert words in sentence
    assert sentence.endswith(".")
    assert TOKEN not in sentence


@EVERY
def test_it_can_be_run_again_once_it_is_mended(spoil: Spoil, words: str) -> None:
    place = Place()
    spoil(place)
    with pytest.raises(StopError):
        deploy(place.tools, wish())
    sound = Place()
    sound.account.secrets, sound.account.repositories = (
        place.account.secrets,
        place.account.repositories,
    )
    sound.discord.application = place.discord.application
    sound.stacks.stacks = {
        name: stack
        for name, stack in place.stacks.stacks.items()
        if stack.status == "ROLLBACK_COMPLETE"
    }
    sound.operator = FakeOperator([TOKEN])

    deploy(sound.tools, wish())

    assert sound.discord.application.endpoint == ENDPOINT


def test_a_parameter_that_is_not_there_is_named_before_anything_is_done() -> None:
    place = Place()

    with pytest.raises(StopError) as stopped:
        deploy(place.tools, wish(parameters={"LogLevl": "DEBUG"}))

    assert str(stopped.value) == "template.yaml has no parameter LogLevl."
    assert place.account.secrets == {}


def test_a_token_that_discord_does_not_know_is_not_kept() -> None:
    place = Place()
    place.discord.unknown = True

    with pytest.raises(StopError):
        deploy(place.tools, wish())

    assert place.account.secrets == {}


def test_a_secret_without_a_token_is_named() -> None:
    place = Place()
    place.account.secrets["usher/prod/discord-token"] = "{}"

    with pytest.raises(StopError) as stopped:
        deploy(place.tools, wish())

    assert "usher/prod/discord-token holds no token: --new-secrets" in str(stopped.value)


def test_changes_that_nobody_wants_are_forgotten() -> None:
    place = Place()
    place.operator.agreeing = False

    with pytest.raises(StopError):
        deploy(place.tools, wish())

    assert place.stacks.discarded == ["sam"]
    assert place.stacks.proposed == {}
    assert place.discord.registered == 0


@pytest.mark.parametrize("name", ["UsherTable", "LedgerBucket"])
@pytest.mark.parametrize("yes", [True, False])
def test_what_is_kept_is_never_replaced_even_if_nothing_is_asked(name: str, *, yes: bool) -> None:
    place = Place()
    place.machine.changes = (Change("Remove", name, "AWS::S3::Bucket"),)

    with pytest.raises(StopError):
        deploy(place.tools, wish(yes=yes))

    assert place.stacks.executed == []


def test_an_endpoint_elsewhere_is_not_taken_away_unasked() -> None:
    place = Place()
    place.discord.application = replace(APPLICATION, endpoint="https://old.example/interactions")
    place.account.secrets["usher/prod/discord-token"] = TOKEN
    place.stacks.stacks["usher-prod"] = deployed()
    place.machine.changes = ()
    place.operator.agreeing = False

    with pytest.raises(StopError) as stopped:
        deploy(place.tools, wish())

    assert "go on going where they went" in str(stopped.value)
    assert place.discord.application.endpoint == "https://old.example/interactions"


@pytest.mark.parametrize(
    "status",
    [
        *("ROLLBACK_FAILED", "DELETE_FAILED", "UPDATE_ROLLBACK_FAILED"),
        *("IMPORT_ROLLBACK_FAILED", "IMPORT_ROLLBACK_COMPLETE"),
    ],
)
def test_a_stack_that_is_stuck_is_named_with_its_remedy(status: str) -> None:
    place = Place()
    place.stacks.stacks["usher-prod"] = Stack("usher-prod", status)

    with pytest.raises(StopError) as stopped:
        deploy(place.tools, wish())

    assert str(stopped.value).startswith(f"usher-prod is {status}: ")


def test_a_bot_that_answers_elsewhere_is_not_deployed_a_second_time_unasked() -> None:
    # Given somebody who forgot in which Region the stack is
    place = Place()
    place.discord.application = replace(APPLICATION, endpoint="https://old.example/interactions")
    place.operator.agreeing = False

    with pytest.raises(StopError) as stopped:
        deploy(place.tools, wish())

    # Then nothing is begun
    assert "--region" in str(stopped.value)
    assert any("https://old.example/interactions" in one for one in place.operator.said)
    assert place.machine.ran == []
    assert place.account.secrets == {}


def test_who_wants_a_bot_that_answers_elsewhere_here_is_asked_once() -> None:
    place = Place()
    place.discord.application = replace(APPLICATION, endpoint="https://old.example/interactions")

    deploy(place.tools, wish())

    assert len([one for one in place.operator.asked if "here" in one]) == 1
    assert place.discord.application.endpoint == ENDPOINT
