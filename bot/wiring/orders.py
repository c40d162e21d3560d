"""What staff order and the bot does: the handlers of every kind of order. Not here: when it looks (`bot/app.py`)."""

from __future__ import annotations

from bot.casenews import CaseOffice
from bot.casework import CaseHands
from bot.courier import Courier
from bot.home import Home
from bot.host import Host
from bot.orders import OrderWorker
from bot.returned import Returned
from bot.unmasked import Unmasked
from bot.wiring.talk import Talk
from storage.contactbook import Sender


async def take_orders(home: Home, talk: Talk, host: Host, sender: Sender) -> OrderWorker:
    """The worker, and the key by which the desk seals words for it. Raises `StorageError`."""
    clock = talk.clock
    courier = Courier(sender, home.book, talk.delivery, host.adapters)
    office = CaseOffice(home.cases, home.ties, courier, talk.turns, clock)
    hands = CaseHands(home.cases, home.ties, home.case_copies, home.intake, clock)
    await home.intake.publish(clock.today())
    unmasked = Unmasked(home.unmaskings, home.readings, home.case_copies, clock)
    handlers = {**office.handlers(), **hands.handlers(), **unmasked.handlers()}
    worker = OrderWorker(home.orders, handlers, clock, talk.tasks)
    host.returned = Returned(home.ties, worker, clock, talk.tasks)
    return worker
