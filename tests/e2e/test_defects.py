"""A defect of ours: the citizen reads a code and nothing that a machine calls it, the log has the same code, and what
was answered so far is still there.
"""

from __future__ import annotations

import re
from pathlib import Path

from e2e.child import Fatal, stumble
from e2e.talking import benches, is_complete, talkers
from e2e.town import running_town
from structlog.testing import capture_logs


async def test_the_citizen_gets_a_code_that_stands_in_the_log_and_can_go_on(tmp_path: Path, valkey_url: str) -> None:
    async with running_town(tmp_path, valkey_url) as town:
        await town.publish(benches(tmp_path), "baenke")
        (talker,) = talkers(town.telegram, 1)
        await talker.begins()
        await talker.citizen.presses("Ja", talker.last)
        await talker.hears("Wie viele fehlen?")
        turns = town.app.turns
        turns._interpreter = Fatal(turns._interpreter, "ask", "before", 1, stumble)
        with capture_logs() as logged:
            await talker.citizen.says("meine daten")
            told = await talker.hears("Bei uns ist etwas schiefgegangen")
        (failed,) = [line for line in logged if line["event"] == "turn_failed"]
        code = re.search(r"diesen Code: (\S+)$", told.text)
        assert code is not None
        assert code[1] == failed["code"]
        for unspeakable in ("Error", "Traceback", "quotes", "Person", "telegram"):
            assert unspeakable not in told.text
        await talker.citizen.says(str(talker.number))
        await talker.hears("Was noch?")
        await talker.citizen.says(talker.words)
        await talker.sends()
        assert is_complete(await town.stored("baenke"), [talker])
