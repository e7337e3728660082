"""Messages: posted, edited, deleted, with their gateway events."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from infra.practice.attachments import AttachmentStore
from infra.practice.channel_keeping import announced
from infra.practice.content.body import MessageBody, Upload
from infra.practice.content.mentions import find_mentions
from infra.practice.content.message import Attachment, InteractionOrigin, Message
from infra.practice.entities import Channel, Guild
from infra.practice.intents import Dispatch, Dispatches, Intents
from infra.practice.json_types import JsonObject
from infra.practice.payloads.messages import attachment_json, message_event_json, without_content
from infra.practice.permissions import Permission
from infra.practice.world import World

USER_JOIN = 7
REPLY = 19
NONCE_MEMORY = timedelta(minutes=5)
"""How long a nonce is remembered: Discord says "the past few minutes" (Create Message)."""


@dataclass(frozen=True, slots=True)
class Authorship:
    """Who posts, on whose behalf, for whose eyes, and with which type and flags."""

    author_id: str
    author_name: str | None = None
    webhook_id: str | None = None
    application_id: str | None = None
    interaction: InteractionOrigin | None = None
    visible_to: str | None = None
    type: int = 0
    flags: int = 0


class Postbox:
    """Puts messages into channels. `origin` is where attachments can be fetched."""

    def __init__(self, world: World, attachments: AttachmentStore) -> None:
        self._world = world
        self._attachments = attachments
        self.origin = "http://127.0.0.1"

    def post(
        self, channel: Channel, body: MessageBody, authorship: Authorship
    ) -> tuple[Message, Dispatches]:
        """Post a message; with `enforce_nonce` a nonce of the past minutes returns its message."""
        if body.enforce_nonce and body.nonce is not None:
            since = self._world.now - NONCE_MEMORY
            for earlier in self._world.history(channel.id):
                same = earlier.nonce == body.nonce and earlier.author_id == authorship.author_id
                if same and earlier.timestamp >= since:
                    return earlier, []
        message = Message(
            id=self._world.new_id(),
            channel_id=channel.id,
            guild_id=channel.guild_id,
            author_id=authorship.author_id,
            timestamp=self._world.now,
            type=REPLY if body.reference_id else authorship.type,
            flags=authorship.flags,
            author_name=authorship.author_name,
            webhook_id=authorship.webhook_id,
            application_id=authorship.application_id,
            interaction=authorship.interaction,
            visible_to=authorship.visible_to,
            nonce=body.nonce,
            tts=body.tts,
            reference_id=body.reference_id,
        )
        self._fill(message, body, everything=True)
        self._world.keep_message(message)
        woken = self._into_thread(channel)
        return message, [*woken, *self._events("MESSAGE_CREATE", message)]

    def edit(self, message: Message, body: MessageBody, *, silent: bool = False) -> Dispatches:
        """Change what the body names; `silent` keeps the message from looking edited."""
        if body.kept_attachment_ids is not None:
            message.attachments = [
                item for item in message.attachments if item.id in body.kept_attachment_ids
            ]
        self._fill(message, body, everything=False)
        if not silent:
            message.edited_timestamp = self._world.now
        return self._events("MESSAGE_UPDATE", message)

    def delete(self, message: Message) -> Dispatches:
        """Remove a message."""
        del self._world.state.messages[message.channel_id][message.id]
        data: JsonObject = {"id": message.id, "channel_id": message.channel_id}
        if message.guild_id is not None:
            data["guild_id"] = message.guild_id
        return self._addressed("MESSAGE_DELETE", message, data, None)

    def delete_together(self, messages: list[Message]) -> Dispatches:
        """Remove messages: one event for each channel; those nobody else sees have none."""
        gone: dict[str, list[Message]] = {}
        for message in messages:
            del self._world.state.messages[message.channel_id][message.id]
            gone.setdefault(message.channel_id, []).append(message)
        events: Dispatches = []
        for channel_id, these in gone.items():
            shown = [message for message in these if message.visible_to is None]
            data: JsonObject = {
                "ids": [message.id for message in shown],
                "channel_id": channel_id,
                "guild_id": these[0].guild_id,
            }
            if shown:
                events += self._addressed("MESSAGE_DELETE_BULK", shown[0], data, None)
        return events

    def messages_of(self, guild: Guild, user_id: str, since: datetime) -> list[Message]:
        """List what somebody wrote in a guild since a moment."""
        return [
            message
            for kept in self._world.state.messages.values()
            for message in kept.values()
            if message.guild_id == guild.id
            and message.author_id == user_id
            and message.timestamp >= since
        ]

    def keep_file(self, channel_id: str, upload: Upload) -> JsonObject:
        """Keep a file that belongs to no message: the option of a command."""
        return attachment_json(channel_id, self._kept(upload), self.origin, ephemeral=True)

    def welcome(self, guild: Guild, user_id: str) -> Dispatches:
        """Post Discord's own line about a newcomer into the system channel."""
        if guild.system_channel_id not in guild.channels:
            return []
        channel = guild.channels[guild.system_channel_id]
        return self.notice(channel, user_id, USER_JOIN, [])[1]

    def notice(
        self, channel: Channel, user_id: str, kind: int, embeds: list[JsonObject]
    ) -> tuple[Message, Dispatches]:
        """Post a message of Discord's own about somebody."""
        message = Message(
            id=self._world.new_id(),
            channel_id=channel.id,
            guild_id=channel.guild_id,
            author_id=user_id,
            timestamp=self._world.now,
            type=kind,
            embeds=embeds,
        )
        self._world.keep_message(message)
        return message, self._events("MESSAGE_CREATE", message)

    def _fill(self, message: Message, body: MessageBody, *, everything: bool) -> None:
        if everything or "content" in body.present:
            message.content = body.content
        if everything or "embeds" in body.present:
            message.embeds = body.embeds
        if everything or "components" in body.present:
            message.components = body.components
        message.flags |= body.flags
        message.attachments += [self._kept(upload) for upload in body.uploads]
        guild = self._world.state.guilds.get(message.guild_id) if message.guild_id else None
        mentions = find_mentions(self._world, guild, message.content, body.allowed_mentions)
        message.mention_ids = mentions.user_ids
        message.mention_role_ids = mentions.role_ids
        message.mention_everyone = mentions.everyone

    def _kept(self, upload: Upload) -> Attachment:
        attachment = Attachment(
            id=self._world.new_id(),
            filename=upload.filename,
            size=len(upload.content),
            content_type=upload.content_type,
            description=upload.description,
        )
        self._attachments.put(attachment.id, upload.content)
        return attachment

    def _into_thread(self, channel: Channel) -> Dispatches:
        """Count a message of a thread; one that was archived comes back."""
        thread = channel.thread
        if thread is None:
            return []
        thread.sent += 1
        if not thread.archived:
            return []
        thread.archived = False
        guild = self._world.guild(channel.guild_id or "")
        return [announced(self._world, guild, channel)]

    def _events(self, name: str, message: Message) -> Dispatches:
        data = message_event_json(self._world, message, self.origin)
        bot_id = self._world.bot.id
        seen = message.author_id == bot_id or bot_id in message.mention_ids
        hidden = None if seen or message.guild_id is None else without_content(data)
        return self._addressed(name, message, data, hidden)

    def _addressed(
        self, name: str, message: Message, data: JsonObject, redacted: JsonObject | None
    ) -> Dispatches:
        if message.visible_to is not None:
            return []
        direct = message.guild_id is None
        return [
            Dispatch(
                event=name,
                data=data,
                guild_id=message.guild_id,
                intents=Intents.DIRECT_MESSAGES if direct else Intents.GUILD_MESSAGES,
                permissions=Permission.NONE if direct else Permission.VIEW_CHANNEL,
                channel_id=message.channel_id,
                redacted=redacted,
            )
        ]
