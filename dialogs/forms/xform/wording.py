"""Texts of a form: `<itext>`, and labels and hints written into the body (ODK XForms, "Languages", "Labels")."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from xml.etree.ElementTree import Element

from dialogs.forms.definition import Definition
from dialogs.forms.texts import SILENT, Parts, Version, Wording, attachment_name
from dialogs.forms.xform.document import child, children, local
from dialogs.forms.xpath.coercion import TextRun
from dialogs.forms.xpath.parser import parse
from dialogs.forms.xpath.syntax import Call, Literal

CompileText = Callable[[str, Definition | None, str], TextRun]
"""Compiles an expression of a place in the form to a function that yields text: (expression, node, where)."""

MEDIA = frozenset({"image", "big-image", "audio", "video"})


class Texts:
    """The form's texts by id, and how those in the body are read. Output values are compiled where they are used."""

    def __init__(self, model: Element, compile_text: CompileText) -> None:
        self.compile_text = compile_text
        itext = child(model, "itext")
        translations = [] if itext is None else [one for one in children(itext) if local(one) == "translation"]
        self.languages = tuple(dict.fromkeys(one.get("lang") or "" for one in translations))
        marked = [one.get("lang") or "" for one in translations if one.get("default") is not None]
        self.default = marked[0] if marked else self.languages[0] if self.languages else ""
        self.written: dict[str, dict[str, Element]] = {}
        for translation in translations:
            for text in children(translation):
                self.written.setdefault(text.get("id") or "", {})[translation.get("lang") or ""] = text
        self.shared: dict[str, Wording] = {}
        """Texts that may be asked for by id while a respondent answers; see `share`."""

    def share(self) -> None:
        """Compile every text for use by id. Output values in these are read from the root of the instance."""
        for text_id in self.written:
            self.shared[text_id] = self.by_id(text_id, None)

    def by_id(self, text_id: str, place: Definition | None) -> Wording:
        """A text of `<itext>` as it is shown at a node."""
        written = self.written.get(text_id)
        if written is None:
            return Wording({"": Version((text_id,))})
        shared = self.shared.get(text_id)
        if shared is not None and shared.fixed:
            return shared
        return Wording({lang: self._version(text, place) for lang, text in written.items()}, self.default)

    def of(self, element: Element | None, place: Definition | None) -> Wording:
        """The wording of a `<label>`, `<hint>` or `<value>` in the body."""
        if element is None:
            return SILENT
        ref = element.get("ref")
        if ref is None:
            return Wording({"": Version(self._parts(element, place))})
        tree = parse(ref)
        if isinstance(tree, Call) and tree.name == "jr:itext" and isinstance(tree.arguments[0], Literal):
            return self.by_id(tree.arguments[0].value, place)
        return Wording({"": Version((self.compile_text(ref, place, "label"),))})

    def message(self, written: str | None, place: Definition) -> Wording:
        """A constraint or required message: text, or `jr:itext('…')`."""
        if not written:
            return SILENT
        if written.strip().startswith("jr:itext("):
            tree = parse(written.strip())
            if isinstance(tree, Call) and tree.arguments and isinstance(tree.arguments[0], Literal):
                return self.by_id(tree.arguments[0].value, place)
        return Wording({"": Version((written.strip(),))})

    def _version(self, text: Element, place: Definition | None) -> Version:
        version = Version()
        plain: dict[str, Parts] = {}
        for value in children(text):
            form = value.get("form") or ""
            if form in MEDIA:
                version = replace(version, media={**version.media, form: attachment_name("".join(value.itertext()))})
            elif form == "guidance":
                version = replace(version, guidance=self._parts(value, place))
            else:
                plain.setdefault(form, self._parts(value, place))
        for form in ("", "long", "short"):
            if form in plain:
                return replace(version, parts=plain[form])
        return version

    def _parts(self, element: Element, place: Definition | None) -> Parts:
        """Text and output values in order; white space at the ends is the author's layout and goes."""
        parts: list[str | TextRun] = [element.text or ""]
        for one in children(element):
            if local(one) == "output":
                expression = one.get("value") or one.get("ref") or "''"
                parts.append(self.compile_text(expression, place, "output"))
            else:
                parts.extend(self._parts(one, place))
            parts.append(one.tail or "")
        if all(isinstance(part, str) for part in parts):
            text = "".join(part for part in parts if isinstance(part, str)).strip()
            return (text,) if text else ()
        return tuple(part for part in parts if part != "")
