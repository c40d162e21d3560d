"""Filters of results as staff type them: `district,age:18:30:60` at publishing, `district=north` for a view."""

from __future__ import annotations

from collections.abc import Sequence

from dialogs.forms.controls import Control
from dialogs.forms.model import Form
from dialogs.i18n import Voice
from dialogs.world import Filter
from privacy.views import MOST_FILTERS
from storage.acts.errors import ActError
from storage.tallies import LEAST_BAND, LEAST_BANDS, can_filter


def read_filters(typed: Sequence[str], form: Form, voice: Voice) -> tuple[Filter, ...]:
    """Declared filters: a question's name or ref, with the edges of bands for a number. Raises `ActError`."""
    found = tuple(_filter(each, form, voice) for each in typed)
    if len(found) > MOST_FILTERS or len({each.ref for each in found}) < len(found):
        raise ActError(
            voice.t("A survey may have {most} different filters: more would single people out.", most=str(MOST_FILTERS))
        )
    return found


def read_conditions(typed: Sequence[str], form: Form, voice: Voice) -> list[tuple[str, str]]:
    """(ref, value) of each REF=VALUE. Raises `ActError`."""
    found = []
    for each in typed:
        name, equals, value = each.partition("=")
        if not equals:
            raise ActError(voice.t("“{typed}” is no filter: write it as question=value.", typed=each))
        found.append((_control(name, form, voice).ref, value.strip()))
    return found


def _filter(typed: str, form: Form, voice: Voice) -> Filter:
    name, *numbers = typed.split(":")
    control = _control(name, form, voice)
    try:
        edges = tuple(float(number) for number in numbers)
    except ValueError:
        edges = ()
    if len(edges) < len(numbers) or not can_filter(control, edges):
        raise ActError(
            voice.t(
                "Results cannot be filtered by “{name}”. A filter is a question with one choice of a list, or a number"
                " in {bands} bands or more, each {wide} wide at least: age:30:60.",
                name=name,
                bands=str(LEAST_BANDS),
                wide=str(LEAST_BAND),
            )
        )
    return Filter(control.ref, edges)


def _control(name: str, form: Form, voice: Voice) -> Control:
    """By ref, or by the last part of it if that is enough."""
    wanted = name.strip()
    found = [each for each in form.controls if wanted in (each.ref, each.ref.rpartition("/")[2])]
    if len(found) != 1:
        raise ActError(voice.t("The form has no question “{name}”.", name=wanted))
    return found[0]
