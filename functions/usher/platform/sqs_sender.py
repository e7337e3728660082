"""Sending effects to their queue without the SDK."""

from collections.abc import Sequence
from itertools import batched
from typing import Final

from usher.contracts.effect import Effect, encode_effect
from usher.frozen import frozen
from usher.platform.dynamo_reads import Caller
from usher.platform.message_sender import SqsSender

BATCH: Final = 10
"""Messages of one SendMessageBatch (SQS's limit)."""


@frozen
class EffectSender:
    """Sends effects; raises AwsError when not all were taken."""

    client: Caller
    queue_url: str

    def send(self, effects: Sequence[Effect], delay: int = 0) -> None:
        """Hand effects over one by one, to be done after `delay` seconds."""
        sender = SqsSender(self.client, self.queue_url)
        for effect in effects:
            sender.send(encode_effect(effect), delay)

    def schedule(self, effects: Sequence[tuple[Effect, int]]) -> None:
        """Hand effects over, ten in a request, each with its delay in seconds.

        SQS may take a batch in part: what it left is sent again one by one.
        """
        for some in batched(effects, BATCH, strict=False):
            entries = [
                {"Id": str(n), "MessageBody": encode_effect(effect), "DelaySeconds": delay}
                for n, (effect, delay) in enumerate(some)
            ]
            request = {"QueueUrl": self.queue_url, "Entries": entries}
            failed = self.client.call("SendMessageBatch", request).get("Failed")
            for one in failed if isinstance(failed, list) else ():
                effect, delay = some[int(one["Id"])]
                self.send([effect], delay)
