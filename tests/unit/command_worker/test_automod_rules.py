"""The other /automod commands: rules shown, changed, tried, and what is done about them."""

import json

import pytest

from tests.unit.command_worker.desk import Desk, words
from tests.unit.command_worker.ruling import ALERTS, APP, MANY, enable, policy, run, setting
from tests.unit.slash.payloads import GUILD, option
from usher.automod.model import Reaction, Step, read_policy
from usher.slash.replies import Reply, message


def test_members_who_do_not_manage_the_server_are_refused() -> None:
    there = Desk()
    for line in ("automod list", "raid status", "raid off"):
        assert "Manage Server" in run(there, line, rights=0)


def test_the_list_shows_everything_of_a_rule() -> None:
    there = Desk()
    assert "There are no rules yet" in run(there, "automod list")
    enable(there, "words", words="cat, dog", alert=ALERTS)
    enable(there, "mentions")
    run(there, "automod exempt", option("rule", "spam"), option("role", "55", 8))
    run(there, "automod exempt", option("rule", "blocked words"), option("role", "55", 8))
    policy(there, "mute", duration="1h")
    policy(there, "warn", keyword="cat", points=3)

    said = run(there, "automod list")

    assert "Blocked words: 🟢 on · words · `801`" in said
    assert "`cat` `dog`" in said
    assert f"Told in <#{ALERTS}>" in said
    assert "Leaves alone: <@&55>" in said
    assert "Everything else: a mute, 1 hour" in said
    assert "`cat`: a warning of 3 points" in said
    assert "Too many mentions: 🟢 on · too many mentions" in said
    assert "More than 10 mentions" in said


def test_words_that_do_not_fit_come_as_a_file() -> None:
    there = Desk()
    enable(there, "words", words=",".join(f"word{n}" for n in range(100)))
    reply = there.run("automod list", app_permissions=APP)
    [file] = reply.files
    assert file.content.decode().split("\n") == [f"word{n}" for n in range(100)]
    assert "and 74 more" in words(reply)


def test_as_many_rules_as_discord_allows_are_all_shown() -> None:
    there = Desk()
    for number in range(6):
        enable(
            there, "words", words=",".join(f"word{n}" for n in range(90)), name=f"w{number}" * 40
        )
        there.services.rules.held[f"80{number + 1}"]["exempt_roles"] = ["6" * 19] * 20
        for word in range(24):
            policy(there, "mute", rule=f"80{number + 1}", keyword=f"word{word}", duration="1h")
    for preset in ("spam", "mentions", "slurs"):
        enable(there, preset)
    enable(there, "profiles", words=MANY)

    [embed] = there.run("automod list", app_permissions=APP).embeds

    assert len(embed.fields) == 10
    body = json.loads(json.dumps(message(Reply(embeds=(embed,)))))
    assert len(body["embeds"][0]["fields"]) == 10


def test_a_rule_is_switched_off_and_deleted_with_what_is_done_about_it() -> None:
    there = Desk()
    enable(there, "words", words="cat")
    policy(there, "ban")
    off = option("rule", "Blocked Words")
    assert "is off." in run(there, "automod disable", off)
    assert there.services.rules.named("Blocked words").enabled is False
    assert "is off already" in run(there, "automod disable", off)
    assert "is deleted" in run(there, "automod disable", off, option("delete", True))
    assert there.services.rules.held == {}
    assert setting(there, "automod#801") is None
    assert setting(there, "guild#automod") is None


def test_a_rule_is_named_by_name_or_id_and_else_the_rules_are_named() -> None:
    there = Desk()
    assert "Begin with `/automod enable`" in run(there, "automod disable", option("rule", "x"))
    enable(there, "words", words="cat")
    enable(there, "spam")
    said = run(there, "automod disable", option("rule", "x"))
    assert "There are: `Blocked words`, `Spam`" in said
    there.services.rules.held["802"]["name"] = "blocked WORDS"
    said = run(there, "automod disable", option("rule", "blocked words"))
    assert "Name one by its id: `801`, `802`" in said
    assert "is off." in run(there, "automod disable", option("rule", "802"))


def test_words_are_added_and_removed_and_never_the_last() -> None:
    there = Desk()
    enable(there, "words", words="cat, dog")
    policy(there, "kick", keyword="cat")
    rule = option("rule", "801")
    said = run(there, "automod words", rule, option("add", "bird"), option("remove", "CAT"))
    assert "has 2 words now" in said
    assert there.services.rules.named("Blocked words").keywords == ("dog", "bird")
    assert setting(there, "automod#801") is None, "nothing is done about a word that is gone"
    assert "Nothing is changed" in run(there, "automod words", rule, option("remove", "cow"))
    assert "A rule needs a word" in run(there, "automod words", rule, option("remove", "dog,bird"))
    assert "Give `add` or `remove`" in run(there, "automod words", rule)
    enable(there, "spam")
    spam = option("rule", "Spam")
    assert "no words of its own" in run(there, "automod words", spam, option("add", "x"))


