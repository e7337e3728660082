"""`usher deploy` from the first time on: what is run, where secrets go, what Discord is told."""

import json
from dataclasses import replace

import pytest

from infra.deploying.asking import QUESTIONS
from infra.deploying.deployment import deploy
from infra.deploying.discord import MEMBERS, MEMBERS_LIMITED, PAUSE
from infra.deploying.model import Change, Resource, Stack, StopError
from infra.deploying.needs import NEEDS, SCOPES, install_link, permissions
from tests.fakes.deploying import APPLICATION, ENDPOINT, TOKEN, Place, deployed, wish

TAG = "0123456789ab-arm64"


@pytest.fixture
def place() -> Place:
    return Place()


def test_the_first_deployment_does_everything_in_order(place: Place) -> None:
    deploy(place.tools, wish())

    # SAM is found in .venv-sam or on PATH.
    kinds = [
        " ".join([line.split()[0].rpartition("/")[2], line.split()[1]])
        for line in place.machine.ran
    ]
    assert kinds == [
        "git log",
        "git status",
        "docker info",
        "docker build",
        "docker image",
        "docker login",
        "docker push",
        "make build",
        "sam deploy",
    ]
    assert place.stacks.executed == ["sam"]
    assert place.discord.registered == 1
    assert place.discord.application.endpoint == ENDPOINT


def test_the_stack_is_given_what_discord_and_this_checkout_say(place: Place) -> None:
    place.stacks.outcome = deployed("usher-test")

    deploy(
        place.tools, wish(stage="test", parameters={"ApiOrigins": "https://a.example https://b"})
    )

    [line] = [one for one in place.machine.ran if " deploy " in one]
    for part in (
        "--stack-name usher-test --region eu-central-1 --resolve-s3",
        "--no-execute-changeset --no-confirm-changeset --no-fail-on-empty-changeset",
        'ApiOrigins="https://a.example https://b"',
        'Architecture="arm64"',
        'DeployListener="true"',
        f'DiscordApplicationId="{APPLICATION.id}"',
        f'DiscordPublicKey="{APPLICATION.public_key}"',
        'DiscordTokenSecretName="usher/test/discord-token"',
        f'ListenerImageTag="{TAG}"',
        'Stage="test"',
        "--tags application=usher stage=test",
    ):
        assert part in line


def test_secrets_are_seen_by_the_secret_store_and_nobody_else(place: Place) -> None:
    place.operator.secrets.append("hush.hush")

    deploy(place.tools, wish(sign_in=True))

    assert place.account.secrets == {
        "usher/prod/discord-token": TOKEN,
        "usher/prod/discord-client-secret": "hush.hush",
    }
    told = "\n".join([*place.machine.ran, *place.operator.said, *place.operator.asked])
    assert TOKEN not in told
    assert "hush.hush" not in told
    assert "registry secret" not in told
    assert place.machine.given == ["registry secret"]


def test_the_first_time_it_asks_who_runs_this_and_never_again(place: Place) -> None:
    place.operator.answers = {QUESTIONS["OperatorName"]: "The Example Club"}

    deploy(place.tools, wish())
    place.machine.ran, first = [], place.machine.ran
    deploy(place.tools, wish())

    assert [q for q in place.operator.asked if q == QUESTIONS["OperatorName"]] == [
        QUESTIONS["OperatorName"]
    ]
    assert ['OperatorName="The Example Club"' in line for line in first if " deploy " in line] == [
        True
    ]
    # What is not given on an update stays as it was.
    assert not any("OperatorName" in line for line in place.machine.ran)


def test_the_image_is_named_by_the_commit_that_it_was_built_of(place: Place) -> None:
    deploy(place.tools, wish())

    name = f"111122223333.dkr.ecr.eu-central-1.amazonaws.com/usher-listener:{TAG}"
    assert f"--platform linux/arm64 --file gateway_listener/Dockerfile --tag {name} ." in (
        place.machine.line("docker build")
    )
    assert place.machine.line("docker push") == f"docker push {name}"


def test_a_token_that_the_console_stored_as_json_is_read(place: Place) -> None:
    place.account.secrets["usher/prod/discord-token"] = json.dumps({"token": TOKEN})

    deploy(place.tools, wish())

    assert {token for _, token in place.opened} == {TOKEN}
    assert place.account.secrets["usher/prod/discord-token"] == json.dumps({"token": TOKEN})


def test_a_new_token_takes_the_old_ones_place_when_it_is_asked_for(place: Place) -> None:
    place.account.secrets["usher/prod/discord-token"] = "the.old.one"

    deploy(place.tools, wish(new_secrets=True))

    assert place.account.secrets["usher/prod/discord-token"] == TOKEN


