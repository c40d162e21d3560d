"""The campaign card as fields of a page: what was typed becomes a card, what does not fit is said beside it.

Pure. Not here: what is required before publishing (`storage/acts/drafting.py`), the page
(`templates/drafts/card.html`).
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Final

import msgspec
from multidict import MultiDictProxy

from desk.sent import FormValue
from dialogs.capabilities import EVERY, TERMINAL
from dialogs.forms.controls import Control
from dialogs.forms.model import Form
from dialogs.forms.questions import QuestionType
from dialogs.i18n import N_, Voice, own_name
from dialogs.languages import form_language, form_languages
from dialogs.legal import Basis
from dialogs.messages import Language
from dialogs.world import UNENCRYPTED, Mode
from privacy.views import MOST_FILTERS
from storage.acts.errors import ActError
from storage.acts.filtering import read_filters
from storage.acts.publishing import LONGEST_GRACE, SHORTEST_GRACE, checked_code
from storage.drafts import TEXT_LIMIT, DraftCard
from storage.tallies import LEAST_BAND, LEAST_BANDS, can_filter

TITLE_LIMIT: Final = 120
"""Characters of a title: what stands over a chat on a phone."""
OWNER_LIMIT: Final = 200
MOST_OFFERED: Final = 40
"""Questions that are offered as filters."""
_NUMBERS: Final = frozenset({QuestionType.INTEGER, QuestionType.DECIMAL, QuestionType.RANGE})
_UMLAUTS: Final = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss"})
CODE_LIMIT: Final = 32

TEXTS: Final = ("titles", "purposes", "uses")
"""Fields that stand there once for each language: `titles.de`."""

BARRED: Final = (
    *((channel.channel, channel.label) for channel in EVERY if channel is not TERMINAL),
    (UNENCRYPTED, N_("every channel whose operator can read along")),
)
"""Key and name of what may be barred; the last name is a msgid."""


Fields = MultiDictProxy[FormValue]
"""What a form sent."""


@dataclass(frozen=True, slots=True)
class Question:
    """A question that results may be filtered by. `numbers`: it needs bands."""

    ref: str
    label: str
    numbers: bool


@dataclass(frozen=True, slots=True)
class Typed:
    """What came: the card as far as it fits, and what does not, by field."""

    card: DraftCard
    errors: Mapping[str, str] = field(default_factory=dict)
    raw: Mapping[str, str] = field(default_factory=dict)
    """Fields as they were typed where the card could not take them."""


def read_card(fields: Fields, before: DraftCard, form: Form | None, fixed_code: str, voice: Voice) -> Typed:
    """The card that was typed, on top of the one that stood there; `fixed_code`: of the survey that gets a new
    version."""
    errors: dict[str, str] = {}
    raw: dict[str, str] = {}
    tags = languages_of(form)

    def text(name: str, most: int) -> str:
        value = fields.get(name, "")
        return " ".join(str(value).split())[:most] if isinstance(value, str) else ""

    def prose(name: str) -> str:
        value = fields.get(name, "")
        return str(value).replace("\r\n", "\n").strip()[:TEXT_LIMIT] if isinstance(value, str) else ""

    def day(name: str) -> date | None:
        typed = text(name, 10)
        try:
            return date.fromisoformat(typed) if typed else None
        except ValueError:
            errors[name], raw[name] = voice.t("Write the day like this: 2026-05-31."), typed
            return None

    card = msgspec.structs.replace(
        before,
        code=fixed_code or _code(text("code", CODE_LIMIT + 8), errors, raw, voice),
        titles={tag: value for tag in tags if (value := text(f"titles.{tag}", TITLE_LIMIT))},
        purposes={tag: value for tag in tags if (value := prose(f"purposes.{tag}"))},
        uses={tag: value for tag in tags if (value := prose(f"uses.{tag}"))},
        owner=text("owner", OWNER_LIMIT),
        basis=next((each for each in Basis if each.value == text("basis", 16)), None),
        opens=day("opens"),
        closes=day("closes"),
        languages=tuple(each for each in tags if each in fields.getall("languages", ()) and each),
        mode=before.mode if fixed_code else Mode.STRICT if text("mode", 16) == Mode.STRICT.value else Mode.DEDUPE,
        barred=tuple(key for key, _ in BARRED if key in fields.getall("barred", ())),
        grace_days=_grace(text("grace_days", 4), before.grace_days, errors, raw, voice),
    )
    if card.opens and card.closes and card.closes < card.opens:
        errors["closes"] = voice.t("It would close before it opens. Choose a later day.")
    if len([key for key, _ in BARRED[:-1] if key not in card.barred]) == 0:
        errors["barred"] = voice.t("Leave at least one channel on which people can answer.")
    return Typed(msgspec.structs.replace(card, filters=_filters(fields, form, errors, voice)), errors, raw)


def check_again(card: DraftCard, form: Form, voice: Voice) -> dict[str, str]:
    """What of a kept card does not fit the form that there is now: another file may have dropped a question."""
    errors: dict[str, str] = {}
    if card.opens and card.closes and card.closes < card.opens:
        errors["closes"] = voice.t("It would close before it opens. Choose a later day.")
    try:
        read_filters(card.filters, form, voice)
    except ActError as error:
        errors["filters"] = str(error)
    return errors


def _code(typed: str, errors: dict[str, str], raw: dict[str, str], voice: Voice) -> str:
    if not typed:
        return ""
    try:
        return checked_code(typed, voice)
    except ActError as error:
        errors["code"], raw["code"] = str(error), typed
        return ""


def _grace(typed: str, before: int, errors: dict[str, str], raw: dict[str, str], voice: Voice) -> int:
    if typed.isascii() and typed.isdigit() and SHORTEST_GRACE <= int(typed) <= LONGEST_GRACE:
        return int(typed)
    if typed:
        raw["grace_days"] = typed
        errors["grace_days"] = voice.t(
            "Choose {least} to {most} days.", least=str(SHORTEST_GRACE), most=str(LONGEST_GRACE)
        )
    return before


def _filters(fields: Fields, form: Form | None, errors: dict[str, str], voice: Voice) -> tuple[str, ...]:
    """As they are typed on the command line; those that cannot be are said, and the choice stays as it was made."""
    if form is None:
        return ()
    chosen = []
    for question in filterable(form, voice):
        if question.ref in fields.getall("filters", ()):
            bands = str(fields.get(f"bands.{question.ref}", "")) if question.numbers else ""
            chosen.append(":".join([question.ref, *re.findall(r"-?\d+(?:\.\d+)?", bands.replace(",", " "))[:20]]))
    if len(chosen) > MOST_FILTERS:
        errors["filters"] = voice.t(
            "Choose {most} at most. With more, results would single people out.", most=str(MOST_FILTERS)
        )
        return tuple(chosen)
    try:
        read_filters(chosen, form, voice)
    except ActError:
        errors["filters"] = voice.t(
            "A number needs at least {bands} bands, each {wide} wide or wider. Write where each one after the first"
            " begins, such as 30 60.",
            bands=str(LEAST_BANDS),
            wide=str(LEAST_BAND),
        )
    return tuple(chosen)


def filterable(form: Form, voice: Voice) -> list[Question]:
    """Questions of the form by which results may be filtered."""
    found = []
    for control in form.controls:
        if control.in_repeat:
            continue
        numbers = control.type in _NUMBERS
        if numbers or can_filter(control, ()):
            found.append(Question(control.ref, _label(control, form, voice.language), numbers))
    return found[:MOST_OFFERED]


def _label(control: Control, form: Form, language: Language) -> str:
    name = form_language(form, language)
    texts = control.labels
    return texts.get(name or "", "") or next(iter(texts.values()), "") or control.ref.rpartition("/")[2]


def bands_of(card: DraftCard) -> dict[str, str]:
    """What was typed as bands, by ref."""
    return {ref: " ".join(edges) for ref, *edges in (each.split(":") for each in card.filters)}


def languages_of(form: Form | None) -> tuple[str, ...]:
    """Tags of the form's languages, or one without a name."""
    return tuple(form_languages(form)) if form is not None and form_languages(form) else ("",)


def named_languages(tags: Sequence[str]) -> list[tuple[str, str]]:
    """Tag and name of each."""
    return [(tag, own_name(tag) if tag else "") for tag in tags]


def suggested_code(title: str) -> str:
    """A short name for links made of a title, '' if nothing of it can be one."""
    words = re.findall(r"[a-z0-9]+", title.lower().translate(_UMLAUTS))
    code = ""
    for word in words:
        longer = f"{code}-{word}" if code else word
        if len(longer) > CODE_LIMIT:
            break
        code = longer
    return code or (words[0][:CODE_LIMIT] if words else "")
