"""A small town where people come, go and are judged, and whose admins change their minds."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from itertools import count

from hypothesis import strategies as st

from tests.builders import (
    at,
    banned,
    changed,
    granted,
    joined,
    left,
    look,
    observe,
    recount,
    removal,
    row,
    searched,
)
from tests.fakes.worker import Worker
from usher.contracts.observation import GatewayEvent, MemberUpdated, Observation
from usher.ids import RoleId, UserId
from usher.ledger.line_codec import read_line
from usher.ledger.lines import Line

INVITERS = {"abc": "900", "def": "901", "xyz": "900"}
USERS = ("1", "2", "901")
SETTINGS: Sequence[tuple[str, str | None]] = (
    ("fake#self_invite", "off"),
    ("fake#self_invite", None),
    ("fake#young_account", "9999"),
    ("fake#young_account", None),
    ("fake#rejoin", "on"),
    ("fake#rejoin", None),
    ("fake#left_within", "1"),
    ("fake#left_within", None),
    ("fake#default_avatar", "on"),
    ("fake#default_avatar", None),
    ("block#900", "on"),
    ("block#900", None),
    ("fake#missing_role", "5"),
    ("fake#missing_role", "6"),
    ("fake#missing_role", None),
    ("guild#tracking", "off"),
    ("guild#tracking", None),
)

type Step = tuple[str, str, str, float, int]

_GATEWAY = ("join", "join", "join", "leave", "kick", "ban", "entry", "look", "look", "search")
_ROLES = ("role", "role", "role")
_SEEN = ("arrive", "arrive", "arrive", "arrive", "depart", "depart")
_ADMINS = ("setting", "setting", "recount", "grant", "reset")
KINDS = (*_GATEWAY, "send", "away", *_SEEN, *_ROLES, *_ADMINS)
STEPS: st.SearchStrategy[list[Step]] = st.lists(
    st.tuples(
        st.sampled_from(KINDS),
        st.sampled_from(USERS),
        st.sampled_from(sorted(INVITERS)),
        st.sampled_from([0.2, 3, 40, 700]),
        st.integers(0, len(SETTINGS) - 1),
    ),
    min_size=24,
    max_size=48,
)


def roles_of(choice: int) -> tuple[RoleId, ...]:
    """Roles that somebody has."""
    return tuple(RoleId(role) for n, role in enumerate(("5", "6")) if choice >> n & 1)


@dataclass
class Town:
    """A guild whose events wait until they are sent, with a look or without."""

    worker: Worker = field(default_factory=Worker)
    now: float = 0
    uses: dict[str, int] = field(default_factory=lambda: dict.fromkeys(INVITERS, 0))
    here: dict[str, tuple[float, str]] = field(default_factory=dict)
    last: dict[str, tuple[float, str]] = field(default_factory=dict)
    owed: list[GatewayEvent] = field(default_factory=list)
    """Entries of the audit log that come later than the leave."""
    waiting: list[GatewayEvent] = field(default_factory=list)
    gap: bool = False
    ids: "count[int]" = field(default_factory=count)
    told: list[Observation] = field(default_factory=list)

    def happen(self, kind: str, user: str, code: str, pause: float, choice: int) -> None:
        self.now += pause
        match kind:
            case "join" if user not in self.here:
                self._come(user, code, choice)
            case "role" if user in self.here:
                since, roles = at(self.here[user][0]), roles_of(choice)
                self._tell(MemberUpdated(UserId(user), since, False, roles, at(self.now)))
            case "leave" | "kick" | "ban" if user in self.here:
                del self.here[user]
                self._go(kind, user)
            case "arrive" | "depart":
                self.happen("join" if kind == "arrive" else "leave", user, code, 0, choice)
                self.send(looking=True)
            case "entry" if self.owed:
                self.waiting.append(self.owed.pop())
            case "search" if user in self.last:
                when, used = self.last[user]
                self.waiting.append(searched(user, when, used, INVITERS[used]))
            case "look" | "send":
                self.send(looking=kind == "look")
            case "away":
                self.send(looking=False)
                self.gap = not self.gap
            case "setting" | "recount" | "grant" | "reset":
                self._order(kind, code, choice)
            case _:
                pass

    def _come(self, user: str, code: str, choice: int) -> None:
        self.uses[code] += 1
        self.here[user] = self.last[user] = (self.now, code)
        event = joined(user, self.now)
        shown = replace(event.person, has_avatar=user == "2")
        self._tell(replace(event, person=shown, roles=roles_of(choice)))

    def _go(self, kind: str, user: str) -> None:
        if kind == "ban":
            self._tell(banned(user, self.now))
        self._tell(left(user, self.now, audited=True))
        if kind != "leave":
            self.owed.append(removal(20 if kind == "kick" else 22, user, self.now))

    def _order(self, kind: str, code: str, choice: int) -> None:
        """Let an admin do something: it comes along the same road, beside what waits."""
        id_ = f"deed{next(self.ids)}"
        match kind:
            case "setting":
                event: GatewayEvent = changed(*SETTINGS[choice], id_, self.now)
            case "recount":
                event = recount(*USERS, id_=id_, seconds=self.now)
            case _:
                invites = None if kind == "reset" else choice - 7
                event = granted(INVITERS[code], invites, id_, self.now)
        self.take(observe(event, seconds=self.now, id=id_))

    def _tell(self, event: GatewayEvent) -> None:
        """While the listener is away nothing is told."""
        if not self.gap:
            self.waiting.append(event)

    def send(self, *, looking: bool) -> None:
        self.now += 0.5
        rows = [row(code, uses, INVITERS[code]) for code, uses in self.uses.items()]
        seen = look(*rows, seconds=self.now) if looking else None
        gap, self.gap = self.gap and looking, self.gap and not looking
        events, self.waiting = self.waiting, []
        id_ = f"o{next(self.ids)}"
        self.take(observe(*events, look=seen, seconds=self.now, id=id_, gap=gap))

    def take(self, observation: Observation) -> None:
        self.told.append(observation)
        self.worker.handle(observation)

    def rest(self) -> None:
        """Tell what is still to be told."""
        self.gap = False
        self.waiting.extend(self.owed)
        self.send(looking=True)

    @property
    def lines(self) -> list[Line]:
        return [read_line(content) for content in self.worker.objects.under("lines/").values()]
