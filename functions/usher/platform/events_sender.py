"""Sending observations to `events.fifo` without the SDK."""

from dataclasses import dataclass

from usher.contracts.observation import Observation
from usher.contracts.observation_codec import encode, split
from usher.platform.dynamo_reads import Caller


@dataclass(frozen=True, slots=True)
class ObservationSender:
    """Sends observations: in order for a guild, and each id once within five minutes (SQS)."""

    client: Caller
    queue_url: str

    def send(self, observation: Observation) -> None:
        """Hand an observation over, cut to fit messages; raises AwsError."""
        for part in split(observation):
            self.client.call(
                "SendMessage",
                {
                    "QueueUrl": self.queue_url,
                    "MessageBody": encode(part),
                    "MessageGroupId": part.guild_id,
                    "MessageDeduplicationId": part.id,
                },
            )
