"""The whole language: the compiler together with all families of functions, which importing this file loads."""

from __future__ import annotations

from dialogs.forms.xpath import (
    functions_date,
    functions_form,
    functions_geo,
    functions_logic,
    functions_node,
    functions_number,
    functions_text,
)
from dialogs.forms.xpath.compile import Facts, compile_expression
from dialogs.forms.xpath.registry import LIBRARY

FAMILIES = (
    functions_date,
    functions_form,
    functions_geo,
    functions_logic,
    functions_node,
    functions_number,
    functions_text,
)
"""The files that fill `LIBRARY`."""

__all__ = ["FAMILIES", "LIBRARY", "Facts", "compile_expression"]
