"""How far a command is, shown in the reply that a member waits at."""

from contextlib import suppress
from dataclasses import dataclass

from usher.platform.discord_webhook import DiscordWebhook, WebhookError
from usher.slash.replies import Reply


@dataclass(frozen=True, slots=True)
class WebhookProgress:
    """Implements Progress."""

    webhook: DiscordWebhook

    def show(self, token: str, reply: Reply) -> None:
        """Show how far it is; what cannot be shown is not."""
        with suppress(WebhookError):
            self.webhook.edit_original(token, reply)
