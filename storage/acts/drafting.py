"""Acts of staff on a draft of a survey: hand in a file, try it, publish it.

A file of a stranger is opened in the sandbox only; what comes out of it is stored with the draft, so that publishing
and trying need no second look. Not here: the card's words for a page (`desk/`), what is published (`publishing.py`).
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime
from typing import Final

import msgspec

from dialogs.forms.findings import RejectedForm
from dialogs.forms.model import Form, compile_form
from dialogs.forms.report import Report
from dialogs.i18n import N_, Voice
from dialogs.languages import form_languages, tag_of
from dialogs.world import Survey
from storage.acts.errors import ActError
from storage.acts.publishing import FILE_LIMIT, SIBLING_LIMIT, Card, checked_code, survey_of
from storage.drafts import CheckedFile, DraftCard, DraftNumber, Drafts, StoredDraft, Trial
from storage.errors import Conflict, ConverterBusy, Overtaken
from storage.records import FormVersion, Surveys
from storage.sandbox import Sandbox

TEST_WORD: Final = "test-"
TEST_LETTERS: Final = "abcdefghjkmnpqrstuvwxyz23456789"
"""Without those that are taken for each other on paper."""
TEST_LENGTH: Final = 10
"""Letters: 49 bits, and whoever guesses is slowed like everybody who writes too fast."""
NAME_LIMIT: Final = 120
"""Characters of a file's name that are kept."""
MOST_BESIDE: Final = 60
"""Files beside a form."""

REQUIRED: Final[Mapping[str, str]] = {
    "titles": N_("The title is missing."),
    "purposes": N_("Say what the survey is for: citizens ask that first."),
    "uses": N_("Say what will be done with the answers."),
    "owner": N_("Say who asks: the office that answers for it."),
    "basis": N_("Choose the legal basis."),
    "opens": N_("The first day is missing."),
    "closes": N_("The last day is missing: without it nobody knows until when answers can be deleted."),
    "code": N_("The short name for links is missing."),
    "languages": N_("Choose at least one language."),
}
"""Fields of a card without which nothing goes live (product.md: no survey without purpose, owner and question)."""


async def take_file(
    drafts: Drafts,
    number: DraftNumber,
    name: str,
    source: bytes,
    beside: Mapping[str, bytes],
    sandbox: Sandbox,
    at: datetime,
    voice: Voice,
) -> CheckedFile:
    """Check a file in the sandbox and keep it with the draft, faults and all. Files handed in before stay beside it.

    Raises `ActError` if it cannot even be looked at: then nothing has changed.
    """
    refuse_large(name, source, beside, voice)
    every = {**await drafts.beside(number), **beside}
    if len(every) > MOST_BESIDE or sum(map(len, every.values())) > SIBLING_LIMIT:
        every = dict(beside)
    name = name[-NAME_LIMIT:] or "form.xlsx"
    try:
        checked = await sandbox.examine(name, source, every)
        form, xform, files = await _compiled(name, source, every, checked.report, sandbox)
    except ConverterBusy:
        raise ActError(voice.t("Many files are being checked just now. Please try again in a minute.")) from None
    file = CheckedFile(name, source, checked.report, checked.excerpts, form, xform)
    try:
        await drafts.keep_file(number, file, files, at)
    except Conflict:
        raise _not_writing(voice) from None
    return file


async def _compiled(
    name: str, source: bytes, beside: Mapping[str, bytes], report: Report, sandbox: Sandbox
) -> tuple[str, bytes, Mapping[str, bytes]]:
    """Hash, XForm and files; '' and b"" for a form with errors."""
    if report.errors:
        return "", b"", beside
    try:
        compiled = await sandbox.compile_form(name, source, beside)
    except RejectedForm:
        return "", b"", beside
    xform = compiled.xform.encode("utf-8")
    return compile_form(xform, compiled.attachments).hash, xform, {**beside, **compiled.attachments}


