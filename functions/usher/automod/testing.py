"""Which of Discord's rules a text would set off, as far as that can be told. Pure."""

from collections.abc import Iterator, Sequence

from usher.automod.changing import allowed, patterns
from usher.automod.rule_words import kind_of, listed
from usher.automod.rules import Rule, Trigger, matching, mentioned, without
from usher.slash import text
from usher.slash.say import later, say, say_count


def verdicts(rules: Sequence[Rule], said: str) -> Iterator[str]:
    """Say of each rule what it would find."""
    for rule in rules:
        off = "" if rule.enabled else " " + say("(off)")
        yield f"**{text.escape(rule.name)}**{off} · {_verdict(rule, said)}"
    yield ""
    yield say(
        "Who may manage the server, and whoever a rule leaves alone, is never caught. Discord also "
        "finds words in spellings that I do not know."
    )


def _verdict(rule: Rule, said: str) -> str:
    if rule.trigger in (Trigger.KEYWORD, Trigger.PROFILE):
        return _words(rule, said)
    if rule.trigger == Trigger.MENTIONS:
        number, most = mentioned(said), rule.mentions or 0
        over = later("❌ {mentions}, too many") if number > most else later("✅ {mentions}")
        mentions = say_count("{number} mention", "{number} mentions", number)
        return say(over, mentions=mentions)
    return say("❔ {kind}: Discord alone knows, this cannot be tested here", kind=kind_of(rule))


def _words(rule: Rule, said: str) -> str:
    found = matching(rule.keywords, without(allowed(rule), said))
    verdict = say("❌ finds {words}", words=listed(found)) if found else say("✅ no word of it")
    if rule.trigger == Trigger.PROFILE:
        verdict += " · " + say("looks at names, not at messages")
    unknown = patterns(rule)
    if unknown:
        verdict += " · " + say_count(
            "its {number} regular expression is not tested",
            "its {number} regular expressions are not tested",
            unknown,
        )
    return verdict
