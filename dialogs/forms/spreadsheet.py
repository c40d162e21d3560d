"""A form's file as a workbook, whatever kind of file it is."""

from __future__ import annotations

from dialogs.forms.container import Kind
from dialogs.forms.excel import read_xls, read_xlsx
from dialogs.forms.plaintext import read_csv, read_markdown
from dialogs.forms.sheets import Workbook


def read(kind: Kind, data: bytes) -> Workbook:
    """Read a spreadsheet of a kind that `container.kind_of` has told; raises `RejectedForm`."""
    match kind:
        case Kind.XLSX:
            return read_xlsx(data)
        case Kind.XLS:
            return read_xls(data)
        case Kind.CSV:
            return read_csv(data)
        case Kind.MARKDOWN:
            return read_markdown(data)
        case Kind.XFORM:
            raise ValueError("an XForm has no sheets")
