"""What kind of file was handed in, decided by its bytes, and whether it is safe to open.

Names lie and so do archives: an .xlsx is a zip whose directory is read here, before any spreadsheet library
sees it. Not here: cells (`spreadsheet.py`), meaning (`xlsform.py`). Reading is in memory; nothing is unpacked
to a disk.
"""

from __future__ import annotations

import io
import stat
import zipfile
from enum import StrEnum

from dialogs.forms.findings import RejectedForm, error
from dialogs.forms.msgids import N_

MAX_PACKED_BYTES = 5 * 1024 * 1024
MAX_UNPACKED_BYTES = 50 * 1024 * 1024
MAX_ENTRIES = 200
MAX_RATIO = 100
SMALL_ENTRY_BYTES = 64 * 1024
"""Entries up to this size may be packed better than `MAX_RATIO`: an empty sheet is, and harms nobody."""

_OLE_MAGIC = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


_MACRO_SUFFIXES = (".xlsm", ".xltm", ".xlam")


class Kind(StrEnum):
    """The kinds of file that can hold a form."""

    XLSX = ".xlsx"
    XLS = ".xls"
    CSV = ".csv"
    MARKDOWN = ".md"
    XFORM = ".xml"


def kind_of(name: str, data: bytes) -> Kind:
    """Say what `data` is, having checked the container's limits; raises `RejectedForm`.

    The file's `name` is only asked whether it promises macros (.xlsm): such a file is refused even without,
    because the next one will have some.
    """
    if name.lower().endswith(_MACRO_SUFFIXES):
        raise _macros()
    if len(data) > MAX_PACKED_BYTES:
        raise RejectedForm(
            error(
                N_(
                    "The file has {size} MB, more than the {limit} MB that are read. Remove pictures and unused sheets."
                ),
                size=f"{len(data) / 1024 / 1024:.0f}",
                limit=str(MAX_PACKED_BYTES // 1024 // 1024),
            )
        )
    if not data.strip():
        raise RejectedForm(error(N_("The file is empty. Save the form again and send the new file.")))
    if data.startswith(b"PK"):
        _check_zip(data)
        return Kind.XLSX
    if data.startswith(_OLE_MAGIC):
        _check_ole(data)
        return Kind.XLS
    if data.startswith(b"%PDF"):
        raise RejectedForm(error(N_("This is a PDF. Send the spreadsheet it was made from, saved as .xlsx.")))
    return _kind_of_text(data)


def _kind_of_text(data: bytes) -> Kind:
    text = decode(data)
    start = text.lstrip("\ufeff \t\r\n")[:4096]
    if start.startswith("<"):
        lowered = start.lower()
        if "<!doctype html" in lowered or lowered.startswith("<html"):
            raise RejectedForm(
                error(N_("This is a web page, not a form. Download the form itself as .xlsx and send that file."))
            )
        if "urn:schemas-microsoft-com:office:spreadsheet" in text[:8192]:
            raise RejectedForm(
                error(N_("This is an old XML spreadsheet. Open it in Excel or LibreOffice and save it as .xlsx."))
            )
        return Kind.XFORM
    if text.count("|", 0, 5000) >= 5:  # the smallest table of Markdown
        return Kind.MARKDOWN
    if text.count(",", 0, 5000) >= 4 or text.count(";", 0, 5000) >= 4:  # the smallest form
        return Kind.CSV
    raise RejectedForm(
        error(N_("This is a text without a table. A form is a spreadsheet (.xlsx) with a sheet named “survey”."))
    )


def decode(data: bytes) -> str:
    """Text of a CSV, Markdown or XML file: UTF-8, UTF-16 with its mark, or what Excel in Germany saves."""
    if b"\0" in data and not data.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise _not_a_form()
    try:
        if data.startswith((b"\xff\xfe", b"\xfe\xff")):
            return data.decode("utf-16")
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        pass
    try:
        text = data.decode("cp1252")
    except UnicodeDecodeError:
        raise _not_a_form() from None
    if any(ord(character) < ord(" ") and character not in "\t\r\n\f" for character in text):
        raise _not_a_form()
    return text


def _not_a_form() -> RejectedForm:
    return RejectedForm(
        error(N_("This file is neither a spreadsheet nor a form. Send the form as .xlsx, .xls, .csv, .md or .xml."))
    )


def _check_zip(data: bytes) -> None:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            entries = archive.infolist()
            _check_entries(entries)
            names = {entry.filename for entry in entries}
            _check_office(names, archive)
    except (
        zipfile.BadZipFile,
        KeyError,
        NotImplementedError,
        RuntimeError,
        EOFError,
        ValueError,
        OSError,
    ) as problem:
        raise RejectedForm(
            error(N_("The file is damaged and cannot be opened. Open it in Excel or LibreOffice and save it again."))
        ) from problem


def _check_entries(entries: list[zipfile.ZipInfo]) -> None:
    if len(entries) > MAX_ENTRIES:
        raise RejectedForm(
            error(
                N_("The file has {count} parts inside, more than the {limit} that are read. Remove pictures."),
                count=str(len(entries)),
                limit=str(MAX_ENTRIES),
            )
        )
    if sum(entry.file_size for entry in entries) > MAX_UNPACKED_BYTES:
        raise _too_large_unpacked()
    for entry in entries:
        if entry.file_size > SMALL_ENTRY_BYTES and entry.file_size > MAX_RATIO * max(1, entry.compress_size):
            raise _too_large_unpacked()
        if entry.flag_bits & 0x1:
            raise _locked()
        if _leaves_the_archive(entry):
            raise RejectedForm(
                error(N_("The file holds paths that no spreadsheet has. Save the form again in Excel or LibreOffice."))
            )


def _too_large_unpacked() -> RejectedForm:
    return RejectedForm(
        error(
            N_("The file grows to more than {limit} MB when it is opened. Copy the form's sheets into a new file."),
            limit=str(MAX_UNPACKED_BYTES // 1024 // 1024),
        )
    )


def _locked() -> RejectedForm:
    return RejectedForm(error(N_("The file is locked by a password. Save it without one and send it again.")))


def _leaves_the_archive(entry: zipfile.ZipInfo) -> bool:
    name = entry.filename.replace("\\", "/")
    is_link = stat.S_ISLNK(entry.external_attr >> 16)
    return is_link or name.startswith("/") or ":" in name or ".." in name.split("/")


def _check_office(names: set[str], archive: zipfile.ZipFile) -> None:
    if "mimetype" in names and archive.read("mimetype").startswith(b"application/vnd.oasis.opendocument"):
        raise RejectedForm(
            error(N_("This is a file of LibreOffice or OpenOffice. Choose “Save as” and the type Excel (.xlsx) there."))
        )
    if "word/document.xml" in names:
        raise RejectedForm(
            error(N_("This is a Word document. A form is a spreadsheet with a sheet named “survey”, saved as .xlsx."))
        )
    if "xl/workbook.xml" not in names and "xl/workbook.bin" not in names:
        raise _not_a_form()
    if "xl/workbook.bin" in names:
        raise RejectedForm(error(N_("This is a binary workbook (.xlsb). Choose “Save as” and the type .xlsx.")))
    lowered = {name.lower() for name in names}
    if any("vbaproject" in name or name.startswith("xl/macrosheets/") for name in lowered):
        raise _macros()
    if any(name.startswith("xl/externallinks/") for name in lowered):
        raise reads_from_elsewhere()
    if any(name.startswith(("xl/embeddings/", "xl/activex/")) for name in lowered):
        raise RejectedForm(
            error(N_("The file has other documents embedded. Copy the form's sheets into a new file, saved as .xlsx."))
        )


def _macros() -> RejectedForm:
    return RejectedForm(
        error(
            N_(
                "The file may hold macros, which are not allowed here. Choose “Save as” and the type .xlsx "
                "without macros."
            )
        )
    )


def reads_from_elsewhere() -> RejectedForm:
    """The refusal of a workbook that takes values from elsewhere; an .xls shows it only when opened."""
    return RejectedForm(
        error(N_("The file takes values from another file or program. Copy them in as plain values and save as .xlsx."))
    )


def _check_ole(data: bytes) -> None:
    """Refuse what shares the container of old .xls files but is none, by the names in its directory."""

    def holds(name: str) -> bool:
        return name.encode("utf-16-le") in data

    if holds("EncryptedPackage"):
        raise _locked()
    if holds("_VBA_PROJECT"):
        raise _macros()
    if holds("WordDocument"):
        raise RejectedForm(
            error(N_("This is a Word document. A form is a spreadsheet with a sheet named “survey”, saved as .xlsx."))
        )
    if not (holds("Workbook") or holds("Book")):
        raise _not_a_form()
