"""What is no form, or could do harm, is refused before any spreadsheet library sees it."""

from __future__ import annotations

import io
import random
import stat
import zipfile
from collections.abc import Callable

import pytest
from openpyxl import Workbook

from dialogs.forms.container import MAX_ENTRIES, MAX_PACKED_BYTES, Kind, kind_of
from dialogs.forms.findings import RejectedForm, Severity


def workbook() -> bytes:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = "survey"
    sheet.append(["type", "name", "label"])
    sheet.append(["text", "a", "A?"])
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def with_entry(name: str, content: bytes = b"x", change: Callable[[zipfile.ZipInfo], None] | None = None) -> bytes:
    out = io.BytesIO(workbook())
    with zipfile.ZipFile(out, "a", zipfile.ZIP_DEFLATED) as archive:
        entry = zipfile.ZipInfo(name)
        entry.compress_type = zipfile.ZIP_DEFLATED
        if change is not None:
            change(entry)
        archive.writestr(entry, content)
    return out.getvalue()


def zip_of(*names: str) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name in names:
            archive.writestr(name, "x")
    return out.getvalue()


def ole(*names: str) -> bytes:
    return b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(504) + b"".join(name.encode("utf-16-le") for name in names)


def as_link(entry: zipfile.ZipInfo) -> None:
    entry.create_system = 3
    entry.external_attr = (stat.S_IFLNK | 0o777) << 16


REFUSED = {
    "empty file": (b"   \n", "empty"),
    "random bytes": (random.Random(1).randbytes(5000), "neither a spreadsheet"),
    "random bytes after a zip's mark": (b"PK\x03\x04" + random.Random(2).randbytes(5000), "damaged"),
    "random bytes after a mark of .xls": (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "neither a spreadsheet"),
    "PDF": (b"%PDF-1.7 ...", "PDF"),
    "Word document": (zip_of("[Content_Types].xml", "word/document.xml"), "Word"),
    "old Word document": (ole("WordDocument"), "Word"),
    "some zip": (zip_of("readme.txt"), "neither a spreadsheet"),
    "letter": (b"Sehr geehrte Damen und Herren", "text without a table"),
    "web page": (b"<!DOCTYPE html><html></html>", "web page"),
    "JPEG": (b"\xff\xd8\xff\xe0\x00\x10JFIF\x00" + random.Random(3).randbytes(900), "neither a spreadsheet"),
    "macros": (with_entry("xl/vbaProject.bin"), "macros"),
    "macros in an old file": (ole("Workbook", "_VBA_PROJECT"), "macros"),
    "old macros": (with_entry("xl/macrosheets/sheet1.xml"), "macros"),
    "password": (ole("EncryptedPackage"), "password"),
    "links to other files, DDE": (with_entry("xl/externalLinks/externalLink1.xml"), "another file or program"),
    "embedded documents": (with_entry("xl/embeddings/oleObject1.bin"), "embedded"),
    "path out of the archive": (with_entry("../../etc/passwd"), "paths"),
    "absolute path": (with_entry("/etc/passwd"), "paths"),
    "symbolic link": (with_entry("xl/link", b"/etc/passwd", as_link), "paths"),
    "zip bomb": (with_entry("xl/media/a.bin", bytes(30 * 1024 * 1024)), "grows to more"),
    "bomb of many parts": (zip_of("xl/workbook.xml", *(f"xl/{n}" for n in range(MAX_ENTRIES))), "parts inside"),
    "50 MB": (b"a,b,c,d,e\n" * 5 * 1024 * 1024, "more than the 5 MB"),
}


@pytest.mark.parametrize(("data", "said"), REFUSED.values(), ids=REFUSED.keys())
def test_is_refused_with_a_word_on_what_to_do(data: bytes, said: str) -> None:
    with pytest.raises(RejectedForm) as refused:
        kind_of("form.xlsx", data)
    (finding,) = refused.value.findings
    assert finding.severity is Severity.ERROR
    assert said in finding.english()
    assert finding.english().count(".") >= 1


def test_a_bomb_just_under_the_packed_limit_is_still_refused_by_what_it_unpacks_to() -> None:
    out = io.BytesIO(workbook())
    with zipfile.ZipFile(out, "a", zipfile.ZIP_DEFLATED) as archive:
        for number in range(60):  # each within the ratio, together too much
            archive.writestr(f"xl/media/{number}.bin", random.Random(number).randbytes(10_000) + bytes(900_000))
    assert len(out.getvalue()) < MAX_PACKED_BYTES
    with pytest.raises(RejectedForm, match="grows to more"):
        kind_of("form.xlsx", out.getvalue())


def test_a_name_that_promises_macros_is_refused() -> None:
    with pytest.raises(RejectedForm, match="macros"):
        kind_of("FORM.XLSM", workbook())


@pytest.mark.parametrize(
    ("data", "kind"),
    [
        (workbook(), Kind.XLSX),
        (ole("Workbook"), Kind.XLS),
        (b"| survey |\n| | type | name |\n", Kind.MARKDOWN),
        (b"survey,,\n,type,name\n,text,a\n", Kind.CSV),
        ("survey;;\n;type;name;label\n;text;a;Straße\n".encode("cp1252"), Kind.CSV),
        (b"<?xml version='1.0'?><h:html/>", Kind.XFORM),
    ],
)
def test_the_kind_is_told_by_the_bytes_whatever_the_name(data: bytes, kind: Kind) -> None:
    assert kind_of("whatever.bin", data) is kind
