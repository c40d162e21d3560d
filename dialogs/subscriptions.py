"""News: the latest ones, and which of them somebody gets from now on. Opt-in by one act, ended by one word.

What is followed is looked up first (`SubscriptionFound`), then changed by a durable act; nothing of it is in the
session. On channels that cannot reach people later the latest news can be read, and that is said.
Not here: the message itself (`news.py`), who gets one (`storage/sql/audiences.py`).
"""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from msgspec.structs import replace as kept

from dialogs import ending, house
from dialogs.effects import AskOutcome, Effect, FindSubscription, ForgetOutcome, Send, SpeakNews, Subscribe, Unsubscribe
from dialogs.events import NewsAim, SubscriptionFound
from dialogs.follow_choices import SEPARATOR, follow_choices, value_of
from dialogs.follows import INTERESTS_MOST, PAUSE_MOST, RENEW_AFTER, Frequency, Interest, InterestKind, Subscription
from dialogs.i18n import Voice
from dialogs.interview import voice_of
from dialogs.messages import Kind, Language, Say
from dialogs.news import latest
from dialogs.pausing import day_meant, pause
from dialogs.quiet import LEAST_AWAKE, QuietHours, hours_meant
from dialogs.reading.folding import key
from dialogs.reading.menu import first_clause
from dialogs.reading.vocabulary import families
from dialogs.session import Asked, Session
from dialogs.standing import stand, then_stand
from dialogs.survey_asking import control
from dialogs.triggers import Command
from dialogs.turn import Turn
from dialogs.world import World


def reaches(world: World) -> bool:
    """Whether news can be sent on this channel."""
    return world.channel.push_per_second > 0


# -- commands


def news(session: Session, world: World) -> Turn:
    """ "News": the latest, then what this person gets."""
    voice = voice_of(session, world)
    say = latest(world, voice.language)
    if say is None:
        say = Say(voice.t("There is no news yet."), language=voice.language)
    if not reaches(world):
        return _then_stand(session, (Send(say), Send(_elsewhere(world, voice))), world)
    return Turn(house.answered(session), (Send(say), FindSubscription(NewsAim.NEWS)))


def _elsewhere(world: World, voice: Voice) -> Say:
    """Where news can be sent to."""
    others = [channel.label for channel in world.channels if channel.push_per_second > 0]
    text = voice.t("Write “news” at any time to read the latest. I cannot send you messages here by myself.")
    if others:
        text += " " + voice.t("There I can: {channels}.", channels=voice.items(others))
    return Say(text, language=voice.language)


def subscribe(session: Session, argument: str, world: World) -> Turn:
    """ "Get news": about what? A word after it that names something is the answer."""
    voice = voice_of(session, world)
    if not reaches(world):
        return _then_stand(session, (Send(_elsewhere(world, voice)),), world)
    asking = kept(session, asked=Asked.FOLLOW, about="")
    value = house.understood(asking, argument, world) if argument else None
    return follow(session, value) if value else house.put(session, Asked.FOLLOW, world)


def follow(session: Session, value: str) -> Turn:
    """Chosen what to follow: the act by which somebody agrees."""
    return Turn(house.answered(session), (FindSubscription(NewsAim.FOLLOW, value),))


def look(session: Session, aim: NewsAim, world: World, argument: str = "") -> Turn:
    """Anything else that needs to know what this person gets."""
    if not reaches(world):
        return _then_stand(session, (Send(_elsewhere(world, voice_of(session, world))),), world)
    return Turn(house.answered(session), (FindSubscription(aim, argument),))


def ask_outcome(session: Session, world: World) -> Turn:
    """ "Tell me what becomes of it", after a survey was sent."""
    voice = voice_of(session, world)
    if not session.last or session.last not in world.surveys:
        return stand(session, world, voice.t("Nothing is under way here of which something could become."))
    if not reaches(world):
        return _then_stand(session, (Send(_elsewhere(world, voice)),), world)
    text = voice.t(
        "All right: I tell you once what becomes of it. For that I keep, encrypted and apart from your answers, where"
        " to reach you; afterwards I forget it."
    )
    said = (AskOutcome(session.last, session.language), Send(Say(text, kind=Kind.NOTE, language=voice.language)))
    return _then_stand(session, said, world)


# -- what was found


def found(session: Session, event: SubscriptionFound, world: World) -> Turn:
    """What this person gets is known now."""
    standing = event.subscription
    match event.aim:
        case NewsAim.NEWS:
            return _then_stand(session, (Send(_status(standing, world, voice_of(session, world))),), world)
        case NewsAim.FOLLOW:
            return _followed(session, standing, event.argument, world)
        case NewsAim.STOP:
            news = (Unsubscribe(),) if standing is not None else ()
            return ending.stop(session, world, (*news, *(ForgetOutcome(survey) for survey in event.outcomes)))
        case NewsAim.PAUSE if standing is None:
            return pause(session, event.argument, world)
        case _ if standing is None:
            text = voice_of(session, world).t("You get no news from me. To get them, write “get news”.")
            return stand(session, world, text)
        case NewsAim.PAUSE:
            return _paused(session, standing, event.argument, world)
        case NewsAim.QUIET:
            return _quieted(session, standing, event.argument, world)
        case NewsAim.END:
            return _ended(session, world)
        case NewsAim.WEEKLY:
            return _changed(session, replace(standing, frequency=Frequency.WEEKLY), world)
        case NewsAim.AT_ONCE:
            return _changed(session, replace(standing, frequency=Frequency.AT_ONCE), world)
        case NewsAim.KEEP:
            return _changed(session, standing, world)
        case NewsAim.ANSWER if says_yes(event.argument):
            return _changed(session, standing, world)
        case NewsAim.ANSWER:
            return _ended(session, world)


