"""The survey as a python-telegram-bot: a ConversationHandler under `Application.run_webhook`.

Written after python-telegram-bot's own documentation: the example "conversationbot" (a state an integer, answers in
`user_data`, handlers registered by state) and the wiki page "Webhooks" (`run_webhook`, which needs tornado), with
their defaults: state is kept in the process's memory, so a restart loses every conversation; there is no Redis.
"""

from __future__ import annotations

from datetime import date
from enum import IntEnum, auto
from typing import Any

import uvloop
from telegram import (
    CallbackQuery,
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    KeyboardButton,
    Message,
    ReplyKeyboardMarkup,
    ReplyKeyboardRemove,
    Update,
)
from telegram.ext import (
    Application,
    CallbackQueryHandler,
    CommandHandler,
    ContextTypes,
    ConversationHandler,
    MessageHandler,
    filters,
)

from benchmarks import questionnaire as ask_for
from benchmarks.peers.answers import Answers
from benchmarks.peers.settings import HOST, WEBHOOK_PATH, Settings
from benchmarks.questionnaire import Question

Context = ContextTypes.DEFAULT_TYPE

DONE = "done"


class State(IntEnum):
    """One state a question."""

    USED = auto()
    RATING = auto()
    PURPOSES = auto()
    HOUR = auto()
    RIDERS = auto()
    STOP = auto()
    DAY = auto()
    AGE = auto()
    LIKED = auto()
    WISH = auto()


def one_of(question: Question) -> InlineKeyboardMarkup:
    """A button a choice, one below the other."""
    return InlineKeyboardMarkup(
        [[InlineKeyboardButton(label, callback_data=value)] for value, label in question.choices.items()]
    )


def any_of(question: Question, ticked: list[str]) -> InlineKeyboardMarkup:
    """A button a choice with a tick, and one to go on."""
    rows = [
        [InlineKeyboardButton(f"☑ {label}" if value in ticked else f"☐ {label}", callback_data=value)]
        for value, label in question.choices.items()
    ]
    return InlineKeyboardMarkup([*rows, [InlineKeyboardButton("Done", callback_data=DONE)]])


def written(update: Update) -> tuple[Message, str]:
    """The message and its text."""
    assert update.message is not None
    return update.message, (update.message.text or "").strip()


def tapped(update: Update) -> tuple[CallbackQuery, Message, str]:
    """The tap, the message that carries the button, and the button's value."""
    query = update.callback_query
    assert query is not None
    assert isinstance(query.message, Message)
    return query, query.message, query.data or ""


def given(context: Context) -> dict[Any, Any]:
    """This citizen's answers so far."""
    assert context.user_data is not None
    return context.user_data


async def take_choice(update: Update, context: Context, question: Question) -> Message:
    """Keep the choice, stop the button's spinner, and leave the answer in place of the keyboard."""
    query, message, value = tapped(update)
    given(context)[question.name] = value
    await query.answer()
    await query.edit_message_text(f"{question.text}\n✓ {question.choices[value]}")
    return message


async def start(update: Update, context: Context) -> State:
    message, _ = written(update)
    given(context).clear()
    await message.reply_text(ask_for.USED.text, reply_markup=one_of(ask_for.USED))
    return State.USED


async def used(update: Update, context: Context) -> State:
    message = await take_choice(update, context, ask_for.USED)
    if given(context)["used"] == ask_for.NEVER:
        return await ask_purposes(message, context)
    await message.reply_text(ask_for.RATING.text, reply_markup=one_of(ask_for.RATING))
    return State.RATING


async def rating(update: Update, context: Context) -> State:
    return await ask_purposes(await take_choice(update, context, ask_for.RATING), context)


async def ask_purposes(message: Message, context: Context) -> State:
    given(context)["purposes"] = []
    await message.reply_text(ask_for.PURPOSES.text, reply_markup=any_of(ask_for.PURPOSES, []))
    return State.PURPOSES


async def purposes_toggled(update: Update, context: Context) -> State:
    query, _, value = tapped(update)
    ticked: list[str] = given(context)["purposes"]
    if value in ticked:
        ticked.remove(value)
    else:
        ticked.append(value)
    await query.answer()
    await query.edit_message_reply_markup(any_of(ask_for.PURPOSES, ticked))
    return State.PURPOSES


