"""Which poll a vote belongs to, and who answers in words: kept in memory, lost with the process without harm.

A vote names its poll by time and its options by number. A poll that is not known any more is read as the numbers of a
list, as if they had been typed. Signal's programs show polls in chats of two since 2026; whoever has an older one sees
a message that it cannot read, and writes: from then on they are asked by numbers. Conversations are named by a hash of
the process, so no id is kept.
"""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass, field
from typing import Final

from adapters.signal.codec import Vote
from dialogs.events import Act, MessageRef, Said, Voted
from dialogs.messages import Poll
from privacy.addresses import Address

POLLS_REMEMBERED: Final = 20_000
CHATS_REMEMBERED: Final = 20_000


@dataclass(slots=True)
class _Chat:
    """One conversation: does it see polls?"""

    asked: bool = False
    """The last question was a poll and has no vote yet."""
    in_words: bool = False


@dataclass(slots=True)
class Ballots:
    _polls: OrderedDict[tuple[int, MessageRef], tuple[str, ...]] = field(default_factory=OrderedDict)
    _chats: OrderedDict[int, _Chat] = field(default_factory=OrderedDict)

    def shows_polls(self, to: Address) -> bool:
        """Whether this citizen is asked by polls; so it is until they answer one in words."""
        chat = self._chats.get(hash(to))
        return chat is None or not chat.in_words

    def asked(self, to: Address, ref: MessageRef, poll: Poll) -> None:
        """A poll was sent."""
        self._polls[hash(to), ref] = tuple(option.action for option in poll.options)
        if len(self._polls) > POLLS_REMEMBERED:
            self._polls.popitem(last=False)
        self._chat(to).asked = True

    def read(self, of: Address, vote: Vote) -> Act:
        """What a vote means."""
        self._chat(of).asked = False
        actions = self._polls.get((hash(of), vote.poll))
        if actions is None:
            return Said(" ".join(str(index + 1) for index in vote.chosen)) if vote.chosen else Voted((), vote.poll)
        return Voted(tuple(actions[index] for index in vote.chosen if 0 <= index < len(actions)), vote.poll)

    def wrote(self, who: Address) -> None:
        """Somebody wrote instead of voting."""
        chat = self._chats.get(hash(who))
        if chat is not None and chat.asked:
            chat.asked, chat.in_words = False, True

    def _chat(self, of: Address) -> _Chat:
        chat = self._chats.setdefault(hash(of), _Chat())
        self._chats.move_to_end(hash(of))
        if len(self._chats) > CHATS_REMEMBERED:
            self._chats.popitem(last=False)
        return chat
