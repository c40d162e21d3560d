"""The survey as an aiogram 3 bot: a router, a StatesGroup, RedisStorage, webhook mode.

Written after aiogram's own documentation: "Finite State Machine" (a handler a state, `update_data`, `set_state`)
and "Webhook" (`SimpleRequestHandler`, `setup_application`, `web.run_app`), with their defaults.
"""

from __future__ import annotations

from datetime import date

import uvloop
from aiogram import Bot, Dispatcher, F, Router
from aiogram.client.session.aiohttp import AiohttpSession
from aiogram.client.telegram import TelegramAPIServer
from aiogram.filters import CommandStart
from aiogram.fsm.context import FSMContext
from aiogram.fsm.state import State, StatesGroup
from aiogram.fsm.storage.redis import RedisStorage
from aiogram.types import (
    CallbackQuery,
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    KeyboardButton,
    Message,
    ReplyKeyboardMarkup,
    ReplyKeyboardRemove,
)
from aiogram.webhook.aiohttp_server import SimpleRequestHandler, setup_application
from aiohttp import web

from benchmarks import questionnaire as ask_for
from benchmarks.peers.answers import Answers
from benchmarks.peers.settings import HOST, WEBHOOK_PATH, Settings
from benchmarks.questionnaire import Question

router = Router()

DONE = "done"


class Survey(StatesGroup):
    """One state a question, named as it is."""

    used = State()
    rating = State()
    purposes = State()
    hour = State()
    riders = State()
    stop = State()
    day = State()
    age = State()
    liked = State()
    wish = State()


def one_of(question: Question) -> InlineKeyboardMarkup:
    """A button a choice, one below the other."""
    return InlineKeyboardMarkup(
        inline_keyboard=[
            [InlineKeyboardButton(text=label, callback_data=value)] for value, label in question.choices.items()
        ]
    )


def any_of(question: Question, ticked: list[str]) -> InlineKeyboardMarkup:
    """A button a choice with a tick, and one to go on."""
    rows = [
        [InlineKeyboardButton(text=f"☑ {label}" if value in ticked else f"☐ {label}", callback_data=value)]
        for value, label in question.choices.items()
    ]
    return InlineKeyboardMarkup(inline_keyboard=[*rows, [InlineKeyboardButton(text="Done", callback_data=DONE)]])


async def close_question(callback: CallbackQuery, question: Question, answer: str) -> Message:
    """Stop the button's spinner, and leave the answer in place of the keyboard."""
    assert isinstance(callback.message, Message)
    await callback.answer()
    await callback.message.edit_text(f"{question.text}\n✓ {answer}")
    return callback.message


@router.message(CommandStart())
async def start(message: Message, state: FSMContext) -> None:
    await state.set_data({})
    await state.set_state(Survey.used)
    await message.answer(ask_for.USED.text, reply_markup=one_of(ask_for.USED))


@router.callback_query(Survey.used, F.data.in_(ask_for.USED.choices))
async def used(callback: CallbackQuery, state: FSMContext) -> None:
    assert callback.data is not None
    await state.update_data(used=callback.data)
    message = await close_question(callback, ask_for.USED, ask_for.USED.choices[callback.data])
    if callback.data == ask_for.NEVER:
        await ask_purposes(message, state)
    else:
        await state.set_state(Survey.rating)
        await message.answer(ask_for.RATING.text, reply_markup=one_of(ask_for.RATING))


@router.callback_query(Survey.rating, F.data.in_(ask_for.RATING.choices))
async def rating(callback: CallbackQuery, state: FSMContext) -> None:
    assert callback.data is not None
    await state.update_data(rating=callback.data)
    message = await close_question(callback, ask_for.RATING, ask_for.RATING.choices[callback.data])
    await ask_purposes(message, state)


async def ask_purposes(message: Message, state: FSMContext) -> None:
    await state.update_data(purposes=[])
    await state.set_state(Survey.purposes)
    await message.answer(ask_for.PURPOSES.text, reply_markup=any_of(ask_for.PURPOSES, []))


@router.callback_query(Survey.purposes, F.data.in_(ask_for.PURPOSES.choices))
async def purposes_toggled(callback: CallbackQuery, state: FSMContext) -> None:
    assert isinstance(callback.message, Message)
    data = await state.get_data()
    ticked: list[str] = data["purposes"]
    assert callback.data is not None
    if callback.data in ticked:
        ticked.remove(callback.data)
    else:
        ticked.append(callback.data)
    await state.update_data(purposes=ticked)
    await callback.answer()
    await callback.message.edit_reply_markup(reply_markup=any_of(ask_for.PURPOSES, ticked))


