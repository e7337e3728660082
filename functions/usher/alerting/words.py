"""How alarms read in the channel: embeds of Discord. Pure.

Severity is said by colour and by word. Times are Discord's own, shown in each reader's zone.
Discord API reference: Embed Limits, Timestamp Styles, Allowed Mentions Object.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any, Final, Protocol
from urllib.parse import quote

from usher.alerting.model import Facts, Incident, Notice, Severity

type Embed = dict[str, Any]

RED: Final = 0xD83C3E
AMBER: Final = 0xE8912D
GREEN: Final = 0x2E9E5B
BLUE: Final = 0x5865F2
MOST_LINES: Final = 20
"""Incidents that a list shows."""
MOST_TITLE: Final = 256
MOST_FIELD: Final = 1_024
MOST_DESCRIPTION: Final = 4_096

_WORDS: Final = {Severity.PAGE: "ALARM", Severity.WARN: "WARNING"}
_COLORS: Final = {Severity.PAGE: RED, Severity.WARN: AMBER}


@dataclass(frozen=True, slots=True)
class Rendered:
    """What a message holds."""

    embed: Embed
    role: str = ""
    """Id of the role that is mentioned, if any."""

    @property
    def fingerprint(self) -> str:
        """Tell one content from another."""
        text = json.dumps(self.embed, sort_keys=True, ensure_ascii=False)
        return sha256(text.encode()).hexdigest()[:16]

    def bare(self) -> "Rendered":
        """Return title and sentence alone."""
        sentence = str(self.embed["description"]).partition("\n")[0]
        return Rendered({"title": self.embed["title"], "description": sentence}, self.role)


class Told(Protocol):
    """An incident with its alarm."""

    @property
    def alarm(self) -> str:
        """The alarm's name."""
        ...

    @property
    def facts(self) -> Facts:
        """What was told of it."""
        ...

    @property
    def incident(self) -> Incident:
        """From when to when."""
        ...


@dataclass(frozen=True, slots=True)
class Wording:
    """Puts alarms into words for one deployment."""

    stage: str
    documentation: str = ""
    """Where the folder docs/ can be read, without a slash at the end; empty for nowhere."""
    role: str = ""
    """Id of the role to mention for what cannot wait; empty for none."""

    def one(self, alarm: str, facts: Facts, incident: Incident) -> Rendered:
        """Write an incident."""
        severity = severity_of(alarm)
        word, color = _standing(severity, incident)
        sentence = plain(facts.sentence) or "CloudWatch gives no description of it."
        embed: Embed = {
            "title": f"{word} · {self.title(alarm)}"[:MOST_TITLE],
            "description": f"{sentence}{self._remedy(facts)}"[:MOST_DESCRIPTION],
            "color": color,
            "fields": self._fields(facts, incident),
            "footer": {"text": self._footer(facts.region, facts.account)},
        }
        if link := console(facts.region, alarm):
            embed["url"] = link
        pages = severity is Severity.PAGE and incident.ended is None
        return Rendered(embed, self.role if pages else "")

    def many(self, told: Sequence[Told]) -> Rendered:
        """Write a list of incidents."""
        open_ones = [one for one in told if one.incident.ended is None]
        pages = any(severity_of(one.alarm) is Severity.PAGE for one in open_ones)
        several = f"{len(told)} alarms at once" if len(told) > 1 else "another alarm"
        if open_ones:
            severity = Severity.PAGE if pages else Severity.WARN
            title, color = f"{_WORDS[severity]} · {several}", _COLORS[severity]
        else:
            title, color = f"RECOVERED · {several}", GREEN
        lines = [self._line(one) for one in told[:MOST_LINES]]
        if len(told) > MOST_LINES:
            lines.append(f"… and {len(told) - MOST_LINES} more")
        embed: Embed = {
            "title": title,
            "description": "\n".join(lines)[:MOST_DESCRIPTION],
            "color": color,
            "footer": {"text": self._footer(told[0].facts.region, told[0].facts.account)},
        }
        if open_ones:
            embed["fields"] = [field("Still on", f"{len(open_ones)} of {len(told)}")]
        return Rendered(embed, self.role if pages else "")

    def notice(self, notice: Notice) -> Rendered:
        """Write what neither begins nor ends."""
        embed: Embed = {
            "title": f"NOTICE · {plain(notice.title)}"[:MOST_TITLE],
            "description": plain(notice.text)[:MOST_DESCRIPTION],
            "color": AMBER if notice.fields else BLUE,
            "footer": {"text": self._footer("", "")},
        }
        if notice.fields:
            told = ((name, plain(value)) for name, value in notice.fields)
            embed["fields"] = [field(name, value, inline=True) for name, value in told]
        return Rendered(embed)

    def title(self, alarm: str) -> str:
        """Make a title of a name: of `usher-prod-page-listener-silent` `Listener silent`."""
        name = alarm.removeprefix(f"usher-{self.stage}-")
        for severity in Severity:
            name = name.removeprefix(f"{severity.value}-")
        words = name.replace("-", " ").strip() or alarm
        return plain(words[:1].upper() + words[1:])

    def _fields(self, facts: Facts, incident: Incident) -> list[Embed]:
        fields = []
        if facts.measured:
            fields.append(field("Measured", facts.measured))
        if incident.known:
            fields.append(field("Since", _when(incident.began), inline=True))
        if incident.ended is not None:
            fields.append(field("Recovered", _when(incident.ended), inline=True))
            if incident.known:
                lasted = duration(incident.ended - incident.began)
                fields.append(field("Lasted", lasted, inline=True))
        if incident.times > 1:
            fields.append(field("Rang", f"{incident.times} times", inline=True))
        if incident.silent:
            fields.append(field("Now", "CloudWatch has no data to say how it stands."))
        return fields

    def _line(self, told: Told) -> str:
        incident, name = told.incident, self.title(told.alarm)
        link = console(told.facts.region, told.alarm)
        shown = f"[{name}]({link})" if link else name
        if incident.ended is not None:
            lasted = (
                f", lasted {duration(incident.ended - incident.began)}" if incident.known else ""
            )
            return f"RECOVERED · {shown}{lasted}"
        word = _WORDS[severity_of(told.alarm)]
        again = f", {incident.times} times" if incident.times > 1 else ""
        return f"**{word}** · {shown} since {stamp(incident.began, 'R')}{again}"

    def _remedy(self, facts: Facts) -> str:
        if not facts.page:
            return ""
        path = facts.page.removeprefix("docs/")
        if self.documentation:
            return f"\n[What to do]({self.documentation}/{path})"
        return f"\nWhat to do: `{facts.page}`"

    def _footer(self, region: str, account: str) -> str:
        named = [f"Usher {self.stage}", region, f"account {account}" if account else ""]
        return " · ".join(one for one in named if one)