def test_a_policy_is_saved_as_settings_and_taken_away() -> None:
    there = Desk()
    enable(there, "words", words="cat, dog")

    said = policy(there, "mute", duration="2h")
    assert "Saved." in said
    assert "Everything: a mute, 2 hours" in said
    assert setting(there, "guild#automod") == "on"
    assert setting(there, "guild#mutes") is None
    policy(there, "ban", keyword="CAT")
    held = read_policy(setting(there, "automod#801") or "")
    assert held.rule_name == "Blocked words"
    assert [(one.step, one.keyword) for one in held.reactions] == [
        (Step.MUTE, None),
        (Step.BAN, "cat"),
    ]
    policy(there, "warn", points=2)
    held = read_policy(setting(there, "automod#801") or "")
    assert held.reactions[-1] == Reaction(Step.WARN, points=2)

    policy(there, "nothing", keyword="cat")
    assert setting(there, "guild#automod") == "on"
    assert "I do nothing" in policy(there, "nothing")
    assert setting(there, "automod#801") is None
    assert setting(there, "guild#automod") is None


def test_what_a_policy_cannot_be_is_said() -> None:
    there = Desk()
    enable(there, "words", words="cat")
    enable(there, "spam")
    assert "Only a mute or a ban" in policy(there, "kick", duration="1h")
    assert "Only a warning has points" in policy(there, "mute", points=2)
    assert "`soon` as a length" in policy(there, "mute", duration="soon")
    assert "no word `cow`" in policy(there, "mute", keyword="cow")
    assert "looks for no words" in policy(there, "mute", rule="Spam", keyword="cat")
    assert setting(there, "automod#801") is None


def test_a_policy_has_so_many_reactions() -> None:
    there = Desk()
    enable(there, "words", words=",".join(f"w{n}" for n in range(26)))
    for number in range(25):
        assert "Saved" in policy(there, "warn", keyword=f"w{number}")
    assert "at most 25 different things" in policy(there, "warn", keyword="w25")


def test_what_is_saved_later_is_said() -> None:
    there = Desk()
    enable(there, "words", words="cat")
    there.services.deeds.busy = True
    assert "takes effect in a moment" in policy(there, "kick")


def test_roles_and_channels_are_left_alone_and_not_any_more() -> None:
    there = Desk()
    enable(there, "words", words="cat")
    rule = option("rule", "801")
    both = (option("role", "55", 8), option("channel", ALERTS, 7))
    for _ in range(2):
        run(there, "automod exempt", rule, *both)
    found = there.services.rules.named("Blocked words")
    assert (found.exempt_roles, found.exempt_channels) == (("55",), (ALERTS,))
    run(there, "automod exempt", rule, *both, option("remove", True))
    found = there.services.rules.named("Blocked words")
    assert (found.exempt_roles, found.exempt_channels) == ((), ())
    assert "Give `role` or `channel`" in run(there, "automod exempt", rule)
    assert "Everybody has that role" in run(there, "automod exempt", rule, option("role", GUILD, 8))
    there.services.rules.held["801"]["exempt_roles"] = [str(n) for n in range(20)]
    assert "at most 20 roles" in run(there, "automod exempt", rule, *both)


def test_a_text_is_tried_and_what_cannot_be_is_said() -> None:
    there = Desk()
    tried = option("text", "my CATfish and <@1> <@1> <@!2> <@&3>")
    assert "no rules yet" in run(there, "automod test", tried)
    enable(there, "words", words="cat*, fish, dog")
    enable(there, "mentions", limit=2)
    enable(there, "spam")
    enable(there, "profiles", words="*fish*")
    there.services.rules.held["801"]["trigger_metadata"]["regex_patterns"] = ["x+"]
    run(there, "automod disable", option("rule", "Spam"))

    said = run(there, "automod test", tried)

    assert "**Blocked words** · ❌ finds `cat*` · its 1 regular expression is not tested" in said
    assert "**Too many mentions** · ❌ 3 mentions, too many" in said
    assert "**Spam** (off) · ❔ spam, as Discord sees it: Discord alone knows" in said
    assert "❌ finds `*fish*` · looks at names, not at messages" in said
    there.services.rules.held["801"]["trigger_metadata"]["allow_list"] = ["catfish"]
    assert "✅ no word of it" in run(there, "automod test", tried)


@pytest.mark.parametrize(
    ("action", "duration", "watched"),
    [("mute", "27d", None), ("mute", "28d", "on"), ("mute", None, "on"), ("warn", None, "on")],
)
def test_who_may_be_muted_for_long_is_looked_at_when_they_come_back(
    action: str, duration: str | None, watched: str | None
) -> None:
    there = Desk()
    enable(there, "words", words="cat")

    policy(there, action, **({} if duration is None else {"duration": duration}))

    assert setting(there, "guild#mutes") == watched