@router.callback_query(Survey.purposes, F.data == DONE)
async def purposes_done(callback: CallbackQuery, state: FSMContext) -> None:
    data = await state.get_data()
    labels = ", ".join(ask_for.PURPOSES.choices[value] for value in data["purposes"])
    message = await close_question(callback, ask_for.PURPOSES, labels)
    await state.set_state(Survey.hour)
    await message.answer(ask_for.HOUR.text, reply_markup=one_of(ask_for.HOUR))


@router.callback_query(Survey.hour, F.data.in_(ask_for.HOUR.choices))
async def hour(callback: CallbackQuery, state: FSMContext) -> None:
    assert callback.data is not None
    await state.update_data(hour=callback.data)
    message = await close_question(callback, ask_for.HOUR, ask_for.HOUR.choices[callback.data])
    await state.set_state(Survey.riders)
    await message.answer(ask_for.RIDERS.text)


@router.message(Survey.riders, F.text)
async def riders(message: Message, state: FSMContext) -> None:
    text = (message.text or "").strip()
    if not text.isdecimal() or not ask_for.FEWEST_RIDERS <= int(text) <= ask_for.MOST_RIDERS:
        await message.answer(f"{ask_for.RIDERS_REFUSED}\n\n{ask_for.RIDERS.text}")
        return
    await state.update_data(riders=int(text))
    await state.set_state(Survey.stop)
    share = KeyboardButton(text="Share a location", request_location=True)
    await message.answer(ask_for.STOP.text, reply_markup=ReplyKeyboardMarkup(keyboard=[[share]], resize_keyboard=True))


@router.message(Survey.stop, F.location)
async def stop(message: Message, state: FSMContext) -> None:
    assert message.location is not None
    await state.update_data(stop=f"{message.location.latitude} {message.location.longitude}")
    await state.set_state(Survey.day)
    await message.answer(ask_for.DAY.text, reply_markup=ReplyKeyboardRemove())


@router.message(Survey.day, F.text)
async def day(message: Message, state: FSMContext) -> None:
    try:
        given = date.fromisoformat((message.text or "").strip())
    except ValueError:
        await message.answer(f"{ask_for.DATE_REFUSED}\n\n{ask_for.DAY.text}")
        return
    await state.update_data(day=given.isoformat())
    await state.set_state(Survey.age)
    await message.answer(ask_for.AGE.text, reply_markup=one_of(ask_for.AGE))


@router.callback_query(Survey.age, F.data.in_(ask_for.AGE.choices))
async def age(callback: CallbackQuery, state: FSMContext) -> None:
    assert callback.data is not None
    await state.update_data(age=callback.data)
    message = await close_question(callback, ask_for.AGE, ask_for.AGE.choices[callback.data])
    await state.set_state(Survey.liked)
    await message.answer(ask_for.LIKED.text)


@router.message(Survey.liked, F.text)
async def liked(message: Message, state: FSMContext) -> None:
    await state.update_data(liked=message.text)
    await state.set_state(Survey.wish)
    await message.answer(ask_for.WISH.text)


@router.message(Survey.wish, F.text)
async def wish(message: Message, state: FSMContext, answers: Answers) -> None:
    data = await state.update_data(wish=message.text)
    assert message.from_user is not None
    await answers.store(message.from_user.id, {**data, "purposes": " ".join(data["purposes"])})
    await state.clear()
    await message.answer(ask_for.THANKS)


async def on_startup(bot: Bot, dispatcher: Dispatcher, settings: Settings) -> None:
    dispatcher["answers"] = await Answers.open(settings.database)
    await bot.set_webhook(settings.webhook_url, secret_token=settings.secret)


async def on_shutdown(dispatcher: Dispatcher) -> None:
    answers: Answers = dispatcher["answers"]
    await answers.close()


def main() -> None:
    settings = Settings.from_environ()
    if settings.uvloop:
        uvloop.install()
    session = AiohttpSession(api=TelegramAPIServer.from_base(settings.api_base))
    bot = Bot(token=settings.token, session=session)
    dispatcher = Dispatcher(storage=RedisStorage.from_url(settings.redis_url), settings=settings)
    dispatcher.include_router(router)
    dispatcher.startup.register(on_startup)
    dispatcher.shutdown.register(on_shutdown)
    app = web.Application()
    handler = SimpleRequestHandler(dispatcher=dispatcher, bot=bot, secret_token=settings.secret)
    handler.register(app, path=f"/{WEBHOOK_PATH}")
    setup_application(app, dispatcher, bot=bot)
    web.run_app(app, host=HOST, port=settings.port, print=None)


if __name__ == "__main__":
    main()
