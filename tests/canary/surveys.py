"""The town's three surveys: one of every kind of question, a strict one, and a short one to link people by."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from canary.people import Person
from e2e.town import publish_form
from e2e.walking import Answer, Photo, Placed, Voice, Walker, Written

from bot.config import Config
from dialogs.forms.instance import Question
from dialogs.forms.model import Form, compile_form
from dialogs.forms.questions import QuestionType
from dialogs.forms.xlsform import to_xform
from dialogs.world import Mode

PLACE = """
| survey | | | | | | |
| | type | name | label | required | relevant | parameters |
| | note | anfang | Danke, dass Sie sich Zeit nehmen. | | | |
| | select_multiple tun | was | Was tun Sie auf dem Platz? | yes | | |
| | rank tun | rang | Was ist am wichtigsten? | yes | | |
| | decimal | weg | Wie viele Kilometer ist Ihr Weg? | no | | |
| | range | zensur | Welche Note geben Sie? | yes | | start=1 end=6 step=1 |
| | date | tag | Wann waren Sie zuletzt dort? | no | | |
| | time | zeit | Um wie viel Uhr? | no | | |
| | dateTime | beides | Wann kommen Sie wieder? | no | | |
| | text | wort | Was schlagen Sie vor? | yes | | |
| | begin_repeat | idee | Ideen | | | |
| | text | einfall | Noch ein Einfall? | no | | |
| | end_repeat | | | | | |
| | image | bild | Haben Sie ein Foto? | no | | |
| | audio | ton | Sagen Sie etwas dazu? | no | | |
| | geopoint | stelle | Wo ist die Stelle? | no | | |
| | calculate | laenge | | | | |
| | acknowledge | gelesen | Die Ergebnisse stehen im Mai aus. | yes | | |
| choices | | | |
| | list_name | name | label |
| | tun | sitzen | Sitzen |
| | tun | spielen | Spielen |
| | tun | gehen | Gehen |
| settings | | | |
| | form_title | form_id | default_language |
| | Der neue Platz | platz | de |
""".replace("| | calculate | laenge | | | | |\n", "")

STRICT = """
| survey | | | | |
| | type | name | label | required |
| | text | wort | Was soll niemand wissen? | yes |
| settings | | | |
| | form_title | form_id | default_language |
| | Streng | streng | de |
"""

SHORT = """
| survey | | | | |
| | type | name | label | required |
| | select_one ja | bank | Fehlt eine Bank? | yes |
| | text | wort | Was noch? | yes |
| choices | | | |
| | list_name | name | label |
| | ja | ja | Ja |
| | ja | nein | Nein |
| settings | | | |
| | form_title | form_id | default_language |
| | Bänke | baenke | de |
"""


class Answering(Walker):
    """Answers with one person's canaries."""

    person: Person

    def _candidates(self, question: Question) -> Iterator[tuple[str, Answer]]:
        match question.type:
            case QuestionType.TEXT:
                yield self.person.words, Written(self.person.words)
            case QuestionType.GEOPOINT:
                latitude, longitude = self.person.place
                yield f"{latitude} {longitude} 0 0", Placed(latitude, longitude)
            case QuestionType.IMAGE:
                yield "x.jpg", Photo(self.person.photo())
            case QuestionType.AUDIO:
                yield "x.ogg", Voice(self.person.voice())
            case _:
                yield from super()._candidates(question)


async def published(config: Config, folder: Path) -> dict[str, Form]:
    forms: dict[str, Form] = {}
    for code, source in (("platz", PLACE), ("baenke", SHORT), ("streng", STRICT)):
        path = folder / f"{code}.md"
        path.write_text(source, "utf-8")
        mode = Mode.STRICT if code == "streng" else None
        await publish_form(config, path, code, purpose="Damit der Platz schöner wird.", owner="Amt", mode=mode)
        compiled = to_xform(path.name, source.encode())
        forms[code] = compile_form(compiled.xform, compiled.attachments)
    return forms
