"""An XForm document as a tree of elements, parsed safely and under limits, with its parts found."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from xml.etree.ElementTree import Element, ParseError

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import fromstring

from dialogs.forms.errors import LimitExceeded, UnreadableForm
from dialogs.forms.limits import XFORM_BYTES, XML_DEPTH

JR = "{http://openrosa.org/javarosa}"
ODK = "{http://www.opendatakit.org/xforms}"


@dataclass(frozen=True, slots=True)
class Document:
    """The parts of an XForm."""

    title: str
    model: Element
    body: Element
    primary: Element
    """Root element of the primary instance."""
    secondary: tuple[Element, ...]
    """The other `<instance>` elements."""


def parse_document(xform: str | bytes) -> Document:
    """The document, well-formed and within limits. Raises UnreadableForm or LimitExceeded."""
    root = parse_xml(xform, XFORM_BYTES, "the form")
    if local(root) != "html":
        raise UnreadableForm(f"This is no XForm: its outermost element is <{local(root)}>, not <h:html>.")
    head, body = child(root, "head"), child(root, "body")
    model = None if head is None else child(head, "model")
    if head is None or model is None or body is None:
        raise UnreadableForm("This is no XForm: it needs <h:head> with a <model>, and <h:body>.")
    instances = [one for one in model if local(one) == "instance"]
    if not instances or len(instances[0]) == 0:
        raise UnreadableForm("The form has no primary instance: the first <instance> is missing or empty.")
    title = child(head, "title")
    return Document(
        title="" if title is None else "".join(title.itertext()).strip(),
        model=model,
        body=body,
        primary=instances[0][0],
        secondary=tuple(instances[1:]),
    )


def parse_xml(text: str | bytes, most: int, what: str) -> Element:
    """The root element of a document of strangers: no entities, no outside references, bounded size and depth."""
    data = text.encode("utf-8", "surrogatepass") if isinstance(text, str) else text
    if len(data) > most:
        raise LimitExceeded(f"{what} has {len(data)} bytes; {most} are allowed.".capitalize())
    try:
        root: Element = fromstring(data)
    except DefusedXmlException:
        raise UnreadableForm(f"The XML of {what} declares entities, which is not allowed here.") from None
    except (ParseError, ValueError, LookupError) as problem:
        raise UnreadableForm(f"The XML of {what} cannot be read: {problem}.") from None
    _check_depth(root, what)
    return root


def _check_depth(root: Element, what: str) -> None:
    level = [root]
    for _ in range(XML_DEPTH):
        level = [below for element in level for below in element]
        if not level:
            return
    raise LimitExceeded(f"The XML of {what} is nested more than {XML_DEPTH} levels deep.")


def local(element: Element) -> str:
    """Name of an element without its namespace; '' for comments."""
    return element.tag.rpartition("}")[2] if isinstance(element.tag, str) else ""


def children(element: Element) -> Iterator[Element]:
    """Child elements, comments and instructions left out."""
    return (one for one in element if isinstance(one.tag, str))


def child(element: Element, name: str) -> Element | None:
    for one in children(element):
        if local(one) == name:
            return one
    return None


def attribute(element: Element, name: str) -> str | None:
    """An attribute in no namespace, or in one that ODK uses."""
    for prefix in ("", JR, ODK):
        value = element.get(prefix + name)
        if value is not None:
            return value
    return None
