"""The public forms beside the checkout (../shared/xlsform/forms): data of strangers, never copied into the project."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

SHARE = pytest.mark.parametrize(
    "every", [pytest.param(3, id="a third"), pytest.param(1, id="all of them", marks=pytest.mark.long)]
)
"""Of the public forms: a third each time, all in `make test-long`."""
PUBLIC_FORMS = Path(__file__).resolve().parents[4] / "shared" / "xlsform" / "forms"


@pytest.fixture(scope="session")
def public_forms() -> Path:
    """Their folder; required where CI=true."""
    if PUBLIC_FORMS.is_dir():
        return PUBLIC_FORMS
    if os.environ.get("CI") == "true":
        pytest.fail("the public forms are not beside the checkout (../shared/xlsform/forms)")
    pytest.skip("the public forms are not beside the checkout")


@pytest.fixture(scope="session")
def public_spreadsheets(public_forms: Path) -> list[Path]:
    """Every spreadsheet among them."""
    return sorted(path for path in public_forms.iterdir() if path.suffix.startswith(".xls"))


@pytest.fixture(scope="session")
def xform() -> Callable[..., str]:
    """Writes an XForm: `xform("<a/>", '<bind nodeset="/data/a" …/>', '<input ref="/data/a"/>')`."""

    def write(instance: str, binds: str = "", body: str = "", model: str = "") -> str:
        return (
            '<h:html xmlns="http://www.w3.org/2002/xforms" xmlns:h="http://www.w3.org/1999/xhtml"'
            ' xmlns:jr="http://openrosa.org/javarosa" xmlns:odk="http://www.opendatakit.org/xforms">'
            f'<h:head><h:title>Test</h:title><model>{model}<instance><data id="test">{instance}</data></instance>'
            f"{binds}</model></h:head><h:body>{body}</h:body></h:html>"
        )

    return write
