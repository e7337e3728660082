"""The operator's examination: every probe by itself, so that one that fails hides no other."""

from collections.abc import Callable, Iterable
from contextlib import closing
from dataclasses import replace
from datetime import datetime
from typing import Final

from infra.cli.register import RegisterError, Registry
from infra.doctor.cloud_probes import Cloud
from infra.doctor.cloud_rules import (
    alarm_findings,
    function_findings,
    listener_findings,
    queue_findings,
    schedule_findings,
    secret_findings,
    stack_findings,
    store_findings,
)
from infra.doctor.discord import Discord, ask
from infra.doctor.discord_probes import Portal
from infra.doctor.discord_rules import (
    AREA,
    AUTO,
    clock_findings,
    closure_findings,
    command_findings,
    endpoint_findings,
    gateway_findings,
    identity_findings,
    redirect_findings,
)
from infra.doctor.facts import Bot, Shards, Wanted
from infra.doctor.listeners import shards_of
from infra.doctor.place import AWS_FAILURES, Place, PlaceError
from usher.doctor.facts import Application
from usher.doctor.model import Finding, ProbeError, State
from usher.doctor.watching_rules import intent_findings
from usher.limits.rows import Rows
from usher.limits.table import DynamoLimits
from usher.platform.dynamo_reads import DynamoReads
from usher.platform.signed_http import DYNAMODB, AwsError, SignedClient
from usher.platform.token_text import SecretError, token_in

FAILURES: Final = (
    *AWS_FAILURES,
    *(AwsError, PlaceError, ProbeError, RegisterError, SecretError),
    *(KeyError, LookupError, ValueError, TypeError, OSError),
)
"""What a probe may come to: of an answer of another shape, too."""


