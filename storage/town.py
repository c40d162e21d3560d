"""The town as the dialogues know it, put together from the settings: for the bot's turns and the desk's previews."""

from __future__ import annotations

from dialogs.messages import Language
from dialogs.world import Place, Topic, Town
from storage.acts.categories import categories_of, person_of
from storage.settings import Shared


def town_of(config: Shared, places: tuple[Place, ...] = ()) -> Town:
    """The town as the dialogues know it."""
    return Town(
        name=config.town.name,
        languages=tuple(Language(language) for language in config.town.languages),
        contact=config.town.contact,
        privacy_url=config.town.privacy_url,
        arbitration=config.town.arbitration,
        places=places,
        categories=categories_of(config),
        person=person_of(config),
        topics=tuple(Topic(each.key, {"": each.label, **each.labels}) for each in config.news.topics),
    )
