"""The operator's account by the SDK, on an emulation of AWS: secrets, images, who asks."""

import json
from collections.abc import Iterator

import boto3
import pytest
from botocore.exceptions import NoCredentialsError
from moto import mock_aws

from infra.deploying.account import Account, open_account
from infra.deploying.model import REPOSITORY, Identity, StopError

TAGS = {"application": "usher", "stage": "test"}
REGION = "eu-central-1"


@pytest.fixture
def account(monkeypatch: pytest.MonkeyPatch) -> Iterator[Account]:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "test")
    monkeypatch.delenv("AWS_PROFILE", raising=False)
    with mock_aws():
        client, region = open_account(REGION, None)
        yield Account(client, region)


def test_it_says_who_asks_and_where(account: Account) -> None:
    found = account.identity()

    assert isinstance(found, Identity)
    assert (found.account, found.region) == ("123456789012", REGION)


def test_a_secret_is_made_and_made_anew(account: Account) -> None:
    assert account.secret("usher/test/discord-token") is None

    for text in ("first", "second"):
        account.keep_secret("usher/test/discord-token", text, TAGS)
        assert account.secret("usher/test/discord-token") == text

    held = boto3.client("secretsmanager", region_name=REGION).list_secrets()["SecretList"]
    assert [one["Tags"] for one in held] == [
        [{"Key": "application", "Value": "usher"}, {"Key": "stage", "Value": "test"}]
    ]


def test_a_repository_is_made_once_and_its_tags_name_one_image_for_ever(account: Account) -> None:
    assert [account.ensure_repository(REPOSITORY, TAGS) for _ in range(2)] == [True, False]

    ecr = boto3.client("ecr", region_name=REGION)  # type: ignore[call-overload,unused-ignore]
    (held,) = ecr.describe_repositories()["repositories"]
    assert held["imageTagMutability"] == "IMMUTABLE"
    assert held["imageScanningConfiguration"] == {"scanOnPush": True}
    policy = ecr.get_lifecycle_policy(repositoryName=REPOSITORY)["lifecyclePolicyText"]
    # An image that a stack may go back to is not taken away.
    assert '"tagStatus": "untagged"' in policy


def test_images_are_found_by_their_tag(account: Account) -> None:
    account.ensure_repository(REPOSITORY, TAGS)
    ecr = boto3.client("ecr", region_name=REGION)  # type: ignore[call-overload,unused-ignore]
    kind = "application/vnd.oci.image.manifest.v1+json"
    manifest = json.dumps({"schemaVersion": 2, "mediaType": kind, "config": {}, "layers": []})
    ecr.put_image(repositoryName=REPOSITORY, imageManifest=manifest, imageTag="one")

    assert account.has_image(REPOSITORY, "one")
    assert not account.has_image(REPOSITORY, "two")


def test_the_role_of_ecs_is_made_where_there_is_none(account: Account) -> None:
    assert [account.ensure_ecs_role() for _ in range(2)] == [True, False]


def test_a_limit_that_is_not_told_is_none() -> None:
    class Lambda:
        def get_account_settings(self) -> dict[str, dict[str, int]]:
            return {"AccountLimit": {"ConcurrentExecutions": 10}}

    class Silent:
        def get_account_settings(self) -> None:
            raise NoCredentialsError

    assert Account(lambda _: Lambda(), REGION).at_once() == 10
    assert Account(lambda _: Silent(), REGION).at_once() is None


def test_the_registry_is_this_accounts_and_its_password_is_not_shown(account: Account) -> None:
    registry = account.registry()

    assert registry.host == f"123456789012.dkr.ecr.{REGION}.amazonaws.com"
    assert registry.user == "AWS"
    assert registry.password
    assert registry.password not in repr(registry)


def test_without_credentials_region_or_profile_there_is_a_sentence(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for name in ("AWS_DEFAULT_REGION", "AWS_REGION", "AWS_PROFILE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AWS_CONFIG_FILE", "/nowhere")
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", "/nowhere")

    def no_client(_service: str) -> object:
        raise NoCredentialsError

    for attempt, words in (
        (lambda: open_account(None, None), "No Region is chosen"),
        (lambda: open_account(REGION, "nobody"), "no profile nobody"),
        (lambda: Account(no_client, REGION).identity(), "There are no AWS credentials"),
    ):
        with pytest.raises(StopError) as stopped:
            attempt()
        assert words in str(stopped.value)
