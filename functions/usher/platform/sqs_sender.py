"""Sending deferred commands and effects to their queues without the SDK."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from usher.contracts.deferred import DeferredCommand
from usher.contracts.effect import Effect, encode_effect
from usher.platform.dynamo_reads import Caller


@dataclass(frozen=True, slots=True)
class SqsSender:
    """Sends messages to one standard queue, at least once each."""

    client: Caller
    queue_url: str

    def send(self, body: str, delay: int = 0) -> None:
        """Send one message, to be seen after `delay` seconds; raises AwsError when not taken."""
        request: dict[str, object] = {"QueueUrl": self.queue_url, "MessageBody": body}
        if delay:
            request["DelaySeconds"] = delay
        self.client.call("SendMessage", request)

    def defer(self, interaction: Mapping[str, object]) -> None:
        """Hand a verified interaction to the command worker; raises AwsError."""
        self.send(DeferredCommand(dict(interaction)).encode())


@dataclass(frozen=True, slots=True)
class EffectSender:
    """Sends effects; raises AwsError when not all were taken."""

    client: Caller
    queue_url: str

    def send(self, effects: Sequence[Effect], delay: int = 0) -> None:
        """Hand effects over one by one, to be done after `delay` seconds."""
        sender = SqsSender(self.client, self.queue_url)
        for effect in effects:
            sender.send(encode_effect(effect), delay)
