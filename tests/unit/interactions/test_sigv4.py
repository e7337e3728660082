"""Our signature is the SDK's, bit for bit."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials as SdkCredentials
from hypothesis import given
from hypothesis import strategies as st

from usher.platform.settings import SettingsError
from usher.platform.sigv4 import Credentials, Scope, sign

HEADER = st.text(st.characters(codec="ascii", categories=["L", "N", "P"]), min_size=1, max_size=20)


def sdk_authorization(
    scope: Scope,
    credentials: Credentials,
    path: str,
    headers: dict[str, str],
    body: bytes,
    now: datetime,
) -> str:
    request = AWSRequest("POST", f"http://{headers['Host']}{path}", dict(headers), body)
    keys = SdkCredentials(credentials.access_key, credentials.secret_key, credentials.token)
    signer = SigV4Auth(keys, scope.service, scope.region)
    request.context["timestamp"] = now.astimezone(UTC).strftime("%Y%m%dT%H%M%SZ")
    if credentials.token:
        request.headers["X-Amz-Security-Token"] = credentials.token
    request.headers["X-Amz-Date"] = request.context["timestamp"]
    canonical = signer.canonical_request(request)
    text = signer.string_to_sign(request, canonical)
    signed = signer.signed_headers(signer.headers_to_sign(request))
    return (
        f"AWS4-HMAC-SHA256 Credential={signer.scope(request)}, "
        f"SignedHeaders={signed}, Signature={signer.signature(text, request)}"
    )


@given(
    service=st.sampled_from(["dynamodb", "sqs"]),
    region=st.sampled_from(["eu-central-1", "us-east-1", "cn-north-1"]),
    secret=HEADER,
    token=st.none() | HEADER,
    path=st.sampled_from(["/", "/prefix/", "/a~b/c-d_e.f/"]),
    operation=HEADER,
    body=st.binary(max_size=200),
    now=st.datetimes(
        datetime(2020, 1, 1),  # noqa: DTZ001 - Hypothesis wants naive bounds
        datetime(2050, 1, 1),  # noqa: DTZ001
        timezones=st.just(UTC) | st.just(timezone(timedelta(hours=-9))),
    ),
)
def test_the_signature_equals_the_sdk_s(
    service: str,
    region: str,
    secret: str,
    token: str | None,
    path: str,
    operation: str,
    body: bytes,
    now: datetime,
) -> None:
    scope, credentials = Scope(service, region), Credentials("AKIDEXAMPLE", secret, token)
    headers = {
        "Host": "127.0.0.1:4566",
        "Content-Type": "application/x-amz-json-1.0",
        "X-Amz-Target": f"DynamoDB_20120810.{operation}",
    }

    ours = sign(scope, credentials, path, headers, body, now)

    assert ours["Authorization"] == sdk_authorization(scope, credentials, path, headers, body, now)
    assert ours.get("X-Amz-Security-Token") == token


def test_credentials_do_not_show_in_a_repr() -> None:
    assert "s3cret" not in repr(Credentials("AKID", "s3cret", "s3cret-token"))


def test_missing_credentials_are_named_together() -> None:
    with pytest.raises(SettingsError) as caught:
        Credentials.from_env({})

    assert caught.value.problems == ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY")
