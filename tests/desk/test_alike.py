"""Cases about the same thing are found by place, beside the pages, and nobody is told of a case they may not see."""

from __future__ import annotations

import pytest
from casehouse import SPOT, House, house_over

from desk.alike import Alike
from dialogs.roles import Role

NEXT_TO_IT, AWAY = (SPOT[0] + 0.0003, SPOT[1] + 0.0002), (SPOT[0] + 0.01, SPOT[1])


@pytest.fixture
async def house(desk) -> House:
    return await house_over(desk.home.database, desk.home.state)


async def test_the_same_place_is_found_once_it_is_opened(desk, house: House) -> None:
    case = await house.reported()
    near = await house.reported(point=NEXT_TO_IT)
    await house.reported(point=AWAY)
    await house.reported("parks", point=NEXT_TO_IT)
    alike = Alike(house.work.files, waits=0)
    assert await alike.to(await house.file(case), ()) is None, "not waited for"
    await alike.opened()
    found = await alike.to(await house.file(case), ())
    assert found is not None
    assert ([each.id for each in found.files], found.total) == ([near], 1)
    assert found.files[0].report is not None
    unseen = await alike.to(await house.file(case), {"Bauhof"})
    assert (unseen is not None and unseen.total) == 0
    await alike.close()


async def test_places_that_were_described_alike_are_the_same(house: House) -> None:
    case = await house.reported(point=None, place="Am Markt")
    other = await house.reported(point=None, place="am  markt")
    await house.reported(point=None, place="")
    alike = Alike(house.work.files, waits=10.0)
    found = await alike.to(await house.file(case), ())
    assert found is not None
    assert [each.id for each in found.files] == [other]
    await house.book.erase([other])
    found = await alike.to(await house.file(case), ())
    assert (found is not None and found.total) == 0, "an erased case is not told of"
    await alike.close()


async def test_a_page_that_does_not_wait_asks_again(desk, house: House) -> None:
    moderator = desk.as_role(Role.MODERATOR, name="mona")
    case = await house.reported()
    twin = await house.reported(point=NEXT_TO_IT)
    desk.home.alike._waits = 0.0
    page = await (await moderator.get(f"/cases/{case.hex()}")).text()
    assert f'hx-get="/cases/{case.hex()}/alike"' in page
    await desk.home.alike.opened()
    part = await (await moderator.get(f"/cases/{case.hex()}/alike")).text()
    assert twin.hex() in part
    assert "1 other open case" in part
