"""Each job of the desk is done by mouse, and in the long suite with the keyboard alone, with a real Synapse beside."""

from __future__ import annotations

import pytest
from e2e.desk.hands import Keyboard, Mouse
from e2e.desk.job import Way


@pytest.fixture(params=["mouse", pytest.param("keyboard", marks=pytest.mark.long)])
def way(request: pytest.FixtureRequest) -> Way:
    """How the work is done."""
    if request.param == "mouse":
        return Way(Mouse)
    return Way(Keyboard, request.getfixturevalue("synapse"))