def test_doing_it_again_builds_no_image_and_asks_for_nothing(place: Place) -> None:
    deploy(place.tools, wish())
    again = place.machine.ran, place.operator.asked, place.discord.changed
    for one in again:
        one.clear()
    place.machine.changes = ()

    deploy(place.tools, wish())

    assert not [line for line in place.machine.ran if line.startswith("docker")]
    assert place.operator.asked == []
    assert place.discord.changed == []
    assert place.stacks.executed == ["sam"]
    assert any(ENDPOINT in line for line in place.operator.said)


def test_what_was_chosen_once_stays(place: Place) -> None:
    place.stacks.stacks["usher-prod"] = deployed(
        Architecture="x86_64",
        DeployListener="false",
        DiscordApiBase="https://discord.example/api/v10",
        DiscordTokenSecretName="elsewhere/token",
    )
    place.account.secrets["elsewhere/token"] = TOKEN

    deploy(place.tools, wish())

    assert place.machine.line("make") == "make build ARCHITECTURE=x86_64"
    [line] = [one for one in place.machine.ran if " deploy " in one]
    assert 'DeployListener="false"' in line
    assert 'DiscordTokenSecretName="elsewhere/token"' in line
    assert {api_base for api_base, _ in place.opened} == {"https://discord.example/api/v10"}


def test_changes_are_shown_before_anybody_is_asked(place: Place) -> None:
    place.machine.changes = (
        Change("Add", "HooksQueue", "AWS::SQS::Queue"),
        Change("Modify", "EventWorkerFunction", "AWS::Lambda::Function"),
        Change("Remove", "Old", "AWS::SQS::Queue"),
        Change("Modify", "Cluster", "AWS::ECS::Cluster", replaces=True),
    )

    deploy(place.tools, wish())

    shown = [line for line in place.operator.said if line.startswith(("  +", "  ~", "  -"))]
    assert shown == [
        "  + HooksQueue (SQS::Queue)",
        "  ~ EventWorkerFunction (Lambda::Function)",
        "  - Old (SQS::Queue)",
        "  ~ Cluster (ECS::Cluster, replaced by a new one)",
    ]
    assert place.operator.asked[-1] == "Carry these changes out?"


def test_without_questions_where_it_is_asked_for(place: Place) -> None:
    place.account.secrets["usher/prod/discord-token"] = TOKEN
    place.operator.agreeing = False

    deploy(place.tools, wish(yes=True))

    assert place.operator.asked == []
    assert place.stacks.executed == ["sam"]


def test_an_account_that_never_had_containers_is_made_ready_for_them(place: Place) -> None:
    deploy(place.tools, wish())

    assert place.account.ecs_role


@pytest.mark.parametrize(("allowed", "told"), [(10, True), (1000, False), (None, False)])
def test_an_account_that_runs_few_functions_at_once_is_told_of(
    place: Place, allowed: int | None, *, told: bool
) -> None:
    place.account.allowed = allowed

    deploy(place.tools, wish())

    assert any("only 10 functions at once" in line for line in place.operator.said) == told


def test_a_stack_that_was_only_proposed_is_made(place: Place) -> None:
    place.stacks.stacks["usher-prod"] = Stack("usher-prod", "REVIEW_IN_PROGRESS")

    deploy(place.tools, wish())

    assert place.stacks.executed == ["sam"]


def test_a_stack_that_looks_as_before_at_first_is_waited_for(place: Place) -> None:
    place.stacks.stacks["usher-prod"] = deployed()
    place.stacks.outcome = None
    busy = Stack("usher-prod", "UPDATE_IN_PROGRESS")
    ends = iter([busy, deployed(status="UPDATE_COMPLETE")])

    def passes(_seconds: float) -> None:
        place.stacks.stacks["usher-prod"] = next(ends)

    deploy(replace(place.tools, pause=passes), wish())

    assert place.discord.application.endpoint == ENDPOINT


def test_podman_does_where_there_is_no_docker(place: Place) -> None:
    place.machine.programs = {"make", "podman", "sam", "git"}

    deploy(place.tools, wish())

    assert place.machine.line("podman push")


def test_without_a_listener_no_engine_is_needed(place: Place) -> None:
    place.machine.programs = {"make", "sam"}

    deploy(place.tools, wish(listener=False))

    [line] = [one for one in place.machine.ran if " deploy " in one]
    assert 'DeployListener="false"' in line


def test_the_members_intent_and_the_install_link_are_set_once(place: Place) -> None:
    deploy(place.tools, wish())

    assert place.discord.application.flags == MEMBERS_LIMITED
    assert place.discord.application.installs == {
        "0": {"oauth2_install_params": {"scopes": [*SCOPES], "permissions": permissions()}}
    }


