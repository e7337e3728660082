"""The steps of a journey as events of its link. Pure."""

from usher.funnel.model import Event, EventKind, Journey, Trace


def events_of(journey: Journey, trace: Trace) -> tuple[Event, ...]:
    """Tell what is on record of a journey; nothing where it counts for no link."""
    place = journey.place
    if place is None:
        return ()
    who = (journey.guild_id, journey.user_id, place, trace)
    events = [Event(EventKind.JOIN, journey.joined_at, *who)]
    if journey.onboarded_at is not None:
        events.append(Event(EventKind.ONBOARDING, journey.onboarded_at, *who))
    if (won := journey.conversion) is not None:
        told = (won.value, won.metadata, won.standing)
        events.append(Event(EventKind.CONVERSION, won.at, *who, *told))
    return tuple(events)