def says_yes(text: str) -> bool | None:
    """Whether the text is a yes; None if it is neither yes nor no."""
    said = {key(text), first_clause(text)}
    yes, no = bool(said & families("yes")), bool(said & families("no"))
    return None if yes == no else yes


def _followed(session: Session, standing: Subscription | None, value: str, world: World) -> Turn:
    voice = voice_of(session, world)
    interest = _interest(value, world)
    if interest is None:
        return house.put(session, Asked.FOLLOW, world, lead=voice.t("I do not know that. Please choose one of these."))
    before = standing or Subscription(frozenset(), session.language, world.now.date())
    if interest.kind is InterestKind.EVERYTHING:
        followed = frozenset({interest})
    else:
        narrower = (each for each in before.interests if each.kind is not InterestKind.EVERYTHING)
        followed = frozenset({*narrower, interest})
    if len(followed) > INTERESTS_MOST:
        return stand(session, world, voice.t("That is as much as one can follow. Write “all news” for everything."))
    return _changed(session, replace(before, interests=followed, language=session.language), world)


def _changed(session: Session, subscription: Subscription, world: World) -> Turn:
    """Stored; whoever changes something agrees anew."""
    voice = voice_of(session, world)
    agreed = replace(subscription, consented=world.now.date(), asked=None, paused_until=None)
    say = _status(agreed, world, voice)
    return _then_stand(session, (Subscribe(agreed), Send(say)), world)


def _paused(session: Session, standing: Subscription, until: str, world: World) -> Turn:
    voice, today = voice_of(session, world), world.now.date()
    wanted = day_meant(until, session.language, today) if until else None
    if wanted is None or not today < wanted <= today + PAUSE_MOST:
        example = voice.day(today + timedelta(days=14))
        return stand(session, world, voice.t("Until which day? For example: “pause until {day}”.", day=example))
    text = voice.t(
        "All right, no news up to and including {day}. What was said meanwhile I do not send later; write “news” to"
        " read it. To go on before that, write “keep news”.",
        day=voice.day(wanted),
    )
    say = Say(text, kind=Kind.NOTE, controls=(control(Command.KEEP_NEWS, voice),), language=voice.language)
    return _then_stand(session, (Subscribe(replace(standing, paused_until=wanted)), Send(say)), world)


def _quieted(session: Session, standing: Subscription, hours: str, world: World) -> Turn:
    voice = voice_of(session, world)
    wanted = hours_meant(hours, session.language) if hours else None
    if wanted is None:
        return stand(session, world, voice.t("Quiet from when till when? For example: “quiet hours 20-9”."))
    if wanted.length > 24 - LEAST_AWAKE:
        text = voice.t(
            "That leaves no time to write to you. For some days without news, write “pause until” and a day."
        )
        return stand(session, world, text)
    return _changed(session, replace(standing, quiet=wanted if wanted.length else None), world)


def _ended(session: Session, world: World) -> Turn:
    voice = voice_of(session, world)
    text = voice.t("All right, no more news. Where to reach you is forgotten. To get news again, write “get news”.")
    return _then_stand(session, (Unsubscribe(), Send(Say(text, kind=Kind.NOTE, language=voice.language))), world)


# -- words


def _status(standing: Subscription | None, world: World, voice: Voice) -> Say:
    """What this person gets, and how to change it."""
    if standing is None:
        return Say(
            voice.t("You get no news from me. To get them, write “get news”."),
            controls=(control(Command.SUBSCRIBE, voice),),
            language=voice.language,
        )
    lines = [voice.t("You get news about: {things}.", things=voice.items(described(standing, world, voice)))]
    if standing.frequency is Frequency.WEEKLY:
        lines.append(voice.t("Once a week, all in one message."))
    else:
        lines.append(voice.t("At once, never at night."))
    if standing.quiet is not None:
        lines.append(quiet_words(standing.quiet, voice))
    if standing.is_paused(world.now.date()) and standing.paused_until is not None:
        lines.append(voice.t("Not before {day} is over: you asked for a pause.", day=voice.day(standing.paused_until)))
    lines.append(
        voice.t(
            "Where to reach you is kept encrypted for this alone, until you write “stop”. On {day} I ask whether you"
            " still want them.",
            day=voice.day(standing.consented + RENEW_AFTER),
        )
    )
    other = Command.AT_ONCE if standing.frequency is Frequency.WEEKLY else Command.WEEKLY
    controls = (Command.SUBSCRIBE, other, Command.QUIET, Command.NO_NEWS)
    return Say("\n".join(lines), controls=tuple(control(each, voice) for each in controls), language=voice.language)


def quiet_words(quiet: QuietHours, voice: Voice) -> str:
    """Hours without news that somebody set."""
    return voice.t("Nothing from {begin} to {end} o'clock.", begin=quiet.begin, end=quiet.end)


def described(subscription: Subscription, world: World, voice: Voice) -> list[str]:
    """What is followed, in words."""
    labels = dict(follow_choices(world, voice))
    return [labels.get(value_of(each), each.value) for each in sorted(subscription.interests)]


def _interest(value: str, world: World) -> Interest | None:
    known = dict(follow_choices(world, Voice(Language("en"), world.now.date())))
    kind, _, what = value.partition(SEPARATOR)
    return Interest(InterestKind(kind), what) if value in known else None


def speaks(language: Language, world: World) -> tuple[Effect, ...]:
    """The citizen chose another language: news come in it, too."""
    return (SpeakNews(language),) if reaches(world) and language in world.town.languages else ()


def _then_stand(session: Session, effects: tuple[Effect, ...], world: World) -> Turn:
    return then_stand(house.answered(session), effects, world)
