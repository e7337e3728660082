"""/automod enable as members see it, and what Discord's rules then are."""

import pytest

from tests.unit.command_worker.desk import Desk, words
from tests.unit.command_worker.ruling import ALERTS, enable, run
from tests.unit.slash.payloads import GUILD, MEMBER, option
from usher.automod.changing import alert_channel
from usher.automod.rule_desk import RulesRefusedError
from usher.automod.rules import Trigger
from usher.ids import GuildId
from usher.invites.ports import DeskLimitedError


def test_words_are_blocked_and_again_it_is_the_same_rule() -> None:
    there = Desk()

    said = enable(there, "words", words="Cat, dog*,cat", alert=ALERTS, message="Not here.")
    rule = there.services.rules.named("Blocked words")

    assert said.startswith("Made and switched on.")
    assert (rule.keywords, rule.enabled) == (("cat", "dog*"), True)
    assert alert_channel(rule) == ALERTS
    assert rule.does[0] == {"type": 1, "metadata": {"custom_message": "Not here."}}
    assert there.services.rules.reasons == [f"Made by {MEMBER}"]

    assert enable(there, "words", words="cat").startswith("It is on like that already.")
    assert enable(there, "words", words="bird").startswith("Changed; it is on.")
    assert there.services.rules.named("Blocked words").keywords == ("cat", "dog*", "bird")
    assert there.services.rules.named("Blocked words").does == rule.does
    assert len(there.services.rules.held) == 1


def test_discord_s_lists_are_one_rule() -> None:
    there = Desk()
    enable(there, "slurs")
    enable(there, "profanity")
    rule = there.services.rules.named("Discord's word lists")
    assert (rule.trigger, rule.lists) == (Trigger.PRESET, (1, 3))
    assert len(there.services.rules.held) == 1


@pytest.mark.parametrize(
    ("preset", "options", "trigger"),
    [
        ("spam", {}, Trigger.SPAM),
        ("mentions", {"limit": 5}, Trigger.MENTIONS),
        ("sexual_content", {}, Trigger.PRESET),
        ("profiles", {"words": "raider*"}, Trigger.PROFILE),
    ],
)
def test_a_rule_made_by_hand_is_switched_on_and_keeps_the_rest(
    preset: str, options: dict[str, object], trigger: Trigger
) -> None:
    there = Desk()
    metadata = {"allow_list": ["fine"], "later": 1}
    there.services.rules.held["7"] = {
        "id": "7",
        "name": "By hand",
        "trigger_type": int(trigger),
        "trigger_metadata": metadata,
        "actions": [{"type": 3, "metadata": {"duration_seconds": 60}}],
        "enabled": False,
        "exempt_roles": ["9"],
        "exempt_channels": [],
    }

    enable(there, preset, **options)

    [rule] = there.services.rules.rules(GuildId(GUILD))
    assert (rule.name, rule.enabled, rule.exempt_roles) == ("By hand", True, ("9",))
    assert rule.metadata.items() >= metadata.items()
    assert rule.actions == (3,)


def test_a_file_of_words_is_read() -> None:
    there = Desk()
    there.services.attached.files["https://cdn.example/1"] = b"\xef\xbb\xbfcat\r\nDog\n\n"
    file = {"id": "1", "filename": "w.txt", "url": "https://cdn.example/1", "size": 9}
    asked = (option("preset", "words"), option("file", "1", 11))
    run(there, "automod enable", *asked, resolved={"attachments": {"1": file}})
    assert there.services.rules.named("Blocked words").keywords == ("cat", "dog")

    there.services.attached.files["https://cdn.example/1"] = b"\xff\xfe\x00"
    said = run(there, "automod enable", *asked, resolved={"attachments": {"1": file}})
    assert "no text file" in said
    large = file | {"size": 10**7}
    said = run(there, "automod enable", *asked, resolved={"attachments": {"1": large}})
    assert "at most 300 KB" in said


def test_what_does_not_fit_discord_s_limits_is_said() -> None:
    there = Desk()
    assert "at most 60 characters" in enable(there, "words", words="x" * 61)
    enable(there, "words", words=",".join(f"a{n}" for n in range(700)))
    many = ",".join(f"b{n}" for n in range(301))
    assert "at most 1,000 words a rule; these are 1,001" in enable(there, "words", words=many)
    for number in range(5):
        enable(there, "words", words="cat", name=f"more {number}")
    said = enable(there, "words", words="cat", name="one more")
    assert "6 rules of that kind" in said
    assert "Changed" in enable(there, "words", words="bird", name="MORE 4")


@pytest.mark.parametrize(
    ("preset", "options", "words_"),
    [
        ("words", {}, "Which words?"),
        ("words", {"words": " , **"}, "Which words?"),
        ("spam", {"words": "cat"}, "`words` and `profiles` alone"),
        ("spam", {"limit": 5}, "for mentions alone"),
        ("profiles", {"words": "cat", "message": "no"}, "blocks no message"),
    ],
)
def test_what_does_not_go_together_is_said(
    preset: str, options: dict[str, object], words_: str
) -> None:
    there = Desk()
    assert words_ in enable(there, preset, **options)
    assert there.services.rules.held == {}


def test_what_usher_lacks_is_said() -> None:
    there = Desk()
    said = words(there.run("automod enable", option("preset", "spam"), app_permissions="1024"))
    assert "I need Manage Server" in said
    there.services.rules.failing = RulesRefusedError()
    assert "I need Manage Server" in run(there, "automod list")
    there.services.rules.failing = DeskLimitedError(3)
    assert "wait 3 seconds" in run(there, "automod list")
