"""Whether Discord would take the endpoint again, as its answer says."""

from datetime import UTC, datetime

import pytest

from infra.doctor import discord_probes
from infra.doctor.discord import Answer, Discord
from infra.doctor.discord_probes import Portal
from infra.doctor.facts import Bot, Wanted

URL = "https://api/interactions"
NOW = datetime(2026, 11, 29, tzinfo=UTC)


@pytest.mark.parametrize(
    ("status", "accepted"), [(200, True), (400, False), (429, None), (502, None), (401, None)]
)
def test_only_a_word_on_the_endpoint_is_one(
    monkeypatch: pytest.MonkeyPatch, status: int, *, accepted: bool | None
) -> None:
    def answering(method: str, _url: str, _headers: object = None, _body: object = None) -> Answer:
        return Answer(status if method == "PATCH" else 401, None, NOW, NOW)

    monkeypatch.setattr(discord_probes, "ask", answering)
    monkeypatch.setattr("infra.doctor.discord.ask", answering)
    portal = Portal(Discord("https://discord", "token"))

    door = portal.door(Bot("usher", "5", "ab", URL), Wanted("5", "ab", URL))

    assert (door.forged, door.unsigned, door.accepted) == (401, 401, accepted)
