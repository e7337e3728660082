"""OAuth2's token endpoint, and the user that a token is of.

Source: Discord docs, "OAuth2": Basic authentication or the client's id and secret in the form;
bodies are forms, never JSON.
"""

import secrets
from base64 import b64decode
from binascii import Error

from infra.practice.errors import UNAUTHORIZED, ApiError
from infra.practice.oauth import TOKEN_SECONDS, OAuthRefusal, secret_of
from infra.practice.payloads.people import own_user_json
from infra.practice.rest.call import Call
from infra.practice.rest.routing import Answer, Routes

FORM = "application/x-www-form-urlencoded"
routes = Routes()


@routes.add("POST", "/oauth2/token", public=True)
async def exchange(call: Call) -> Answer:
    """Exchange an authorization code for an access token."""
    try:
        return await _exchange(call)
    except OAuthRefusal as refusal:
        return Answer(refusal.body, status=refusal.status)


@routes.add("GET", "/users/@me", public=True)
async def get_own_user(call: Call) -> Answer:
    """Answer with the user of whoever asks: the bot, or a person with the scope `identify`."""
    kind, _, text = call.request.headers.get("Authorization", "").partition(" ")
    if kind == "Bot" and secrets.compare_digest(text, call.world.application.bot_token):
        return Answer(own_user_json(call.world.bot))
    token = call.world.grants.tokens.get(text) if kind == "Bearer" else None
    if token is None or "identify" not in token.scopes:
        raise ApiError(UNAUTHORIZED)
    return Answer(own_user_json(call.world.user(token.user_id)))


async def _exchange(call: Call) -> Answer:
    if call.request.content_type != FORM:
        raise OAuthRefusal("invalid_request", "The content type must be a form.")
    form = {name: str(value) for name, value in (await call.request.post()).items()}
    if not _is_client(call, form):
        raise OAuthRefusal("invalid_client", "Invalid client.", status=401)
    if form.get("grant_type") != "authorization_code":
        raise OAuthRefusal("unsupported_grant_type", "Unsupported grant type.")
    text, token = call.world.grants.exchange(
        form.get("code", ""),
        form.get("redirect_uri", ""),
        form.get("code_verifier"),
        call.world.now,
    )
    if "guilds.join" in token.scopes:
        call.world.state.access_tokens[text] = token.user_id
    return Answer(
        {
            "access_token": text,
            "token_type": "Bearer",
            "expires_in": TOKEN_SECONDS,
            "refresh_token": secrets.token_urlsafe(30),
            "scope": " ".join(token.scopes),
        }
    )


def _is_client(call: Call, form: dict[str, str]) -> bool:
    application = call.world.application
    wanted = f"{application.id}:{secret_of(application.signing_seed)}"
    given = f"{form.get('client_id', '')}:{form.get('client_secret', '')}"
    kind, _, text = call.request.headers.get("Authorization", "").partition(" ")
    if kind == "Basic":
        try:
            given = b64decode(text, validate=True).decode()
        except (Error, UnicodeDecodeError):
            return False
    return secrets.compare_digest(given.encode(), wanted.encode())