async def purposes_done(update: Update, context: Context) -> State:
    query, message, _ = tapped(update)
    labels = ", ".join(ask_for.PURPOSES.choices[value] for value in given(context)["purposes"])
    await query.answer()
    await query.edit_message_text(f"{ask_for.PURPOSES.text}\n✓ {labels}")
    await message.reply_text(ask_for.HOUR.text, reply_markup=one_of(ask_for.HOUR))
    return State.HOUR


async def hour(update: Update, context: Context) -> State:
    message = await take_choice(update, context, ask_for.HOUR)
    await message.reply_text(ask_for.RIDERS.text)
    return State.RIDERS


async def riders(update: Update, context: Context) -> State:
    message, text = written(update)
    if not text.isdecimal() or not ask_for.FEWEST_RIDERS <= int(text) <= ask_for.MOST_RIDERS:
        await message.reply_text(f"{ask_for.RIDERS_REFUSED}\n\n{ask_for.RIDERS.text}")
        return State.RIDERS
    given(context)["riders"] = int(text)
    share = KeyboardButton("Share a location", request_location=True)
    await message.reply_text(ask_for.STOP.text, reply_markup=ReplyKeyboardMarkup([[share]], resize_keyboard=True))
    return State.STOP


async def stop(update: Update, context: Context) -> State:
    message, _ = written(update)
    assert message.location is not None
    given(context)["stop"] = f"{message.location.latitude} {message.location.longitude}"
    await message.reply_text(ask_for.DAY.text, reply_markup=ReplyKeyboardRemove())
    return State.DAY


async def day(update: Update, context: Context) -> State:
    message, text = written(update)
    try:
        given(context)["day"] = date.fromisoformat(text).isoformat()
    except ValueError:
        await message.reply_text(f"{ask_for.DATE_REFUSED}\n\n{ask_for.DAY.text}")
        return State.DAY
    await message.reply_text(ask_for.AGE.text, reply_markup=one_of(ask_for.AGE))
    return State.AGE


async def age(update: Update, context: Context) -> State:
    message = await take_choice(update, context, ask_for.AGE)
    await message.reply_text(ask_for.LIKED.text)
    return State.LIKED


async def liked(update: Update, context: Context) -> State:
    message, given(context)["liked"] = written(update)
    await message.reply_text(ask_for.WISH.text)
    return State.WISH


async def wish(update: Update, context: Context) -> int:
    message, given(context)["wish"] = written(update)
    assert update.effective_user is not None
    answers: Answers = context.bot_data["answers"]
    finished = {**given(context), "purposes": " ".join(given(context)["purposes"])}
    await answers.store(update.effective_user.id, finished)
    given(context).clear()
    await message.reply_text(ask_for.THANKS)
    return ConversationHandler.END


def conversation() -> ConversationHandler[Context]:
    """The whole survey."""
    text = filters.TEXT & ~filters.COMMAND
    return ConversationHandler(
        entry_points=[CommandHandler("start", start)],
        states={
            State.USED: [CallbackQueryHandler(used)],
            State.RATING: [CallbackQueryHandler(rating)],
            State.PURPOSES: [
                CallbackQueryHandler(purposes_done, pattern=f"^{DONE}$"),
                CallbackQueryHandler(purposes_toggled),
            ],
            State.HOUR: [CallbackQueryHandler(hour)],
            State.RIDERS: [MessageHandler(text, riders)],
            State.STOP: [MessageHandler(filters.LOCATION, stop)],
            State.DAY: [MessageHandler(text, day)],
            State.AGE: [CallbackQueryHandler(age)],
            State.LIKED: [MessageHandler(text, liked)],
            State.WISH: [MessageHandler(text, wish)],
        },
        fallbacks=[CommandHandler("start", start)],
    )


def main() -> None:
    settings = Settings.from_environ()
    if settings.uvloop:
        uvloop.install()

    async def open_answers(application: Application[Any, Any, Any, Any, Any, Any]) -> None:
        application.bot_data["answers"] = await Answers.open(settings.database)

    async def close_answers(application: Application[Any, Any, Any, Any, Any, Any]) -> None:
        await application.bot_data["answers"].close()

    application = (
        Application.builder()
        .token(settings.token)
        .base_url(f"{settings.api_base}/bot")
        .post_init(open_answers)
        .post_shutdown(close_answers)
        .build()
    )
    application.add_handler(conversation())
    application.run_webhook(
        listen=HOST,
        port=settings.port,
        url_path=WEBHOOK_PATH,
        secret_token=settings.secret,
        webhook_url=settings.webhook_url,
    )


if __name__ == "__main__":
    main()
