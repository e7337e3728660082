"""Moderation settings changed by commands: deeds like any other (SPEC 7.2, 7.3)."""

from usher.contracts.deeds import SettingChanged
from usher.moderation.asking import SAVED_LATER, Services
from usher.moderation.settings import LOCALE, ModSettings, setting
from usher.slash.context import Ctx
from usher.slash.say import say


def save(ctx: Ctx[Services], **values: str | None) -> str:
    """Set keys of the group, None for the default; say that it takes effect."""
    settings = ctx.services.rulebook.read(ctx.guild_id)
    deeds = [
        SettingChanged(
            f"{ctx.interaction_id}.{setting(key)}", setting(key), value, ctx.user_id, ctx.now
        )
        for key, value in (values | _locale(ctx, settings)).items()
    ]
    done = ctx.services.deeds.do(ctx.guild_id, *deeds)
    return say("Saved.") if done else say(SAVED_LATER)


def _locale(ctx: Ctx[Services], settings: ModSettings) -> dict[str, str | None]:
    """The log speaks the language of whoever set it up last."""
    return {} if settings.locale == ctx.locale else {LOCALE: ctx.locale}
