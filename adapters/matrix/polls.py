"""MSC3381 polls, under their stable and their unstable names. Pure.

Sent under the unstable names with the stable fields beside them, as clients do today: Element and its kin read the
former. An option's id is the action of its button, so a vote comes back as what it means.
https://spec.matrix.org/v1.16/ has no polls yet; https://github.com/matrix-org/matrix-spec-proposals/pull/3381
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final

from dialogs.events import MessageRef, Voted
from dialogs.messages import ACTION_LIMIT, Poll

STABLE: Final = "m.poll"
UNSTABLE: Final = "org.matrix.msc3381.poll"
POLL_STARTS: Final = frozenset({f"{STABLE}.start", f"{UNSTABLE}.start"})
RESPONSES: Final = frozenset({f"{STABLE}.response", f"{UNSTABLE}.response"})
SELECTIONS: Final = 40
"""Options of one vote that are read."""
_REF_LIMIT: Final = 255

Json = Mapping[str, Any]


def start_of(poll: Poll, question: str) -> tuple[str, dict[str, Any]]:
    """Type and content of the event that opens a poll."""
    most = len(poll.options) if poll.multiple else 1
    answers = [(option.action, option.label) for option in poll.options]
    fallback = "\n".join((question, *(f"{number}. {label}" for number, (_, label) in enumerate(answers, 1))))
    unstable = {
        "kind": f"{UNSTABLE}.disclosed",
        "max_selections": most,
        "question": {"org.matrix.msc1767.text": question, "body": question, "msgtype": "m.text"},
        "answers": [{"id": id_, "org.matrix.msc1767.text": label} for id_, label in answers],
    }
    stable = {
        "kind": f"{STABLE}.disclosed",
        "max_selections": most,
        "question": {"m.text": [{"body": question}]},
        "answers": [{"m.id": id_, "m.text": [{"body": label}]} for id_, label in answers],
    }
    return f"{UNSTABLE}.start", {
        "org.matrix.msc1767.text": fallback,
        f"{UNSTABLE}.start": unstable,
        "m.text": [{"body": fallback}],
        STABLE: stable,
    }


def vote_of(type_: str, content: Json) -> Voted | None:
    """The vote that an event is; None for any other event, and for one that is malformed."""
    if type_ not in RESPONSES:
        return None
    relation = content.get("m.relates_to")
    if not isinstance(relation, Mapping) or relation.get("rel_type") != "m.reference":
        return None
    poll = relation.get("event_id")
    if not isinstance(poll, str) or not 0 < len(poll) <= _REF_LIMIT:
        return None
    unstable = content.get(f"{UNSTABLE}.response")
    chosen = unstable.get("answers") if isinstance(unstable, Mapping) else None
    if chosen is None:
        chosen = content.get("m.selections")
    if not isinstance(chosen, list):
        return None
    return Voted(_actions(chosen), MessageRef(poll))


def _actions(chosen: Iterable[object]) -> tuple[str, ...]:
    """Each once, in the order of the vote."""
    texts = (each for each in chosen if isinstance(each, str) and 0 < len(each) <= ACTION_LIMIT)
    return tuple(dict.fromkeys(texts))[:SELECTIONS]
