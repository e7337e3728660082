"""What is suggested while somebody types a rule or a word of it."""

from tests.unit.interactions.doors import Front
from tests.unit.slash.fakes import NOW, FakeServices
from tests.unit.slash.payloads import GUILD, MANAGE_GUILD, typing
from usher.automod.model import Policy, Reaction, Step, setting, write_policy
from usher.contracts.deeds import SettingChanged
from usher.ids import GuildId, UserId

POLICIES = {
    "801": Policy("Blocked words", (Reaction(Step.KICK, "cat"), Reaction(Step.WARN, "dog*"))),
    "802": Policy("Spam", (Reaction(Step.MUTE),)),
}


def suggested(line: str, name: str, typed: str, permissions: int = MANAGE_GUILD) -> list[object]:
    services = FakeServices()
    for rule, policy in POLICIES.items():
        value = write_policy(policy)
        deed = SettingChanged(rule, setting(rule), value, UserId("1"), NOW)
        services.deeds.do(GuildId(GUILD), deed)
    _, body = Front(services).send(typing(line, name, typed, permissions=permissions))
    data = body["data"]
    assert isinstance(data, dict)
    return [(one["name"], one["value"]) for one in data["choices"]]


def test_rules_that_something_is_done_about_are_suggested() -> None:
    both = [("Blocked words", "801"), ("Spam", "802")]
    assert suggested("automod policy", "rule", "") == both
    assert suggested("automod disable", "rule", "WORD") == both[:1]
    assert suggested("automod words", "rule", "802") == both[1:]
    assert suggested("automod exempt", "rule", "nothing") == []
    assert suggested("automod policy", "rule", "", permissions=0) == []


def test_words_are_suggested_the_typed_one_first() -> None:
    assert suggested("automod policy", "keyword", "") == [("cat", "cat"), ("dog*", "dog*")]
    assert suggested("automod policy", "keyword", "C") == [("c", "c"), ("cat", "cat")]


def test_lengths_of_time_are_suggested() -> None:
    assert ("1 hour", "1h") in suggested("automod policy", "duration", "1h")
