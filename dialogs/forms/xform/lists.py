"""Secondary instances (ODK XForms, "Secondary Instances"): in the form itself, or attached as CSV, XML or GeoJSON."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping
from typing import Any
from xml.etree.ElementTree import Element as XmlElement

import msgspec

from dialogs.forms.errors import LimitExceeded, UnreadableForm
from dialogs.forms.limits import ATTACHMENT_BYTES, SECONDARY_NODES
from dialogs.forms.texts import attachment_name
from dialogs.forms.xform.document import children, local, parse_xml
from dialogs.forms.xpath.elements import Element

DELIMITERS = ",;\t|"


class Lists:
    """All secondary instances of a form by id; those whose attachment is missing are empty."""

    def __init__(self, instances: Iterable[XmlElement], attachments: Mapping[str, bytes]) -> None:
        self.documents: dict[str, Element] = {}
        self.missing: list[str] = []
        """Names of attachments that were not given."""
        self.absent: set[str] = set()
        """Ids of the instances they belong to."""
        self.size = 0
        self.attachments = attachments
        for instance in instances:
            name = instance.get("id")
            if name:
                self.documents[name] = self._read(instance)

    def _read(self, instance: XmlElement) -> Element:
        source = instance.get("src")
        document = Element("", None)
        if not source:
            for root in children(instance):
                self._copy(root, document)
            return document
        data = self._attached(source)
        if data is None:
            Element("root", document)
            if not source.startswith("jr://instance/last-saved"):
                self.missing.append(attachment_name(source))
                self.absent.add(instance.get("id") or "")
            return document
        self._attach(source, data, document)
        return document

    def _attached(self, source: str) -> bytes | None:
        data = self.attachments.get(source, self.attachments.get(attachment_name(source)))
        if data is not None and len(data) > ATTACHMENT_BYTES:
            name = attachment_name(source)
            raise LimitExceeded(f"The attachment {name} has {len(data)} bytes; {ATTACHMENT_BYTES} are allowed.")
        return data

    def _attach(self, source: str, data: bytes, document: Element) -> None:
        name = attachment_name(source)
        if name.endswith(".csv") or "/file-csv/" in source:
            self._csv(name, data, document)
        elif name.endswith((".geojson", ".json")):
            self._geojson(name, data, document)
        else:
            self._copy(parse_xml(data, ATTACHMENT_BYTES, f"the attachment {name}"), document)

    def _add(self, name: str, parent: Element, content: str = "") -> Element:
        self.size += 1
        if self.size > SECONDARY_NODES:
            raise LimitExceeded(f"The lists of this form have more than {SECONDARY_NODES} cells.")
        return Element(name, parent, content)

    # ------------------------------------------------------------ kinds of lists

    def _copy(self, source: XmlElement, parent: Element) -> None:
        copied = self._add(local(source), parent)
        copied.attributes = {key.rpartition("}")[2]: value for key, value in source.attrib.items()}
        for one in children(source):
            self._copy(one, copied)
        text = "".join([source.text or "", *(one.tail or "" for one in source)])
        copied.content = text.strip() if copied.children else text

    def _csv(self, name: str, data: bytes, document: Element) -> None:
        """Columns become elements of each `<item>`; the delimiter is the one that the header has most of."""
        try:
            text = data.decode("utf-8-sig")
        except UnicodeDecodeError:
            raise UnreadableForm(f"The attachment {name} is not in UTF-8. Save it as “CSV UTF-8”.") from None
        header = text.partition("\n")[0]
        delimiter = max(DELIMITERS, key=header.count)
        root = self._add("root", document)
        try:
            rows = csv.reader(io.StringIO(_unix_lines(text), newline=""), delimiter=delimiter, strict=False)
            columns = [column.strip() for column in next(rows, [])]
            for row in rows:
                if any(row):
                    item = self._add("item", root)
                    for column, value in zip(columns, row, strict=False):
                        self._add(column, item, value)
        except csv.Error as problem:
            raise UnreadableForm(f"The attachment {name} is not a table: {problem}.") from None

    def _geojson(self, name: str, data: bytes, document: Element) -> None:
        """ODK XForms: each feature an `<item>` with its properties, its id, and its geometry as ODK writes places."""
        try:
            collection = msgspec.json.decode(data)
            features = collection["features"]
        except (msgspec.DecodeError, KeyError, TypeError):
            raise UnreadableForm(f"The attachment {name} is not a GeoJSON FeatureCollection.") from None
        root = self._add("root", document)
        for feature in features if isinstance(features, list) else ():
            if isinstance(feature, dict):
                self._feature(feature, self._add("item", root))

    def _feature(self, feature: dict[str, Any], item: Element) -> None:
        self._add("geometry", item, _places(feature.get("geometry")))
        properties = feature.get("properties")
        named = dict(properties) if isinstance(properties, dict) else {}
        if feature.get("id") is not None:
            named["id"] = feature["id"]
        for key, value in named.items():
            self._add(str(key), item, _cell(value))


def _unix_lines(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\n\r", "\n").replace("\r", "\n")


def _cell(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value)


def _places(geometry: object) -> str:
    """Points of a geometry as `latitude longitude altitude accuracy`, separated by semicolons."""
    if not isinstance(geometry, dict):
        return ""
    coordinates = geometry.get("coordinates")
    match geometry.get("type"):
        case "Point":
            points = [coordinates]
        case "LineString":
            points = coordinates if isinstance(coordinates, list) else []
        case "Polygon":
            points = coordinates[0] if isinstance(coordinates, list) and coordinates else []
        case _:
            return ""
    return "; ".join(f"{point[1]} {point[0]} 0 0" for point in points if isinstance(point, list) and len(point) > 1)
