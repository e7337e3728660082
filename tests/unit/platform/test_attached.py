"""Files of interactions are fetched from Discord and from nowhere else, up to a size and a time."""

from collections.abc import Iterator
from io import BytesIO
from itertools import count
from typing import Any

import pytest
from urllib3 import HTTPResponse
from urllib3.exceptions import ConnectTimeoutError

from usher.platform.attached import AttachedError, AttachedFiles, origins

FILE = "https://cdn.discordapp.com/ephemeral-attachments/1/2/proof.png?ex=3&is=4&hm=5"


class Pool:
    """Answers as a pool of urllib3's does."""

    def __init__(self, content: bytes = b"proof", status: int = 200) -> None:
        self.content, self.status = content, status
        self.asked: list[tuple[str, dict[str, Any]]] = []
        self.fails: Exception | None = None

    def request(self, method: str, url: str, **options: object) -> HTTPResponse:
        assert method == "GET"
        self.asked.append((url, options))
        if self.fails is not None:
            raise self.fails
        return HTTPResponse(BytesIO(self.content), status=self.status, preload_content=False)


REAL = origins("https://discord.com/api/v10")


def files(pool: Pool, allowed: frozenset[str] = REAL) -> Any:  # noqa: ANN401
    return AttachedFiles(pool, allowed)  # type: ignore[arg-type]


def test_a_file_is_fetched_whole_and_never_by_a_redirection() -> None:
    pool = Pool(b"x" * 200_000)

    assert files(pool).fetch(FILE, 200_000) == pool.content
    [(url, options)] = pool.asked
    assert (url, options["redirect"]) == (FILE, False)


@pytest.mark.parametrize(
    "url",
    [
        "http://cdn.discordapp.com/a",
        "https://cdn.discordapp.com.evil.example/a",
        "https://cdn.discordapp.com@evil.example/a",
        "https://evil.example@cdn.discordapp.com/a",
        "https://cdn.discordapp.com:8443/a",
        "https://discord.com/api/v10/users/@me",
        "http://169.254.169.254/latest/meta-data",
        "http://[::1]/a",
        "https://[bad/a",
        "file:///etc/passwd",
        "//cdn.discordapp.com/a",
        "",
    ],
)
def test_nothing_else_is_asked(url: str) -> None:
    pool = Pool()

    with pytest.raises(AttachedError, match="addresses"):
        files(pool).fetch(url, 100)

    assert pool.asked == []


def test_what_stands_in_for_discord_keeps_files_too() -> None:
    allowed = origins("http://127.0.0.1:8080/api/v10")

    assert files(Pool(), allowed).fetch("http://127.0.0.1:8080/practice/a.png", 100) == b"proof"
    assert files(Pool(), allowed).fetch(FILE, 100) == b"proof"


@pytest.mark.parametrize("status", [302, 403, 404, 500])
def test_other_answers_are_no_file(status: int) -> None:
    with pytest.raises(AttachedError, match=f"HTTP {status}"):
        files(Pool(status=status)).fetch(FILE, 100)


def test_a_file_that_is_too_large_or_comes_too_slowly_is_given_up() -> None:
    with pytest.raises(AttachedError, match="large"):
        files(Pool(b"x" * 101)).fetch(FILE, 100)

    def clock() -> Iterator[float]:
        yield from (second * 11.0 for second in count())

    ticks = clock()
    slow = AttachedFiles(Pool(b"x" * 200_000), clock=lambda: next(ticks))  # type: ignore[arg-type]
    with pytest.raises(AttachedError, match="slow"):
        slow.fetch(FILE, 300_000)


def test_no_answer_is_no_file() -> None:
    pool = Pool()
    pool.fails = ConnectTimeoutError()

    with pytest.raises(AttachedError, match="ConnectTimeoutError"):
        files(pool).fetch(FILE, 100)