def refuse_large(name: str, source: bytes, beside: Mapping[str, bytes], voice: Voice) -> None:
    """Raises `ActError` for files that are not even looked at."""
    if len(source) > FILE_LIMIT:
        raise ActError(
            voice.t(
                "{file} has {size} MB; a form may have {most} MB. Remove pictures and unused sheets.",
                file=name[-NAME_LIMIT:],
                size=str(len(source) // 1024 // 1024),
                most=str(FILE_LIMIT // 1024 // 1024),
            )
        )
    if sum(map(len, beside.values())) > SIBLING_LIMIT or len(beside) > MOST_BESIDE:
        raise ActError(
            voice.t(
                "The pictures and lists have more than {most} MB together. Make the pictures smaller.",
                most=str(SIBLING_LIMIT // 1024 // 1024),
            )
        )


def form_of(file: CheckedFile, beside: Mapping[str, bytes]) -> Form:
    """The compiled form of a file that works."""
    return compile_form(file.xform, beside)


def filled(card: DraftCard, form: Form, report: Report) -> DraftCard:
    """The card with what the form says of itself, where nothing is written yet."""
    languages = tuple(form_languages(form))
    figures = report.summary
    title = form.title.strip()
    purposes = {tag_of(name) if name else "": text for name, text in (figures.purpose if figures else {}).items()}
    first = languages[0] if languages else ""
    return msgspec.structs.replace(
        card,
        titles=card.titles or ({first: title} if title else {}),
        purposes=card.purposes or {tag or first: text for tag, text in purposes.items() if text},
        owner=card.owner or (figures.owner if figures else ""),
        languages=tuple(each for each in card.languages if each in languages) or languages,
    )


def missing(draft: StoredDraft, form: Form | None) -> dict[str, str]:
    """What must be there before it can go live: field -> msgid."""
    card = draft.card
    offered = form is not None and bool(form_languages(form))
    lacking = {
        "titles": not any(card.titles.values()),
        "purposes": not any(card.purposes.values()),
        "uses": not any(card.uses.values()),
        "owner": not card.owner,
        "basis": card.basis is None,
        "opens": card.opens is None,
        "closes": card.closes is None,
        "code": not card.code,
        "languages": offered and not card.languages,
    }
    return {name: REQUIRED[name] for name, lacks in lacking.items() if lacks}


async def publish_draft(
    drafts: Drafts, surveys: Surveys, draft: StoredDraft, at: datetime, today: date, voice: Voice
) -> Survey:
    """Publish what the draft says. Raises `ActError`; then nothing has changed."""
    if draft.file is None or not draft.file.works:
        raise ActError(voice.t("The form has errors; mend them first."))
    files = await drafts.beside(draft.number)
    form = form_of(draft.file, files)
    lacking = missing(draft, form)
    if lacking:
        raise ActError(" ".join(voice.t(each) for each in lacking.values()))
    card = card_of(draft.card)
    known = {survey.code: survey for survey in await surveys.all()}
    code = draft.version_of or checked_code(card.code, voice)
    if not draft.version_of and code in known:
        raise _overtaken(draft, code, voice)
    if draft.version_of and (code not in known or known[code].closed):
        raise ActError(voice.t("“{code}” is closed: it takes no more answers. Publish a new survey.", code=code))
    if draft.version_of and known[code].is_open(today):
        card = replace(card, opens=known[code].opens)  # what is open stays open
    if card.closes is not None and card.closes < today:
        raise ActError(voice.t("The last day is over. Choose one that is still to come."))
    file = draft.file
    version = FormVersion(file.form, file.xform, dict(files), file.name, file.source)
    before = known.get(code)
    survey = survey_of(replace(card, code=code), code, form, file.report.summary, before, voice)
    if before is not None and survey.mode is not before.mode:
        raise ActError(voice.t("How answers are tied to people cannot change once a survey is published."))
    try:
        await drafts.publish(draft.number, survey, version, before, at)
    except Overtaken:
        raise _overtaken(draft, code, voice) from None
    except Conflict:
        raise _not_writing(voice) from None
    return survey


def _overtaken(draft: StoredDraft, code: str, voice: Voice) -> ActError:
    """Another draft was published under the code."""
    if draft.version_of:
        return ActError(
            voice.t("Somebody changed the survey “{code}” in the meantime: look at it, then publish again.", code=code)
        )
    return ActError(voice.t("There is a survey with the code “{code}” already. Choose another short name.", code=code))


def card_of(card: DraftCard) -> Card:
    """As publishing wants it."""
    return Card(
        code=card.code,
        opens=card.opens,
        closes=card.closes,
        languages=card.languages,
        owner=card.owner,
        basis=card.basis,
        mode=card.mode,
        grace_days=card.grace_days,
        filters=card.filters,
        barred=card.barred,
        titles=_texts(card.titles, card.languages),
        purposes=_texts(card.purposes, card.languages),
        uses=_texts(card.uses, card.languages),
    )


def _texts(texts: Mapping[str, str], languages: tuple[str, ...]) -> dict[str, str]:
    """Those of the languages that are offered; the first one there is serves all others."""
    found = {tag: texts[tag] for tag in (*languages, "") if texts.get(tag)}
    return {"": next(iter(found.values())), **found} if found else {}


def card_from(survey: Survey) -> DraftCard:
    """The card of a published survey, for its next version."""

    def plain(texts: Mapping[str, str]) -> dict[str, str]:
        named = {tag: text for tag, text in texts.items() if tag}
        first = survey.languages[0] if survey.languages else ""
        return named or ({first: texts[""]} if texts.get("") else {})

    return DraftCard(
        code=survey.code,
        titles=plain(survey.titles),
        purposes=plain(survey.purposes),
        uses=plain(survey.uses),
        owner=survey.owner,
        basis=survey.basis,
        opens=survey.opens,
        closes=survey.closes,
        languages=survey.languages,
        mode=survey.mode,
        filters=tuple(":".join([each.ref, *(f"{edge:g}" for edge in each.edges)]) for each in survey.filters),
        barred=tuple(sorted(survey.barred_channels)),
        grace_days=survey.grace_days,
    )


# -- trying it


def new_test_code() -> str:
    """As a message, part of a link, and typed from a screen."""
    return TEST_WORD + "".join(secrets.choice(TEST_LETTERS) for _ in range(TEST_LENGTH))


def as_survey(code: str, card: DraftCard, form: str, title: str) -> Survey:
    """The draft as citizens would meet it on a day on which it is open."""
    texts = card_of(card)
    return Survey(
        code=code,
        form=form,
        titles=texts.titles or {"": title},
        purposes=texts.purposes,
        uses=texts.uses,
        closes=card.closes,
        languages=card.languages,
        owner=card.owner,
        basis=card.basis,
        mode=card.mode,
        grace_days=card.grace_days,
        barred_channels=frozenset(card.barred),
    )


def trial_survey(trial: Trial) -> Survey:
    """What whoever has the code answers on a messenger."""
    return replace(as_survey(trial.test_code, trial.card, trial.form, trial.test_code), trial=True)


def _not_writing(voice: Voice) -> ActError:
    return ActError(voice.t("This draft was published or discarded in the meantime: look at it again."))
