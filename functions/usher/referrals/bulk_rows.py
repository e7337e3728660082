"""One row of an import, read field by field; what is wrong with it is collected. Pure."""

import re
from datetime import datetime
from typing import Final

from usher.ids import UserId
from usher.referrals.bulk_model import FIELDS, TOLD, Fault, Ground, Row
from usher.referrals.model import Campaign, CampaignId, Link, LinkCode, Mode
from usher.referrals.rules import is_code
from usher.referrals.ways import EXACT
from usher.slash.say import say
from usher.times import parse_time

TITLE: Final = 60
PLATFORM: Final = 40
DESCRIPTION: Final = 300

_UNSEEN: Final = re.compile(r"[\x00-\x1f\x7f]")
_SNOWFLAKE: Final = re.compile(r"[0-9]{1,20}")
_TRUTHS: Final = {"true": True, "yes": True, "1": True, "false": False, "no": False, "0": False}


class Reading:
    """A row being read."""

    def __init__(self, row: Row) -> None:
        self.row = row
        self.faults: list[Fault] = []

    def wrong(self, name: str, detail: str) -> None:
        """Note a fault."""
        self.faults.append(Fault(name, detail))

    def text(self, name: str, most: int, *, lines: bool = False) -> str:
        """Read a text of one line, or of several."""
        value = self.row.get(name)
        if value is None:
            return ""
        if not isinstance(value, str):
            self.wrong(name, say("This must be text."))
            return ""
        text = value.strip()
        if len(text) > most:
            self.wrong(name, say("At most {most} characters.", most=most))
        if _UNSEEN.search(text.replace("\n", "").replace("\r", "") if lines else text):
            self.wrong(name, say("It has characters that nobody sees."))
        return text

    def truth(self, name: str, default: bool) -> bool:
        """Read a truth."""
        value = self.row.get(name)
        if value is None or value == "":
            return default
        if isinstance(value, bool):
            return value
        found = _TRUTHS.get(value.strip().casefold()) if isinstance(value, str) else None
        if found is None:
            self.wrong(name, say("This is true or false."))
        return default if found is None else found

    def moment(self, name: str) -> datetime | None:
        """Read a time with its offset."""
        text = self.text(name, 40)
        if not text:
            return None
        try:
            return parse_time(text)
        except (ValueError, OverflowError):
            self.wrong(name, say("Write a time such as 2026-12-24T18:00:00Z, with its offset."))
            return None


def read_row(reading: Reading, number: int, ground: Ground) -> Link:
    """Read a row as a link; it is worth something only where no fault was found."""
    for name in reading.row:
        if name not in FIELDS and name not in TOLD:
            reading.wrong(name[:40], say("There is no such field."))
    code = reading.text("code", 32)
    if code and not is_code(code):
        reading.wrong(
            "code",
            say("3 to 32 letters, digits, - or _, with a letter or digit at both ends."),
        )
    campaign = _campaign(reading, ground)
    title = reading.text("title", TITLE) or (campaign.name if campaign is not None else "")
    return Link(
        code=LinkCode(code) if code else ground.code_for(number),
        guild_id=ground.guild_id,
        campaign_id=CampaignId("") if campaign is None else campaign.id,
        owner_id=_owner(reading, ground),
        title=title,
        created_at=ground.now,
        updated_at=ground.now,
        description=reading.text("description", DESCRIPTION, lines=True),
        platform=reading.text("platform", PLATFORM),
        expires_at=reading.moment("expires_at"),
        active=reading.truth("active", default=True),
        mode=_mode(reading, ground),
        made_by=f"{ground.made_by}:{number}",
    )


def _campaign(reading: Reading, ground: Ground) -> Campaign | None:
    """Find a campaign by its id, else by its name: in another server ids are others."""
    id_, name = reading.text("campaign_id", 64), reading.text("campaign", TITLE)
    for one in ground.campaigns:
        if id_ and one.id == id_:
            return one
    for one in ground.campaigns:
        if name and one.name.casefold() == name.casefold():
            return one
    named = "campaign" if name and not id_ else "campaign_id"
    if id_ or name:
        reading.wrong(named, say("There is no such campaign."))
    else:
        reading.wrong("campaign_id", say("Say of which campaign it is."))
    return None


def _owner(reading: Reading, ground: Ground) -> UserId:
    owner = reading.text("owner_id", 20)
    if owner and not _SNOWFLAKE.fullmatch(owner):
        reading.wrong("owner_id", say("This is no id of a user."))
    if not owner and ground.by is None:
        reading.wrong("owner_id", say("Say whose link it is."))
    if owner and ground.only and owner != ground.by:
        reading.wrong("owner_id", say("You can make links of your own only."))
    return UserId(owner or ground.by or "")


def _mode(reading: Reading, ground: Ground) -> Mode:
    text = reading.text("mode", 20)
    try:
        mode = Mode(text) if text else Mode.MANAGED
    except ValueError:
        reading.wrong("mode", say("One of {known}.", known=", ".join(Mode)))
        return Mode.MANAGED
    if mode in EXACT and not ground.sign_in:
        reading.wrong("mode", say("Signing in with Discord is not set up here."))
    return mode
