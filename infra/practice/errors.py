"""Discord's refusals: HTTP status, JSON code, sentence, and the nested errors of a form.

Source: Discord API reference, "Opcodes and Status Codes", section JSON.
"""

from dataclasses import dataclass

from infra.practice.json_types import Json, JsonObject


@dataclass(frozen=True, slots=True)
class Refusal:
    """One way in which Discord says no."""

    status: int
    code: int
    message: str


UNAUTHORIZED = Refusal(401, 0, "401: Unauthorized")
NOT_FOUND = Refusal(404, 0, "404: Not Found")
METHOD_NOT_ALLOWED = Refusal(405, 0, "405: Method Not Allowed")
SERVER_ERROR = Refusal(500, 0, "500: Internal Server Error")
UNKNOWN_APPLICATION = Refusal(404, 10002, "Unknown Application")
UNKNOWN_CHANNEL = Refusal(404, 10003, "Unknown Channel")
UNKNOWN_GUILD = Refusal(404, 10004, "Unknown Guild")
UNKNOWN_INVITE = Refusal(404, 10006, "Unknown Invite")
UNKNOWN_MEMBER = Refusal(404, 10007, "Unknown Member")
UNKNOWN_MESSAGE = Refusal(404, 10008, "Unknown Message")
UNKNOWN_OVERWRITE = Refusal(404, 10009, "Unknown permission overwrite")
UNKNOWN_ROLE = Refusal(404, 10011, "Unknown Role")
UNKNOWN_USER = Refusal(404, 10013, "Unknown User")
UNKNOWN_WEBHOOK = Refusal(404, 10015, "Unknown Webhook")
UNKNOWN_BAN = Refusal(404, 10026, "Unknown Ban")
UNKNOWN_INTERACTION = Refusal(404, 10062, "Unknown interaction")
UNKNOWN_COMMAND = Refusal(404, 10063, "Unknown application command")
SLOWMODE = Refusal(429, 20016, "This action cannot be performed due to slowmode rate limit")
TOO_MANY_INVITES = Refusal(400, 30016, "Maximum number of invites reached (1000)")
TOO_MANY_COMMANDS = Refusal(400, 30032, "Maximum number of application commands reached (100)")
TOO_MANY_CHANNELS = Refusal(400, 30013, "Maximum number of guild channels reached (500)")
USER_BANNED = Refusal(403, 40007, "The user is banned from this guild.")
ALREADY_ACKNOWLEDGED = Refusal(400, 40060, "Interaction has already been acknowledged.")
MISSING_ACCESS = Refusal(403, 50001, "Missing Access")
DIRECT_MESSAGE_OF_OTHERS = Refusal(403, 50003, "Cannot execute action on a DM channel")
EDIT_OF_OTHERS = Refusal(403, 50005, "Cannot edit a message authored by another user")
EMPTY_MESSAGE = Refusal(400, 50006, "Cannot send an empty message")
CANNOT_MESSAGE_USER = Refusal(403, 50007, "Cannot send messages to this user")
MISSING_PERMISSIONS = Refusal(403, 50013, "Missing Permissions")
NO_VANITY = Refusal(
    403, 50020, "Invite code is either invalid or taken. This guild has no vanity URL."
)
INVALID_OAUTH2_TOKEN = Refusal(403, 50025, "Invalid OAuth2 access token provided")
MISSING_SCOPE = Refusal(403, 50026, "Missing required OAuth2 scope")
INVALID_WEBHOOK_TOKEN = Refusal(401, 50027, "Invalid Webhook Token")
WRONG_CHANNEL_TYPE = Refusal(400, 50024, "Cannot execute action on this channel type")
TOO_OLD_TO_DELETE = Refusal(
    400, 50034, "You can only bulk delete messages that are under 14 days old."
)
INVALID_FORM = Refusal(400, 50035, "Invalid Form Body")
THREAD_LOCKED = Refusal(400, 160005, "Thread is locked")
HAS_A_THREAD = Refusal(400, 160004, "A thread has already been created for this message")
BLOCKED = Refusal(400, 200000, "Message was blocked by automatic moderation")
FAILED_TO_BAN = Refusal(400, 500000, "Failed to ban users")
INVITES_PAUSED = Refusal(403, 50001, "Invites are paused for this server")
THREAD_ARCHIVED = Refusal(400, 50083, "Thread is archived")
INVALID_JSON = Refusal(400, 50109, "The request body contains invalid JSON.")


class ApiError(Exception):
    """A request that Discord refuses; `body` is what it answers."""

    def __init__(self, refusal: Refusal, errors: JsonObject | None = None) -> None:
        super().__init__(f"{refusal.status} {refusal.code}: {refusal.message}")
        self.refusal = refusal
        self.errors = errors

    @property
    def body(self) -> JsonObject:
        """The JSON of the answer."""
        body: JsonObject = {"message": self.refusal.message, "code": self.refusal.code}
        if self.errors is not None:
            body["errors"] = self.errors
        return body


class FormErrors:
    """Collects what is wrong with a form, field by field.

    Paths are dotted (`embeds.0.title`); Discord nests them as objects and puts the errors of a
    field under `_errors`, each with a symbolic `code` and a `message`.
    """

    def __init__(self, prefix: str = "") -> None:
        self._root: dict[str, Json] = {}
        self._prefix = prefix

    def below(self, path: str) -> "FormErrors":
        """Return the same errors for fields below a path."""
        inner = FormErrors(f"{self._prefix}{path}.")
        inner._root = self._root
        return inner

    def add(self, path: str, code: str, message: str) -> None:
        """Record one error of one field."""
        node = self._root
        for part in f"{self._prefix}{path}".split("."):
            child = node.get(part)
            if not isinstance(child, dict):
                child = {}
                node[part] = child
            node = child
        found = node.get("_errors")
        errors = list(found) if isinstance(found, list) else []
        node["_errors"] = [*errors, {"code": code, "message": message}]

    def too_long(self, path: str, limit: int) -> None:
        """Record a text above its limit."""
        self.add(path, "BASE_TYPE_MAX_LENGTH", f"Must be {limit} or fewer in length.")

    def bad_length(self, path: str, low: int, high: int) -> None:
        """Record a text or list outside its limits."""
        self.add(path, "BASE_TYPE_BAD_LENGTH", f"Must be between {low} and {high} in length.")

    def required(self, path: str) -> None:
        """Record a missing field."""
        self.add(path, "BASE_TYPE_REQUIRED", "This field is required")

    def choices(self, path: str, allowed: str) -> None:
        """Record a value that is not one of the allowed ones."""
        self.add(path, "BASE_TYPE_CHOICES", f"Value must be one of {{{allowed}}}.")

    def raise_if_any(self) -> None:
        """Refuse the form (400, 50035) when anything was recorded."""
        if self._root:
            raise ApiError(INVALID_FORM, self._root)
