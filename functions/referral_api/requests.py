"""API Gateway's requests as the referral rules look at them."""

from http.cookies import CookieError, SimpleCookie

from aws_lambda_powertools.utilities.data_classes.api_gateway_proxy_event import (
    APIGatewayProxyEventV2,
)

from usher.referrals.clicks import Request
from usher.slash.say import ENGLISH, languages


def request_of(event: APIGatewayProxyEventV2) -> Request:
    """Take from an event what says who made it."""
    http = event.request_context.http
    headers = {name.lower(): value for name, value in event.headers.items()}
    return Request(http.method, headers, http.source_ip)


def cookie_of(event: APIGatewayProxyEventV2, name: str) -> str | None:
    """Read a cookie; None where there is none.

    API Gateway tells cookies apart from the headers, other servers of its payloads do not.
    """
    told = event.cookies or [event.headers.get("cookie") or ""]
    try:
        kept = SimpleCookie("; ".join(told)).get(name)
    except CookieError:
        return None
    return None if kept is None else kept.value


def language_of(event: APIGatewayProxyEventV2) -> str:
    """Choose the visitor's first language that there is a catalogue for; English otherwise."""
    accepted = event.headers.get("accept-language") or ""
    known = {name.lower(): name for name in languages()}
    for part in accepted.split(",")[:10]:
        tag = part.partition(";")[0].strip().lower()
        for name in (tag, tag.partition("-")[0]):
            if name in known:
                return known[name]
            if name == "en":
                return ENGLISH
    return ENGLISH


def site_of(event: APIGatewayProxyEventV2, public_url: str) -> str:
    """Tell where the site is: as it is set, else as it was asked for."""
    return public_url or f"https://{event.request_context.domain_name}"


def address_of(event: APIGatewayProxyEventV2, public_url: str) -> str:
    """Tell the address of the page that was asked for; `public_url` is the site's, if it is set."""
    return f"{site_of(event, public_url)}{event.raw_path}"
