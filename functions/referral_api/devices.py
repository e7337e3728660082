"""What a user agent says of its device."""

from typing import Final

from usher.referrals.clicks import Device

_MOBILE: Final = ("mobile", "iphone", "android")
_TABLET: Final = ("ipad", "tablet")


def device_of(user_agent: str) -> Device:
    """Read browser, system and kind of device; empty where nothing is known."""
    import ua_parser  # its patterns take a tenth of a second to load, and pages need none

    parsed = ua_parser.parse(user_agent)
    text = user_agent.lower()
    kind = "desktop" if parsed.user_agent else ""
    if any(word in text for word in _TABLET) or ("android" in text and "mobile" not in text):
        kind = "tablet"
    elif any(word in text for word in _MOBILE):
        kind = "mobile"
    return Device(
        kind=kind,
        browser=parsed.user_agent.family if parsed.user_agent else "",
        system=parsed.os.family if parsed.os else "",
    )
