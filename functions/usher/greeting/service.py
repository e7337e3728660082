"""Saying welcome and farewell, once a membership."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from usher.contracts.effect import Greet
from usher.greeting.drafting import Draft
from usher.greeting.drafts import Drafts
from usher.greeting.model import Face, Place, Scene
from usher.greeting.ports import Marks, Post
from usher.greeting.rules import A_MINUTE
from usher.greeting.settings import Greeting, Occasion
from usher.slash.replies import Reply
from usher.slash.say import say, speaking
from usher.times import parse_time


@dataclass(frozen=True, slots=True)
class Greetings:
    """Says greetings. Raises what its parts raise; whatever is tried again is said once.

    A greeting is settled after it was sent. Where it breaks off between, the message's id keeps
    Discord from showing it twice.
    """

    drafts: Drafts
    marks: Marks
    post: Post
    clock: Callable[[], datetime]

    def greet(self, order: Greet) -> None:
        """Say a greeting, unless it was said or there is no reason left for it."""
        occasion, now = Occasion(order.occasion), self.clock()
        greeting = self.drafts.greeting(order.guild_id, occasion)
        if not greeting.on:
            return
        number = self.marks.place(order.guild_id, occasion, order.id, now)
        if number is None:
            return
        if number > A_MINUTE:
            if number == A_MINUTE + 1:
                self._say_many(greeting, order)
            self.marks.settle(order.id, "too many", now)
            return
        who = self._who(order)
        if who is None or (who.bot and not greeting.bots):
            self.marks.settle(order.id, "nobody", now)
            return
        draft = self.drafts.draft(greeting, _scene(order, who))
        self.marks.settle(order.id, self._send(greeting, order, draft), now)

    def _who(self, order: Greet) -> Face | None:
        """Find whom to greet: nobody where they have gone meanwhile, or come back."""
        member = self.drafts.people.member(order.guild_id, order.user_id)
        if Occasion(order.occasion) is Occasion.WELCOME:
            return member
        return self.drafts.people.user(order.user_id) if member is None else None

    def _send(self, greeting: Greeting, order: Greet, draft: Draft) -> str:
        body = draft.body()
        if greeting.dm and greeting.occasion is Occasion.WELCOME:
            if self.post.send_directly(order.user_id, order.id, body):
                return "sent directly"
            if greeting.channel_id is None:
                return "direct messages closed"
        if greeting.channel_id is None:
            return "nowhere"
        self.post.send(order.guild_id, greeting.channel_id, order.id, body)
        return "sent"

    def _say_many(self, greeting: Greeting, order: Greet) -> None:
        """Say once a minute that there are too many to greet."""
        if greeting.channel_id is None:
            return
        with speaking(greeting.locale):
            if greeting.occasion is Occasion.WELCOME:
                said = say("Many members are joining at once; I do not greet each of them.")
            else:
                said = say("Many members are leaving at once; I do not name each of them.")
        body = Draft(Reply(said)).body()
        self.post.send(order.guild_id, greeting.channel_id, order.id, body)


def _scene(order: Greet, who: Face) -> Scene:
    joined_at, left_at = (
        None if one is None else parse_time(one) for one in (order.joined_at, order.left_at)
    )
    place = Place(order.guild_name, order.members)
    return Scene(Occasion(order.occasion), order.guild_id, who, place, joined_at, left_at)