def test_an_approved_intent_and_an_owners_own_link_are_left_alone(place: Place) -> None:
    own = {"0": {"oauth2_install_params": {"scopes": ["bot"], "permissions": "8"}}, "1": {}}
    place.discord.application = replace(APPLICATION, flags=MEMBERS, installs=own)

    deploy(place.tools, wish())

    assert place.discord.changed == [{"interactions_endpoint_url": ENDPOINT}]


def test_discord_may_need_to_be_asked_again_while_functions_are_cold(place: Place) -> None:
    place.discord.refusals = [None, None, "could not be verified", None]

    deploy(place.tools, wish())

    assert place.discord.application.endpoint == ENDPOINT
    assert place.paused.count(PAUSE) == 1


def test_the_redirect_that_only_the_portal_can_set_is_named(place: Place) -> None:
    place.stacks.outcome = deployed(DiscordClientSecretName="usher/prod/discord-client-secret")

    deploy(place.tools, wish())

    assert any("/api/discord/signed-in in the portal" in line for line in place.operator.said)


def test_what_is_asked_of_a_server_is_listed_with_its_reason_and_linked(place: Place) -> None:
    deploy(place.tools, wish())

    said = "\n".join(place.operator.said)
    assert all(need.name in said and need.reason in said for need in NEEDS)
    assert len({need.bit for need in NEEDS}) == len(NEEDS)
    assert (
        place.operator.said[-1]
        == install_link(APPLICATION.id)
        == (
            "https://discord.com/oauth2/authorize?client_id=123456789012345678"
            f"&scope=bot+applications.commands&permissions={permissions()}&integration_type=0"
        )
    )


def test_a_table_and_a_ledger_that_were_left_are_taken_over_first(place: Place) -> None:
    found = {"UsherTable": "usher-old-table", "LedgerBucket": "usher-old-ledger"}

    deploy(place.tools, wish(adopted=found))

    [(template, resources)] = place.stacks.imported
    assert place.stacks.executed == ["import", "sam"]
    assert [(one.logical_id, one.physical_id) for one in resources] == [
        ("UsherTable", "usher-old-table"),
        ("LedgerBucket", "usher-old-ledger"),
        ("LedgerBucketPolicy", "usher-old-ledger"),
    ]
    held = json.loads(template)["Resources"]
    assert held.keys() == {"UsherTable", "LedgerBucket", "LedgerBucketPolicy"}
    assert all(resource["DeletionPolicy"] == "Retain" for resource in held.values())
    references = {word for word in str(held).split("'") if word.endswith(("Role", "Function"))}
    assert references == set()


def test_what_a_stack_has_taken_over_already_is_not_taken_over_again(place: Place) -> None:
    place.stacks.stacks["usher-prod"] = deployed()
    place.stacks.held = [
        Resource("UsherTable", "AWS::DynamoDB::Table", "t"),
        Resource("LedgerBucket", "AWS::S3::Bucket", "b"),
    ]
    place.machine.changes = (Change("Modify", "UsherTable", "AWS::DynamoDB::Table"),)

    deploy(place.tools, wish(adopted={"UsherTable": "t", "LedgerBucket": "b"}))

    assert place.stacks.imported == []
    assert place.stacks.executed == ["sam"]


@pytest.mark.parametrize("held", ["another", ""])
def test_a_stack_with_a_table_of_its_own_takes_no_other_over(place: Place, held: str) -> None:
    place.stacks.stacks["usher-prod"] = deployed()
    if held:
        place.stacks.held = [Resource("UsherTable", "AWS::DynamoDB::Table", held)]

    with pytest.raises(StopError) as stopped:
        deploy(place.tools, wish(adopted={"UsherTable": "t", "LedgerBucket": "b"}, yes=True))

    assert "make destroy" in str(stopped.value)
    assert place.stacks.executed == []


def test_a_listener_elsewhere_stays_elsewhere(place: Place) -> None:
    place.stacks.stacks["usher-prod"] = deployed(DeployListener="elsewhere")
    place.machine.programs = {"make", "sam"}

    deploy(place.tools, wish())

    [line] = [one for one in place.machine.ran if " deploy " in one]
    assert 'DeployListener="elsewhere"' in line


def test_a_listener_elsewhere_may_be_asked_for_by_hand(place: Place) -> None:
    deploy(place.tools, wish(parameters={"DeployListener": "elsewhere"}))

    [line] = [one for one in place.machine.ran if " deploy " in one]
    assert 'DeployListener="elsewhere"' in line
    assert not [one for one in place.machine.ran if one.startswith("docker")]


def test_the_rest_of_a_first_deployment_that_failed_is_removed(place: Place) -> None:
    place.stacks.stacks["usher-prod"] = Stack("usher-prod", "ROLLBACK_COMPLETE")

    deploy(place.tools, wish())

    assert place.stacks.deleted == ["usher-prod"]
    assert place.stacks.executed == ["sam"]
