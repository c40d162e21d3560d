"""The choices of a select or rank: `<item>` and `<itemset>` (ODK XForms, "Selects" and "Secondary Instances")."""

from __future__ import annotations

import re
from typing import TypeAlias
from xml.etree.ElementTree import Element

from dialogs.forms.choices import Choices, ListedChoices, WrittenChoices
from dialogs.forms.definition import Definition
from dialogs.forms.questions import QuestionType
from dialogs.forms.texts import Wording
from dialogs.forms.xform.document import child, children, local
from dialogs.forms.xform.expressions import Expressions
from dialogs.forms.xform.wording import Texts
from dialogs.forms.xpath.coercion import TextRun, as_nodes, as_text
from dialogs.forms.xpath.elements import Element as ListElement
from dialogs.forms.xpath.parser import parse
from dialogs.forms.xpath.syntax import Call, Expression, Literal, Path

Listing: TypeAlias = tuple[tuple[str, dict[str, str]], ...]
"""Values and their labels by language."""

_COLUMN = re.compile(r"[\w.-]+")
_TRANSLATED = re.compile(r"\s*jr:itext\(\s*(.+?)\s*\)\s*", re.DOTALL)


class Itemsets:
    """Reads choices. Lists are long and shared by many questions, so each is listed once."""

    def __init__(self, expressions: Expressions, texts: Texts) -> None:
        self.expressions = expressions
        self.texts = texts
        self.listings: dict[tuple[object, ...], Listing | None] = {}

    def read(self, element: Element, definition: Definition, kind: QuestionType) -> Choices:
        itemset = child(element, "itemset")
        if itemset is not None:
            return self._listed(itemset, definition, kind)
        items = (one for one in children(element) if local(one) == "item")
        return WrittenChoices(tuple(self._written(one, definition) for one in items))

    def _written(self, item: Element, definition: Definition) -> tuple[str, Wording]:
        value = child(item, "value")
        text = "" if value is None else "".join(value.itertext()).strip()
        return text, self.texts.of(child(item, "label"), definition)

    def _listed(self, itemset: Element, definition: Definition, kind: QuestionType) -> ListedChoices:
        nodeset = itemset.get("nodeset") or ""
        value, label = _ref(itemset, "value", "name"), _ref(itemset, "label", "label")
        compiled, facts = self.expressions.compile(nodeset, definition, "choices")
        self.expressions.filter(facts, definition)
        translated = _TRANSLATED.fullmatch(label)
        source = _source(nodeset)
        listing = self._listing(source, value, label)
        return ListedChoices(
            nodes=as_nodes(compiled),
            value=self._of_item(value),
            label_of=self._of_item(label),
            wording_of=None if translated is None else self._of_item(translated[1]),
            texts=self.texts.shared,
            filtered=bool(facts.references),
            kind=kind,
            missing=source is not None and source[0] in self.expressions.lists.absent,
            listing=listing,
            same=listing is not None
            and not (facts.references or facts.volatile or facts.shuffles)
            and self._is_fixed(source, translated),
        )

    def _of_item(self, expression: str) -> TextRun:
        """An expression that is read from each item of a list."""
        return as_text(self.expressions.compile(expression, None, "choice")[0])

    # ------------------------------------------------------------ summaries

    def _listing(self, source: tuple[str, ...] | None, value: str, label: str) -> Listing | None:
        """All choices of a list, whatever the filter; None if its items are answers, or not plain columns."""
        if source is None or source[0] not in self.expressions.lists.documents or not _COLUMN.fullmatch(value):
            return None
        key = (source, value, label)
        if key not in self.listings:
            found: dict[str, dict[str, str]] = {}
            for item in self._items(source):
                cell = item.first(value)
                if cell is not None:
                    found.setdefault(cell.text(), self._labels(item, label))
            self.listings[key] = tuple(found.items())
        return self.listings[key]

    def _items(self, source: tuple[str, ...]) -> list[ListElement]:
        level = [self.expressions.lists.documents[source[0]]]
        for name in source[1:]:
            level = [one for above in level for one in above.children if one.name == name]
        return level

    def _is_fixed(self, source: tuple[str, ...] | None, translated: re.Match[str] | None) -> bool:
        """Whether no value of the instance stands in the labels."""
        if source is None or translated is None:
            return source is not None
        cells = (item.first(translated[1]) for item in self._items(source))
        wordings = (self.texts.shared.get(cell.text()) for cell in cells if cell is not None)
        return all(wording is None or wording.fixed for wording in wordings)

    def _labels(self, item: ListElement, label: str) -> dict[str, str]:
        if _COLUMN.fullmatch(label):
            cell = item.first(label)
            return {"": "" if cell is None else cell.text()}
        translated = _TRANSLATED.fullmatch(label)
        cell = None if translated is None else item.first(translated[1])
        wording = None if cell is None else self.texts.shared.get(cell.text())
        return {} if wording is None else wording.by_language()


def _ref(itemset: Element, name: str, fallback: str) -> str:
    element = child(itemset, name)
    return fallback if element is None else (element.get("ref") or fallback).strip()


def _source(nodeset: str) -> tuple[str, ...] | None:
    """Instance and names of steps of `instance('x')/root/item[…]`, also inside randomize()."""
    tree: Expression = parse(nodeset)
    if isinstance(tree, Call) and tree.name == "randomize" and tree.arguments:
        tree = tree.arguments[0]
    match tree:
        case Path(steps=steps, head=Call(name="instance", arguments=(Literal(name),))):
            return (name, *(step.test for step in steps))
        case _:
            return None
