"""Acts of staff on surveys that command line and desk share: check and publish.

A form of a stranger is opened in the sandbox only. What is published has been compiled there, and again by the engine.
Not here: what is done with a survey that is published (`running.py`), drafts (`drafting.py`).
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path

from dialogs.capabilities import EVERY
from dialogs.forms.findings import RejectedForm
from dialogs.forms.model import Form, compile_form
from dialogs.forms.report import Report, Summary
from dialogs.i18n import Voice
from dialogs.languages import form_languages, tag_of
from dialogs.legal import Basis
from dialogs.world import UNENCRYPTED, Filter, Mode, Survey
from storage.acts.errors import ActError
from storage.acts.filtering import read_filters
from storage.errors import Conflict
from storage.records import FormVersion, Surveys
from storage.sandbox import Sandbox
from storage.tallies import can_filter

FILE_LIMIT = 5 * 1024 * 1024  # bytes of a form
SIBLING_LIMIT = 20 * 1024 * 1024  # bytes of all files beside it
SHORTEST_GRACE = 7
"""Days in which citizens can still delete after the close, at least."""
LONGEST_GRACE = 90
"""Days after which texts and ties go, at the latest."""
CODE = re.compile(r"[a-z0-9][a-z0-9_-]{0,31}")
"""Codes are part of links and of Telegram's `/start CODE` (64 characters of A-Z a-z 0-9 _ -)."""


@dataclass(frozen=True, slots=True)
class Draft:
    """A form file with the files beside it that it names, and what was found in it."""

    name: str
    source: bytes
    attachments: Mapping[str, bytes]
    report: Report


@dataclass(frozen=True, slots=True)
class Card:
    """What staff say about a survey when they publish it; None and '' leave what the form or the survey says."""

    code: str
    opens: date | None = None
    closes: date | None = None
    languages: tuple[str, ...] = ()
    purpose: str = ""
    owner: str = ""
    basis: Basis | None = None
    title: str = ""
    mode: Mode | None = None
    sample: bool = False
    grace_days: int | None = None
    filters: tuple[str, ...] = ()
    """As typed (`storage.acts.filtering`)."""
    barred: tuple[str, ...] = ()
    """Keys of channels on which it may not be answered, or `unencrypted`."""
    titles: Mapping[str, str] = field(default_factory=dict)
    """By language tag, in place of `title`; so are the next two."""
    purposes: Mapping[str, str] = field(default_factory=dict)
    uses: Mapping[str, str] = field(default_factory=dict)
    """What will be done with the answers."""


async def read_draft(path: Path, sandbox: Sandbox, voice: Voice) -> Draft:
    """Read and check a form. Raises `ActError` if the file cannot be read."""
    source = _read(path, FILE_LIMIT, voice)
    report = await sandbox.check(path.name, source, {})
    wanted = report.summary.media if report.summary is not None else _named_beside(path)
    attachments = _siblings(path, wanted, voice)
    if attachments:
        report = await sandbox.check(path.name, source, attachments)
    return Draft(path.name, source, attachments, report)


