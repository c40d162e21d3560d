"""The public forms beside the checkout (../shared/xlsform/forms): data of strangers, never copied into the project."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

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