def severity_of(alarm: str) -> Severity:
    """Read an alarm's severity from its name (infra/alarms.yaml); unnamed ones cannot wait."""
    return Severity.WARN if "-warn-" in alarm else Severity.PAGE


def console(region: str, alarm: str) -> str:
    """Say where the alarm is in AWS's console; empty where its Region is not known."""
    if not region:
        return ""
    china, gov = region.startswith("cn-"), region.startswith("us-gov-")
    host = "amazonaws.cn" if china else "amazonaws-us-gov.com" if gov else "aws.amazon.com"
    # The console's addresses are parts behind the `#`, so quoting is by its own reading: once.
    name = quote(alarm, safe="")
    return f"https://{region}.console.{host}/cloudwatch/home?region={region}#alarmsV2:alarm/{name}"


def duration(span: timedelta) -> str:
    """Write how long something took, in its two largest units."""
    seconds = max(round(span.total_seconds()), 0)
    if seconds < 60:
        return f"{seconds} s"
    minutes, hours, days = seconds // 60, seconds // 3600, seconds // 86400
    if hours < 1:
        return f"{minutes} min"
    if days < 1:
        return f"{hours} h {minutes % 60} min" if minutes % 60 else f"{hours} h"
    return f"{days} d {hours % 24} h" if hours % 24 else f"{days} d"


def plain(text: str) -> str:
    """Take Discord's markup and mentions out of a text that somebody else wrote."""
    return "".join(f"\\{one}" if one in "\\*_~`|>[]<@#" else one for one in text)


def _standing(severity: Severity, incident: Incident) -> tuple[str, int]:
    if incident.ended is not None:
        return "RECOVERED", GREEN
    return _WORDS[severity], _COLORS[severity]


def _when(moment: datetime) -> str:
    return f"{stamp(moment, 'f')} ({stamp(moment, 'R')})"


def stamp(moment: datetime, style: str) -> str:
    """Write a moment as Discord shows it to each reader in their own zone."""
    return f"<t:{int(moment.timestamp())}:{style}>"


def field(name: str, value: str, *, inline: bool = False) -> Embed:
    """Write a field of an embed."""
    return {"name": name, "value": value[:MOST_FIELD] or "–", "inline": inline}
