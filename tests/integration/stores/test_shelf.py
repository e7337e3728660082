"""Large files are written in parts and fetched by a link, from a bucket over the wire."""

import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from urllib.error import HTTPError
from urllib.parse import parse_qs, urlsplit

import pytest

from infra.local.emulator import Emulator
from tests.builders import GUILD
from tests.fakes.cloud import BUCKET, make_bucket
from tests.integration.front.conftest import environment, sdk
from usher.ids import UserId
from usher.moderation.evidence_shelf import EvidenceShelf
from usher.moderation.model import Evidence
from usher.platform.attached import AttachedError
from usher.platform.s3_shelf import Shelf, shelf_client

KEY = "exports/guild=1/55/invite_logs_20261120.csv"
HOUR = timedelta(hours=1)


@pytest.fixture(scope="module")
def shelf() -> Iterator[Shelf]:
    with Emulator() as running, environment(AWS_ENDPOINT_URL=running.endpoint_url):
        make_bucket(sdk("s3"))
        yield Shelf(shelf_client("us-east-1"), BUCKET)


def fetch(url: str) -> tuple[bytes, dict[str, str]]:
    with urllib.request.urlopen(url, timeout=10) as answer:  # noqa: S310 - our own emulator
        return answer.read(), dict(answer.headers)


def test_a_small_file_and_one_of_several_parts_come_back_whole(shelf: Shelf) -> None:
    for size in (10, 20 * 2**20):
        shelf.put(KEY, (b"x" * 65_536 for _ in range(max(1, size // 65_536))))

        content, headers = fetch(shelf.link(KEY, "invite_logs_20261120.csv", HOUR))

        assert len(content) == max(1, size // 65_536) * 65_536
        assert headers["Content-Type"] == "text/csv; charset=utf-8"


def test_the_link_names_the_file_and_its_end(shelf: Shelf) -> None:
    query = parse_qs(urlsplit(shelf.link(KEY, "invite_logs_20261120.csv", HOUR)).query)

    assert query["X-Amz-Expires"] == ["3600"]
    assert query["X-Amz-Algorithm"] == ["AWS4-HMAC-SHA256"]
    disposition = 'attachment; filename="invite_logs_20261120.csv"'
    assert query["response-content-disposition"] == [disposition]


def test_a_browser_saves_the_file_under_its_name(shelf: Shelf) -> None:
    shelf.put(KEY, [b"x"])

    _, headers = fetch(shelf.link(KEY, "invite_logs_20261120.csv", HOUR))

    assert headers["Content-Disposition"] == 'attachment; filename="invite_logs_20261120.csv"'


def test_a_missing_file_is_missing(shelf: Shelf) -> None:
    with pytest.raises(HTTPError):
        fetch(shelf.link("exports/none", "x.csv", HOUR))


@pytest.mark.parametrize("region", ["us-east-1", "eu-central-1"])
def test_on_aws_a_link_names_bucket_and_region(region: str) -> None:
    with environment(AWS_REGION=region):
        url = Shelf(shelf_client(region), "usher-ledger").link(KEY, "x.csv", HOUR)

    parts = urlsplit(url)
    host = "" if region == "us-east-1" else f".{region}"
    assert (parts.scheme, parts.netloc) == ("https", f"usher-ledger.s3{host}.amazonaws.com")


@dataclass
class Discord:
    """Implements Fetching."""

    content: bytes = b"rude words"
    fails: bool = False

    def fetch(self, url: str, limit: int) -> bytes:
        assert url == PROOF.url
        assert limit > len(self.content)
        if self.fails:
            raise AttachedError("HTTP 404")
        return self.content


PROOF = Evidence("https://cdn.example/a", 'the "proof"\r\n.png', "77", "image/png")


def test_a_copy_of_evidence_is_kept_once_and_fetched_by_its_link(shelf: Shelf) -> None:
    discord = Discord()
    files = EvidenceShelf(shelf.client, BUCKET, discord)

    kept = files.keep(GUILD, UserId("5"), PROOF)
    discord.content = b"something else"
    assert files.keep(GUILD, UserId("5"), PROOF) == kept

    assert kept.copy == f"evidence/guild={GUILD}/user=5/77"
    link = files.link(kept)
    assert link is not None
    content, headers = fetch(link)
    assert content == b"rude words"
    assert headers["Content-Disposition"] == 'attachment; filename="the__proof___.png"'
    assert headers["Content-Type"] == "application/octet-stream"
    assert parse_qs(urlsplit(link).query)["X-Amz-Expires"] == ["600"]
    assert files.link(replace(kept, copy="evidence/none")) is None


def test_what_cannot_be_copied_is_evidence_all_the_same(shelf: Shelf) -> None:
    told: list[str] = []
    files = EvidenceShelf(shelf.client, BUCKET, Discord(fails=True), told.append)

    assert files.keep(GUILD, UserId("6"), PROOF) == PROOF
    link = Evidence("https://page.example/a")
    assert files.keep(GUILD, UserId("6"), link) == link
    nowhere = EvidenceShelf(shelf.client, "no-such-bucket", Discord(), told.append)
    assert nowhere.keep(GUILD, UserId("6"), PROOF) == PROOF

    assert [one.partition(":")[0] for one in told] == ["AttachedError", "NoSuchBucket"]
