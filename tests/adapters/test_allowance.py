"""Messages counted in a sliding window."""

from __future__ import annotations

import pytest

from adapters.allowance import OwnAllowance


async def test_the_window_slides() -> None:
    now = 0.0
    allowance = OwnAllowance(lambda: now)
    assert await allowance.spend("signal", 2, 10) == 0
    now = 4.0
    assert await allowance.spend("signal", 2, 10) == 0
    assert await allowance.spend("signal", 2, 10) == pytest.approx(6.0)
    assert await allowance.spend("signal", 1, 10) == pytest.approx(10.0)
    assert await allowance.spend("other", 1, 10) == 0
    now = 10.0
    assert await allowance.spend("signal", 2, 10) == 0
