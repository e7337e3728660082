"""How the Discord, the people and the listener of a history behave."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Habits:
    """Numbers without a unit are probabilities; times are milliseconds."""

    # People
    burst: float = 0.3
    """Joins that come within a second of the one before, by other inviters as it happens."""
    silence: float = 0.0
    """Joins before which nobody comes for up to an hour."""
    by_vanity: float = 0.0
    by_discovery: float = 0.0
    bots: float = 0.0
    leaves: float = 0.0
    stay: tuple[int, int] = (2_000, 40_000)
    """How long those who leave have stayed; short stays are as likely as long ones."""
    rejoins: float = 0.0
    """Those who left and come back, by whatever invite."""
    absence: tuple[int, int] = (60, 60_000)
    """How long those who come back have been gone; 60 ms is within any second look."""

    # Invites
    inviters: int = 4
    single_use: float = 0.0
    pool: int = 0
    """Codes with one use that are made as soon as one is used, by different inviters."""
    targeted: float = 0.0
    """Single-use codes that only one person can use, made by Usher."""
    revoked: float = 0.0
    expiring: float = 0.0
    untold: float = 0.0
    """Invites whose making the listener is not told of."""

    # Discord
    late_count: float = 0.0
    early_count: float = 0.0
    """Uses shown up to 90 ms before the join's own time."""
    late_event: float = 0.0
    longest_delay: int = 5_000
    failed_look: float = 0.0
    blind: int = 0
    """Stretches in which counts are refused or left out."""
    longest_blind: int = 9 * 60_000
    duplicate: float = 0.0
    echo: float = 0.0
    """Leaves within a minute of the join after which Discord repeats that join."""
    phantom: float = 0.0
    """Joins beside which the count of a code rises that nobody used. No Discord does this: it
    shows that Discord's record wins."""

    # The listener
    away: int = 0
    """Absences of the listener; after each it asks what it missed."""
    longest_absence: int = 60_000
    """They last from a minute to this."""
    restarts: bool = False
    """Who comes back is a new process: looks that were planned before are forgotten."""

    # Discord's search over members
    searched: bool = False
    index_lag: tuple[int, int] = (1_000, 40_000)
    """From a join to the moment at which the search knows of it."""
    not_ready: float = 0.0
    """Searches answered by 202."""
    speechless: float = 0.0
    """Members of whom the search says neither code nor source."""
