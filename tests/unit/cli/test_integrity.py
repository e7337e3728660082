"""`usher integrity` over several guilds, one of which never stands still."""

from collections.abc import Iterator

import pytest

from infra.cli import integrity
from infra.cli.main import main
from usher.ids import GuildId
from usher.integrity.model import Found, Kind
from usher.integrity.ports import MovedError

BUSY, WELL, WRONG = GuildId("1"), GuildId("2"), GuildId("3")


class Guilds:
    """Stands in for the ledger and for the comparison."""

    def __init__(self, *_: object, asks: bool = False) -> None:
        del asks

    def guilds(self, chosen: str | None) -> list[GuildId]:
        return [GuildId(chosen)] if chosen else [BUSY, WELL, WRONG]

    def found(self, guild_id: GuildId) -> Iterator[Found]:
        if guild_id == BUSY:
            raise MovedError
        if guild_id == WRONG:
            yield Found(Kind.ROW, "C#9", "tracked is 2")


def test_a_guild_that_moves_too_much_keeps_no_other_from_being_compared(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("AWS_REGION", "eu-central-1")
    monkeypatch.setattr(integrity, "s3_client", lambda _region: None)
    monkeypatch.setattr(integrity, "Ledger", Guilds)
    monkeypatch.setattr(integrity, "_Comparison", Guilds)
    where = ["--bucket", "b", "--table", "t"]

    assert main(["integrity", *where]) == 1
    said = capsys.readouterr()
    assert said.out.splitlines() == [
        f"guild {WELL}: agrees",
        f"guild {WRONG}: differs",
        "  row C#9: tracked is 2",
    ]
    assert f"guild {BUSY} moves too much" in said.err

    assert main(["integrity", BUSY, *where]) == 1
    assert main(["integrity", WELL, *where]) == 0
