"""A message cut to what a channel can show: pure, so that the desk previews what the bot sends.

Choices become buttons in rows where the channel has them, else a numbered list; labels that are too long for a
button, or too many, stand in the text with their numbers. What is a button can always be typed, and a channel without
buttons is told how. Not here: markup, escaping and pictures (each channel's codec).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from msgspec.structs import replace

from dialogs.capabilities import Buttons, Capabilities
from dialogs.formatting import Span, shifted, shown_with, spelled_out
from dialogs.i18n import format_number, translate
from dialogs.messages import Button, Choices, Expects, Kind, Part, Say
from dialogs.polls import poll_of

Row = tuple[Button, ...]

EVEN_FROM = 3
"""Options up to which there is one row or one column, nothing between."""

NUMBERS_MOST = 60
"""Buttons that hold a number only; what is beyond can be typed."""


def render(say: Say, capabilities: Capabilities) -> tuple[Part, ...]:
    """The parts of a message, in order. The last one carries the buttons; there is always at least one part."""
    buttons = capabilities.buttons
    title = say.title
    if say.spans:
        shown, spans = shown_with(say.text, say.spans, capabilities.formats)
        say = replace(say, text=shown, spans=spans)
    text = _text(say, buttons)
    if say.spans and units(text) > capabilities.text_limit:
        text = _text(replace(say, text=spelled_out(say.text, say.spans), spans=()), buttons)
    room = capabilities.text_limit - (units(title) + 1 if title else 0)
    pieces = split(text, max(1, room)) or [""]
    rows = _rows(say, buttons) if buttons is not None else ()
    poll = poll_of(say, _headed(say), capabilities.polls) if len(pieces) == 1 else None
    last = len(pieces) - 1
    return tuple(
        Part(
            text=piece,
            kind=say.kind,
            title=title if index == 0 else "",
            buttons=rows if index == last else (),
            pictures=say.pictures if index == 0 and capabilities.pictures else (),
            document=say.document if index == last and capabilities.documents else None,
            expects=say.expects if index == last else Expects.NOTHING,
            progress=say.progress if index == 0 else None,
            question=_question(say, piece) if last == 0 else (0, 0),
            language=say.language,
            poll=poll,
            spans=_spans(say, piece) if last == 0 else (),
        )
        for index, piece in enumerate(pieces)
    )


# -- text


def _text(say: Say, buttons: Buttons | None) -> str:
    blocks = [say.lead, _headed(say), say.hint]
    choices = say.choices
    if choices is not None and buttons is not None and are_numbered(choices, buttons):
        blocks.append("\n".join(_numbered(choices, lambda option: option.label)))
    if buttons is None:
        blocks += [_listed(say), _how_to_answer(say)]
    separator = "\n\n" if say.kind in (Kind.REVIEW, Kind.NOTICE, Kind.RECEIPT, Kind.INFO) else "\n"
    return separator.join(block for block in blocks if block)


def _headed(say: Say) -> str:
    if say.progress is None:
        return say.text
    current, total = say.progress.current, say.progress.total
    place = translate(
        "{current} of {total}",
        say.language,
        current=format_number(current, say.language),
        total=format_number(total, say.language),
    )
    return f"{place} · {say.text}"


def _question(say: Say, text: str) -> tuple[int, int]:
    """Where the question stands in the text; (0, 0) for what is no question."""
    if say.kind not in (Kind.QUESTION, Kind.REFUSAL) or not say.text:
        return (0, 0)
    begin = text.find(say.text, len(say.lead))
    return (begin, begin + len(say.text)) if begin >= 0 else (0, 0)


def _spans(say: Say, text: str) -> tuple[Span, ...]:
    """Formatting, counted from where the message's own text begins."""
    begin = text.find(say.text, len(say.lead)) if say.spans else -1
    return shifted(say.spans, begin) if begin >= 0 else ()


def _listed(say: Say) -> str:
    """The choices for a channel without buttons: numbered, unless they are numbers themselves or only one."""
    choices = say.choices
    if choices is None or _is_single(choices):
        return ""

    def marked(option: Button) -> str:
        return translate("{label} (chosen)", say.language, label=option.label) if option.chosen else option.label

    if _are_numbers(choices):
        return " · ".join(map(marked, choices.options))
    return "\n".join(_numbered(choices, marked))


def _are_numbers(choices: Choices) -> bool:
    """Whether each label is a number, or begins with the one that it would get: "1 (not at all)" of a scale."""
    return all(option.label.isdecimal() for option in choices.options) or all(
        option.label == str(number) or option.label.startswith(f"{number} (")
        for number, option in enumerate(choices.options, choices.first)
    )


