"""Jobs of the desk are done by mouse, and in the long suite with the keyboard alone, with a real Synapse beside.

What takes long anyway is done with the keyboard only: a mouse would prove nothing more.
"""

from __future__ import annotations

import pytest
from e2e.desk.hands import Keyboard, Mouse
from e2e.desk.job import Way
from servers.synapse import Synapse


@pytest.fixture(params=["mouse", pytest.param("keyboard", marks=pytest.mark.long)])
def way(request: pytest.FixtureRequest) -> Way:
    """How the work is done: one way and the other."""
    if request.param == "mouse":
        return Way(Mouse)
    return Way(Keyboard, request.getfixturevalue("synapse"))


@pytest.fixture
def by_keyboard(synapse: Synapse) -> Way:
    """For tests that are `long`."""
    return Way(Keyboard, synapse)
