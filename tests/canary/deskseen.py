"""What the desk showed to whom. Whoever moderates reads masked words; nobody reads who said them, and nobody else reads
a word.

A page that was not opened, or an act that was not done (`deskwalk.py`), fails the test: the attack grows with the desk.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from canary.browser import Seen
from canary.desk import Staffed
from canary.people import CAPTION, FILE, LENS, OF_TEXTS, SLIP, TONE, UMLAUT, WORD
from canary.search import nowhere, patterns

from desk.routes import ROUTES
from dialogs.roles import Right

READS_WORDS = frozenset({Right.TEXTS, Right.CASES, Right.UNMASK, Right.UNMASK_APPROVE, Right.EXPORT})
"""Who may do this reads masked words, places of defects, and an original that two people asked for."""
TELLS_COMMON_WORDS = frozenset({Right.RESULTS, Right.PUBLISH})
"""What many said the same is a result."""
NEVER_SHOWN = (SLIP, CAPTION, FILE, LENS, TONE)
"""What was sent by mistake, and what photos and voices carried along, reaches nobody."""
SAID_BY_MANY = (WORD, UMLAUT)
ACTED_ON = READS_WORDS | TELLS_COMMON_WORDS
"""Rights whose every act has to be done here."""
UNREACHED: Mapping[str, str] = {
    "/login": "open to everybody; walked by nobody",
    "/here": "asked while somebody types; answers nothing",
    "/invitation/{token}": "before anybody is logged in",
    "/account/codes": "codes are off in this town",
    "/drafts/{number}/pictures/{name}": "the draft of this town has no picture",
    "/drafts/{number}/codes/{channel}.svg": "of a draft that is being tried",
    "/news/{number}/picture": "the news of this town has no picture",
    "/people/{name}/remove": "asks before somebody of the staff goes",
    "/themes/state": "asked while themes are being found",
    "/themes/{theme}": "where canaries have a theme in common",
}
"""Pages that need something that is not here, and hold nothing of citizens."""


def assert_nobody_was_shown_what_they_may_not_see(staffed: Staffed, addresses: Mapping[bytes, str]) -> None:
    """Addresses: nobody. Words: moderators, masked. What many said: in results."""
    everything = dict(addresses) | patterns(OF_TEXTS)
    each = [person.words for person in (*staffed.scene.people, *staffed.scene.signals, *staffed.scene.matrix)]
    common = dict(addresses) | patterns([*(text for text in OF_TEXTS if text not in SAID_BY_MANY), *each])
    never = dict(addresses) | patterns(NEVER_SHOWN)
    for rights, wanted in ((READS_WORDS, never), (TELLS_COMMON_WORDS, common)):
        nowhere(_pages(staffed.seen, rights), wanted)
    others = frozenset(Right) - READS_WORDS - TELLS_COMMON_WORDS
    nowhere(_pages(staffed.seen, (*others, None)), everything)
    nowhere({"log of the desk": staffed.log.read_bytes()}, everything)
    nowhere(staffed.memory(), addresses)


def _pages(seen: Sequence[Seen], rights: Sequence[Right | None] | frozenset[Right]) -> dict[str, bytes]:
    return {f"{number} {each.name}": each.data for number, each in enumerate(seen) if each.route.right in rights}


def assert_everything_was_walked(staffed: Staffed) -> None:
    """A page that nobody opened, or an act that nobody did, was not searched."""
    reached = {(each.method, each.route.path) for each in staffed.seen}
    pages = {route.path for route in ROUTES if route.method == "GET" and ("GET", route.path) not in reached}
    pages -= set(UNREACHED) | ({"/themes/none"} if not staffed.walk.themes else set())
    assert not pages, f"pages of the desk that the attack does not see: {pages}"
    acts = {route.path for route in ROUTES if route.method == "POST" and route.right in ACTED_ON}
    missed = {
        path
        for path in acts
        if ("POST", path) not in reached and (staffed.walk.themes or not path.startswith("/themes/"))
    }
    assert not missed, f"acts of the desk that the attack does not do: {missed}"