class Examination:
    """One examination of a stack."""

    def __init__(self, place: Place, now: datetime) -> None:
        self._place = place
        self._cloud = Cloud(place, now)
        self._now = now
        self._found: list[Finding] = []

    def run(self) -> list[Finding]:
        """Find everything, in the order in which things depend on each other. Raises PlaceError."""
        layout = self._place.layout
        self._found += stack_findings(layout.status)
        token = self._token(layout.parameters.get("DiscordTokenSecretName", ""))
        self._client_secret(layout.parameters.get("DiscordClientSecretName", ""))
        sessions = None if token is None else self._discord(Discord(self._api_base, token))
        self._add("Listener", lambda: self._listeners(sessions))
        self._add("Breaker", self._breaker)
        self._add("Functions", lambda: function_findings(self._cloud.workers()))
        self._add("Queues", lambda: queue_findings(self._cloud.queues()))
        self._add("Schedules", lambda: schedule_findings(self._cloud.schedules(), self._now))
        self._add("Table and ledger", self._store)
        self._add("Alarms", lambda: alarm_findings(*self._cloud.alarms()))
        self._alerts(layout.parameters.get("AlertsWebhookSecretName"))
        self._add("Clocks", self._aws_clock)
        return self._found

    @property
    def _api_base(self) -> str:
        return self._place.layout.parameters.get("DiscordApiBase", "").rstrip("/")

    @property
    def _wanted(self) -> Wanted:
        layout = self._place.layout
        endpoint = layout.outputs["InteractionsEndpoint"]
        if self._place.local:  # the front of `usher up` stands before the embedded cloud's API
            endpoint = f"{layout.parameters['ReferralUrl']}/interactions"
        ids = layout.parameters
        return Wanted(ids["DiscordApplicationId"], ids["DiscordPublicKey"], endpoint)

    def _token(self, name: str) -> str | None:
        text = self._cloud.secret(name)
        self._found += secret_findings(name, present=text is not None, what="Bot token")
        return None if text is None else self._ask("Bot token", lambda: token_in(text, name))

    def _client_secret(self, name: str) -> None:
        """Look for the secret by which links ask people to sign in, where they do."""
        if name:
            present = self._cloud.secret(name) is not None
            self._found += secret_findings(name, present=present, what="Client secret")

    def _discord(self, discord: Discord) -> tuple[Shards | None] | None:
        """Find what is Discord's, and who has the shards; None where that cannot be asked."""
        portal = Portal(discord)
        told = self._ask("Bot", portal.bot)
        if told is None:
            return None
        bot, flags, bot_id = told
        self._add("Application", lambda: identity_findings(bot, self._wanted))
        intents = intent_findings(Application(flags), None)
        self._found += [replace(one, area=AREA) for one in intents]
        self._add("Sign-in", lambda: self._redirect(bot))
        self._add("Endpoint", lambda: self._endpoint(portal, bot))
        self._add("Commands", lambda: self._commands(discord.token))
        sessions = self._ask("Sessions", lambda: (self._shards(bot_id),))
        held = sessions[0] if sessions is not None else None
        count = None if held is None else held.count
        setting = self._place.layout.parameters.get("ListenerShardCount", AUTO)
        self._add("Gateway", lambda: gateway_findings(portal.gateway(), count, setting))
        self._add("Clocks", lambda: self._clock("Discord", f"{discord.base}/gateway"))
        return sessions

    def _redirect(self, bot: Bot) -> Iterable[Finding]:
        layout = self._place.layout
        asked = layout.parameters.get("DiscordClientSecretName")
        return redirect_findings(bot, layout.outputs["SignInRedirect"]) if asked else ()

    def _endpoint(self, portal: Portal, bot: Bot) -> Iterable[Finding]:
        wanted = self._wanted
        return endpoint_findings(bot, wanted, portal.door(bot, wanted))

    def _commands(self, token: str) -> Iterable[Finding]:
        registry = Registry(self._api_base, self._wanted.application_id, token)
        return command_findings(registry.diff())

    def _shards(self, bot_id: str) -> Shards | None:
        place = self._place
        client = SignedClient(DYNAMODB, place.environ(), credentials=place.credentials)
        with closing(client):
            table = DynamoReads(client, place.layout.outputs["TableName"])
            return shards_of(table, bot_id, self._now)

    def _breaker(self) -> Iterable[Finding]:
        place = self._place
        with closing(SignedClient(DYNAMODB, place.environ(), credentials=place.credentials)) as one:
            limits = DynamoLimits(Rows(one, place.layout.outputs["TableName"]))
            return closure_findings(limits.board(self._now.timestamp()).closure, self._now)

    def _listeners(self, sessions: tuple[Shards | None] | None) -> Iterable[Finding]:
        [shards] = sessions or (None,)
        return listener_findings(shards, self._cloud.tasks(), asked=sessions is not None)

    def _store(self) -> Iterable[Finding]:
        return store_findings(self._cloud.store(), self._now, self._cloud.made())

    def _alerts(self, secret: str | None) -> None:
        """Look whether alarms are told to anybody; nothing where the stack knows no such secret."""
        if secret is None:
            return
        if secret and self._cloud.secret(secret) is not None:
            said = "Alarms are told in a Discord channel."
            self._found.append(Finding("Alarms", "Alerts", State.WELL, said))
            return
        said = "Alarms are told nowhere in Discord: no webhook is set."
        remedy = "Run `usher deploy --alerts`: it asks for the address of a channel's webhook."
        if secret:
            said = f"Alarms are told nowhere in Discord: the secret {secret} cannot be read."
            remedy += " Or store it there."
        self._found.append(Finding("Alarms", "Alerts", State.ATTENTION, said, remedy))

    def _aws_clock(self) -> Iterable[Finding]:
        if self._place.local:
            return ()
        return self._clock("AWS", f"https://sts.{self._place.region}.amazonaws.com/")

    def _clock(self, who: str, url: str) -> Iterable[Finding]:
        answer = ask("GET", url)
        return () if answer.at is None else clock_findings(who, answer.at, answer.asked_at)

    def _add(self, what: str, probe: Callable[[], Iterable[Finding]]) -> None:
        self._found += self._ask(what, probe) or ()

    def _ask[T](self, what: str, probe: Callable[[], T]) -> T | None:
        """Ask; None where that fails, which is a finding of its own."""
        try:
            return probe()
        except FAILURES as error:
            why = str(error) or type(error).__name__
            remedy = "Look again in a moment; if it stays so, look at rights and connection."
            self._found.append(
                Finding("Not known", what, State.UNKNOWN, f"It could not be asked: {why}", remedy)
            )
            return None