def _read(path: Path, limit: int, voice: Voice) -> bytes:
    try:
        size = path.stat().st_size
        if size > limit:
            raise ActError(
                voice.t(
                    "{file} has {size} MB; a form may have {most} MB. Remove pictures and unused sheets.",
                    file=path.name,
                    size=str(size // 1024 // 1024),
                    most=str(limit // 1024 // 1024),
                )
            )
        return path.read_bytes()
    except OSError as error:
        raise ActError(
            voice.t("{file} cannot be read: {why}.", file=str(path), why=error.strerror or type(error).__name__)
        ) from None


def _named_beside(path: Path) -> Sequence[str]:
    """A form that cannot be read far enough says nothing of its files: offer the tables that lie beside it."""
    return [each.name for each in path.parent.glob("*.csv") if each != path][:20]


def _siblings(path: Path, names: Sequence[str], voice: Voice) -> dict[str, bytes]:
    found: dict[str, bytes] = {}
    room = SIBLING_LIMIT
    for name in names:
        beside = path.parent / Path(name).name
        if beside.is_file():
            found[Path(name).name] = _read(beside, room, voice)
            room -= len(found[Path(name).name])
    return found


async def publish(draft: Draft, card: Card, surveys: Surveys, sandbox: Sandbox, voice: Voice) -> tuple[Survey, Form]:
    """Publish a checked form, or a new version of an open survey. Raises `ActError`."""
    code = checked_code(card.code, voice)
    try:
        compiled = await sandbox.compile_form(draft.name, draft.source, draft.attachments)
    except RejectedForm:
        raise ActError(voice.t("The form has errors: see zuruf survey check {file}", file=draft.name)) from None
    xform = compiled.xform.encode("utf-8")
    form = compile_form(xform, compiled.attachments)
    version = FormVersion(form.hash, xform, dict(compiled.attachments), draft.name, draft.source)
    return await publish_version(version, form, replace(card, code=code), draft.report.summary, surveys, voice), form


async def publish_version(
    version: FormVersion, form: Form, card: Card, figures: Summary | None, surveys: Surveys, voice: Voice
) -> Survey:
    """Publish a form that was compiled in the sandbox, under the card's code. Raises `ActError`."""
    known = {survey.code: survey for survey in await surveys.all()}
    survey = survey_of(card, checked_code(card.code, voice), form, figures, known.get(card.code), voice)
    try:
        await surveys.publish(survey, version)
    except Conflict as error:
        raise ActError(str(error)) from None
    return survey


def checked_code(code: str, voice: Voice) -> str:
    """The code in lower case. Raises `ActError`."""
    lower = code.strip().lower()
    if not CODE.fullmatch(lower):
        raise ActError(
            voice.t("“{code}” cannot be a code: take 1 to 32 of a-z, 0-9, - and _, for example rufbus-2026.", code=code)
        )
    return lower


def survey_of(card: Card, code: str, form: Form, figures: Summary | None, known: Survey | None, voice: Voice) -> Survey:
    """What the card and the form say, over what is published under the code (`known`). Raises `ActError`."""
    base = known or Survey(code=code, form=form.hash, titles={})
    opens = card.opens or base.opens
    closes = card.closes or base.closes
    if opens and closes and closes < opens:
        raise ActError(voice.t("The survey would close before it opens. Check --opens and --closes."))
    purposes = _by_tag(figures.purpose) if figures is not None else {}
    return replace(
        base,
        form=form.hash,
        titles=dict(card.titles) or {"": card.title or form.title or code},
        purposes=dict(card.purposes) or ({"": card.purpose} if card.purpose else purposes or dict(base.purposes)),
        uses=dict(card.uses) or dict(base.uses),
        opens=opens,
        closes=closes,
        languages=_languages(card, form, voice),
        owner=card.owner or (figures.owner if figures is not None else "") or base.owner,
        basis=card.basis or base.basis,
        mode=card.mode or base.mode,
        grace_days=_grace(card, base, known is not None, voice),
        sample=card.sample or base.sample,
        barred_channels=_barred(card, voice) or base.barred_channels,
        filters=read_filters(card.filters, form, voice) or _still_there(base.filters, form),
    )


def _grace(card: Card, base: Survey, published: bool, voice: Voice) -> int:
    """Days after close in which citizens can delete. Whoever answered was told until when: it never gets shorter."""
    days = base.grace_days if card.grace_days is None else card.grace_days
    if not SHORTEST_GRACE <= days <= LONGEST_GRACE:
        raise ActError(voice.t("--grace takes {least} to {most} days.", least=SHORTEST_GRACE, most=LONGEST_GRACE))
    if published and days < base.grace_days:
        raise ActError(
            voice.t("Citizens were told {days} days: the grace can get longer, not shorter.", days=base.grace_days)
        )
    return days


def _barred(card: Card, voice: Voice) -> frozenset[str]:
    """Raises `ActError` for a channel that does not exist, or if none would be left."""
    known = (*(channel.channel for channel in EVERY), UNENCRYPTED)
    for name in card.barred:
        if name not in known:
            raise ActError(
                voice.t("There is no channel “{name}”. There are: {known}.", name=name, known=", ".join(known))
            )
    return frozenset(card.barred)


def _still_there(filters: Sequence[Filter], form: Form) -> tuple[Filter, ...]:
    """A new version of a form may drop the question of a filter."""
    controls = {control.ref: control for control in form.controls}
    return tuple(each for each in filters if each.ref in controls and can_filter(controls[each.ref], each.edges))


def _by_tag(texts: Mapping[str, str]) -> dict[str, str]:
    """The form's own names of its languages become tags; a text without one is the fallback."""
    return {tag_of(name) if name else "": text for name, text in texts.items() if text}


def _languages(card: Card, form: Form, voice: Voice) -> tuple[str, ...]:
    """Tags of the languages that are offered: all of the form's, or those that were named."""
    offered = tuple(form_languages(form))
    unknown = [language for language in card.languages if language not in offered]
    if unknown:
        raise ActError(
            voice.t(
                "The form does not speak {language}. It has: {offered}.",
                language=", ".join(unknown),
                offered=", ".join(offered) or "–",
            )
        )
    return tuple(language for language in offered if not card.languages or language in card.languages)