def _numbered(choices: Choices, line: Callable[[Button], str]) -> Iterator[str]:
    for number, option in enumerate(choices.options, choices.first):
        yield f"{number}. {line(option)}"


def _is_single(choices: Choices) -> bool:
    return len(choices.options) == 1 and choices.first == 1 and not choices.pages and not choices.multiple


def _how_to_answer(say: Say) -> str:
    """What can be typed, for a channel without buttons; commands with a slash where any word would be an answer."""
    choices, language = say.choices, say.language
    ways: list[str] = []
    if choices is not None and choices.multiple and choices.options:
        ways.append(translate("Several numbers are possible, for example: 1 2", language))
    single = choices.options if choices is not None and _is_single(choices) else ()
    buttons = (*single, *_ends(choices), *say.controls)
    if buttons:
        slash = "/" if say.expects is Expects.TEXT else ""
        words = ", ".join(f"{slash}{button.label}" for button in buttons)
        ways.append(translate("Or write: {words}", language, words=words))
    return "\n".join(ways)


def _ends(choices: Choices | None) -> Row:
    """The buttons under the options: pages, then "Continue"."""
    if choices is None:
        return ()
    return (*choices.pages, *((choices.done,) if choices.done is not None else ()))


# -- buttons


def are_numbered(choices: Choices, buttons: Buttons) -> bool:
    """Whether a label does not fit on a button, or there are too many, so that all stand in the text with numbers."""
    return len(choices.options) > buttons.most or any(len(option.label) > buttons.label for option in choices.options)


def _rows(say: Say, buttons: Buttons) -> tuple[Row, ...]:
    rows: list[Row] = []
    if say.choices is not None:
        rows += gridded(_options(say.choices, buttons), buttons)
        if say.choices.pages:
            rows.append(say.choices.pages)
        if say.choices.done is not None:
            rows.append((say.choices.done,))
    rows += packed(say.controls, buttons)
    return tuple(rows)


def _options(choices: Choices, buttons: Buttons) -> Row:
    if not are_numbered(choices, buttons):
        return choices.options
    return tuple(
        Button(option.action, str(number), option.chosen, option.secondary)
        for number, option in enumerate(choices.options[:NUMBERS_MOST], choices.first)
    )


def gridded(options: Row, buttons: Buttons) -> list[Row]:
    """Options in one row if they fit, else in even columns, else one below the other: never a ragged heap."""
    for most in range(min(buttons.per_row, len(options)), 1, -1):
        columns = -(-len(options) // -(-len(options) // most))
        rows = [options[start : start + columns] for start in range(0, len(options), columns)]
        fits = all(sum(len(button.label) for button in row) <= buttons.row for row in rows)
        if fits and (len(rows) == 1 or len(options) > EVEN_FROM):
            return rows
    return [(option,) for option in options]


def packed(items: Sequence[Button], buttons: Buttons) -> list[Row]:
    """Buttons in their order, side by side as far as their labels fit."""
    rows: list[Row] = []
    row: list[Button] = []
    width = 0
    for button in items:
        length = len(button.label)
        if row and (len(row) == buttons.per_row or width + length > buttons.row):
            rows.append(tuple(row))
            row, width = [], 0
        row.append(button)
        width += length
    if row:
        rows.append(tuple(row))
    return rows


# -- splitting


def units(text: str) -> int:
    """Length in UTF-16 code units, as messengers count."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def split(text: str, limit: int) -> list[str]:
    """Cut a text into pieces of at most `limit` UTF-16 units: between paragraphs, else lines, else words.

    Nothing is lost but the blanks at the cuts. A single word longer than the limit is cut inside.
    """
    pieces = []
    rest = text.strip()
    while units(rest) > limit:
        head = _head(rest, limit)
        at = max(head.rfind("\n\n"), 0) or max(head.rfind("\n"), 0) or max(head.rfind(" "), 0) or len(head)
        if at < len(head) // 4:
            at = max(head.rfind(" "), head.rfind("\n")) if max(head.rfind(" "), head.rfind("\n")) > 0 else len(head)
        pieces.append(rest[:at].rstrip())
        rest = rest[at:].lstrip()
    if rest:
        pieces.append(rest)
    return pieces


def _head(text: str, limit: int) -> str:
    """The longest beginning of at most `limit` units; at least one character."""
    if len(text) <= limit and units(text) <= limit:
        return text
    end = min(limit, len(text))
    while end > 1 and units(text[:end]) > limit:
        end -= max(1, (units(text[:end]) - limit) // 2)
    return text[: max(1, end)]
