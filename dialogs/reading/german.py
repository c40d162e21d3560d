"""German words for answers. Data only; what the fields mean is in `vocabulary.py`."""

from __future__ import annotations

from decimal import Decimal

from dialogs.reading.vocabulary import Daylight, Unit, Vocabulary, phrases, table

_ONES = "ein|eins|eine|einen|einer|einem", "zwei|zwo", "drei", "vier", "fünf", "sechs", "sieben", "acht", "neun"
_TEENS = (
    "zehn", "elf", "zwölf", "dreizehn", "vierzehn", "fünfzehn", "sechzehn", "siebzehn", "achtzehn", "neunzehn",
)  # fmt: skip
_TENS = "zwanzig", "dreißig", "vierzig", "fünfzig", "sechzig", "siebzig", "achtzig", "neunzig"
_ORDINALS = (
    "erst", "zweit", "dritt", "viert", "fünft", "sechst", "siebt|siebent", "acht", "neunt", "zehnt", "elft",
    "zwölft", "dreizehnt", "vierzehnt", "fünfzehnt", "sechzehnt", "siebzehnt", "achtzehnt", "neunzehnt",
    "zwanzigst", "einundzwanzigst", "zweiundzwanzigst", "dreiundzwanzigst", "vierundzwanzigst",
    "fünfundzwanzigst", "sechsundzwanzigst", "siebenundzwanzigst", "achtundzwanzigst", "neunundzwanzigst",
    "dreißigst", "einunddreißigst",
)  # fmt: skip
_MINUTE, _HOUR, _DAY = Decimal(60), Decimal(3600), Decimal(86_400)

WORDS = Vocabulary(
    numerals={
        **table({"und": ("A", 0), "hundert": ("H", 100), "tausend|tsd": ("K", 1000)}),
        **table({"million|millionen|mio": ("M", 1_000_000)}),
        **table({word: ("U", value) for value, word in enumerate(_ONES, 1)}),
        **table({word: ("T", value) for value, word in enumerate(_TEENS, 10)}),
        **table({word: ("Z", value * 10) for value, word in enumerate(_TENS, 2)}),
    },
    ordinals=table(
        {
            f"{stem}{ending}": value
            for value, stems in enumerate(_ORDINALS, 1)
            for stem in stems.split("|")
            for ending in ("e", "er", "en", "es", "em")
        }
    ),
    fractions=table(
        {
            "halb|ein halb|halbe|eine halbe|einhalb|ein halber|ein halbes": Decimal("0.5"),
            "halben|einen halben|einem halben|einer halben": Decimal("0.5"),
            "anderthalb|eineinhalb|einundeinhalb": Decimal("1.5"),
            "viertel|ein viertel|eine viertel": Decimal("0.25"),
            "dreiviertel|drei viertel": Decimal("0.75"),
            "dutzend|ein dutzend": Decimal(12),
            "einmal": Decimal(1),
        }
    ),
    and_a_half=tuple(map(str, ("einhalb", "undeinhalb", " einhalb", " und ein halb", " ein halb"))),
    nothing=phrases(
        "null|keine|keiner|keins|keines|keinen|kein einziger|kein einziges|keine einzige|nichts|gar keine",
        "gar keinen|gar keiner|gar nicht|gar nichts|überhaupt nicht|überhaupt keine|nie|niemals|kein mal",
        "keinmal|noch nie|niemand|überhaupt nichts",
    ),
    nothing_of=phrases("null|kein|keine|keinen|keinerlei|gar keine|gar keinen"),
    articles=phrases("ein|eine|einen|einer|einem"),
    times_ending="mal",
    minus=phrases("minus"),
    hedges=phrases(
        "ca|circa|zirka|etwa|ungefähr|rund|so|um|die|den|der|das|so um|genau|exakt|nur|bloß|gerade|gerade mal",
        "fast|knapp|gut|so ziemlich|vielleicht|wohl|schätzungsweise|geschätzt|also|ich|bin|wir|sind|waren|war",
        "habe|haben|hab|es|ist|hatte|hatten|glaube|denke|meine|seit|schon|insgesamt|zu|zusammen|jetzt|oder so",
        "alt|lang|na|ja|äh|bestimmt|sicher|in etwa|pi mal daumen|grob|im schnitt|durchschnittlich|meist",
        "meistens|brauche|gewartet|an|bei|leben|wohnen|pro|im|am|je|dort|hier|nummer|bitte|sagen|sage|mal so",
    ),
    unlike=phrases(
        "mehr|weniger|über|unter|mindestens|höchstens|maximal|minimal|bis|zwischen|nicht|kein|keine|keinen",
        "oder|weder|plus|minus|als|ab|unterschiedlich|außer|ohne|nie|paar|mal bis|und|hälfte|von",
    ),
    counting=phrases("viele|viel|wieviele|wieviel|in"),
    units=table(
        {
            "sekunde|sekunden|sek|s": Unit("time"),
            "minute|minuten|min|mins|minütchen": Unit("time", _MINUTE),
            "viertelstunde|viertelstunden": Unit("time", 15 * _MINUTE),
            "dreiviertelstunde": Unit("time", 45 * _MINUTE),
            "stunde|stunden|std|h": Unit("time", _HOUR),
            "tag|tage|tagen": Unit("time", _DAY),
            "woche|wochen": Unit("time", 7 * _DAY),
            "monat|monate|monaten": Unit("month"),
            "jahr|jahre|jahren|jährig": Unit("month", Decimal(12)),
            "m|meter|metern": Unit("length"),
            "km|kilometer|kilometern": Unit("length", Decimal(1000)),
            "cent|cents|ct": Unit("money"),
            "euro|euros|eur|€": Unit("money", Decimal(100)),
            "g|gramm": Unit("mass"),
            "kg|kilo|kilogramm": Unit("mass", Decimal(1000)),
            "prozent|%": Unit("share"),
            "mal|x|male": Unit("times"),
            "grad|°": Unit("degrees"),
            "qm|quadratmeter|m2": Unit("area"),
            "personen|person|leute|menschen|kinder|kind|stück|stk|punkte|punkt|sterne": Unit("count"),
            "fahrten|fahrt|erwachsene|erwachsener|haustiere|autos|räder|fahrräder": Unit("count"),
        }
    ),
    yes=phrases(
        "ja|jo|jup|jep|jepp|yep|yo|jawohl|jaja|ja ja|jaa|jaaa|ja klar|klar|na klar|aber klar|logisch|logo",
        "natürlich|ja natürlich|selbstverständlich|genau|stimmt|richtig|sicher|aber sicher|gern|gerne|ja gern",
        "ja gerne|sehr gern|sehr gerne|auf jeden fall|unbedingt|ja bitte|bitte ja|freilich|passt|jau|joa|jop",
        "ja schon|ja auf jeden fall|j|ok|okay|ja genau|ja sicher|ja doch|doch|ja sehr gern|ja sehr gerne",
        "ja stimmt|ja danke",
    ),
    no=phrases(
        "nein|nö|nee|ne|nope|nein danke|nicht|nein nein|nööö|nöö|nah|auf keinen fall|keinesfalls|keineswegs",
        "gar nicht|nie|niemals|eher nicht|leider nein|leider nicht|nein leider nicht|nein gar nicht",
        "nicht wirklich|noch nie|noch nicht|nein noch nie|nein noch nicht|überhaupt nicht|n|bitte nicht",
        "nein bitte nicht|nein niemals|nein nie|nein leider|ach nein",
    ),
    undecided=phrases(
        "jein|naja|na ja|vielleicht|teils teils|mal so mal so|kommt drauf an|sowohl als auch|so lala|halb halb"
    ),
    unknown=phrases(
        "weiß nicht|weiß ich nicht|ich weiß nicht|ich weiß es nicht|weiß es nicht|keine ahnung|kein plan",
        "keine idee|unbekannt|weiß nich|nicht bekannt|kann ich nicht sagen|kann ich nicht beurteilen",
        "keine meinung|unsicher|bin unsicher|bin mir nicht sicher|ich bin mir nicht sicher|nicht sicher",
        "weiß ich nich|ka|wn|keinen schimmer",
    ),
    unsaid=phrases(
        "keine angabe|keine angaben|ka|k a|möchte ich nicht sagen|will ich nicht sagen|sage ich nicht",
        "keine antwort|möchte ich nicht beantworten|möchte nicht antworten|lieber nicht|ohne angabe",
        "geht sie nichts an|verweigert",
    ),
    acknowledged=phrases(
        "gelesen|weiter|verstanden|alles klar|klar|ok|okay|gut|habe ich gelesen|hab ich gelesen|einverstanden",
        "passt|los|fertig|gesehen|bestätigt|bestätige|ich bestätige|ich stimme zu|stimme zu|zugestimmt|danke",
    ),
    everything=phrases(
        "alle|alles|alle davon|alle zusammen|alles davon|sämtliche|alle genannten|beide|beides|alle drei",
        "alle vier|alle fünf",
    ),
    none_of_them=phrases(
        "keine|keiner|keins|keines|keinen|nichts|nichts davon|keine davon|keins davon|keiner davon",
        "keines davon|gar nichts|nichts von alledem|nichts von allem|gar keine|trifft nicht zu|kein",
        "weder noch|keines der genannten|keine der genannten|nichts dergleichen|nein|nirgends|nirgendwo",
    ),
    nowhere=phrases(
        "kein ort|keinen ort|keine ortsangabe|keine adresse|kein bestimmter ort|ohne ort|nirgends|nirgendwo",
        "hat keinen ort|ohne ortsangabe|nicht nötig|unwichtig",
    ),
    except_for=phrases("außer|bis auf|ohne|nur nicht|aber nicht|ausgenommen|mit ausnahme von"),
    fillers=phrases(
        "ich|wir|nehme|nehm|nehmen|nimm|wähle|wählen|möchte|will|würde|hätte|gern|gerne|bitte|die|der|das|den",
        "dem|des|ein|eine|einen|einer|einem|mit|mein|meine|meinen|meiner|meist|meistens|am|an|in|im|zu|zum",
        "zur|auf|für|bei|vom|von|nummer|nr|no|option|antwort|möglichkeit|punkt|auch|noch|eher|wohl|vielleicht",
        "fahre|fahr|bin|ist|es|mal|also|dann|ganz|klar|glaube|denke|so|doch|hier|da|und|immer|oft|danke",
        "natürlich|halt|eben|nur|wäre|mir|mich|passt|trifft",
    ),
    negations=phrases(
        "nicht|kein|keine|keinen|keiner|keinem|keins|nie|niemals|ohne|außer|weder|nein|nö|nee|kaum|ungern",
        "statt|anstatt|nich|nix",
    ),
    joiners=phrases("und|sowie|und auch|oder|plus|u|auch|außerdem|dazu|sowohl|als auch"),
    up_to=phrases("bis"),
    order_first=phrases(
        "zuerst|erst|erstens|als erstes|an erster stelle|platz 1|am wichtigsten|am liebsten|vorne",
    ),
    order_then=phrases(
        "dann|danach|und dann|anschließend|gefolgt von|zweitens|drittens|viertens|als nächstes|vor|und danach",
    ),
    order_last=phrases(
        "zuletzt|zum schluss|am schluss|am ende|als letztes|schließlich|und zuletzt|und zum schluss",
    ),
    days=table(
        {
            "heute|heut|heute morgen|heute früh|heute mittag|heute nachmittag|heute abend|heute nacht": 0,
            "morgen|morgen früh|morgen mittag|morgen nachmittag|morgen abend": 1,
            "übermorgen": 2,
            "gestern|gestern früh|gestern morgen|gestern mittag|gestern nachmittag|gestern abend|gestern nacht": -1,
            "vorgestern|vorgestern früh|vorgestern mittag|vorgestern abend|vorgestern nacht": -2,
        }
    ),
    spans=table(
        {
            "tag|tage|tagen": ("day", 1),
            "woche|wochen": ("day", 7),
            "monat|monate|monaten": ("month", 1),
            "jahr|jahre|jahren": ("month", 12),
        }
    ),
    ago_before=phrases("vor"),
    ahead_before=phrases("in"),
    ahead_after=phrases("später"),
    last=phrases(
        "letzten|letzter|letzte|letztes|letztem|vorigen|vorige|voriges|vergangenen|vergangene|vergangenes",
    ),
    following=phrases(
        "nächsten|nächster|nächste|nächstes|nächstem|kommenden|kommende|kommender|kommendes",
    ),
    present=phrases("dieser|diesen|dieses|diesem|diese"),
    months=table({"jänner": 1, "feber": 2, "maerz": 3, "juno": 6, "julei": 7, "sept": 9}),
    weekdays=table({"sonnabend": 5}),
    date_fillers=phrases(
        "am|den|der|dem|die|das|vom|ab|seit|es|war|ist|wird|sein|ich|glaube|denke|so|im|etwa|ca|also|bitte",
    ),
    oclock=phrases("uhr|h"),
    half_to=phrases("halb"),
    towards=table({"viertel": -45, "dreiviertel|drei viertel": -15}),
    past=phrases("nach"),
    before=phrases("vor"),
    quarter=phrases("viertel"),
    clock_names=table(
        {"mittag|mittags|zu mittag|12 uhr mittags|zwölf uhr mittags": 720, "mitternacht|um mitternacht|24 uhr": 0}
    ),
    daylight=table(
        {
            "morgens|am morgen|früh|in der früh|vormittags|vormittag|am vormittag|morgen früh|frühmorgens": Daylight(0),
            "mittags|am mittag|mittag": Daylight(10),
            "nachmittags|nachmittag|am nachmittag": Daylight(12),
            "abends|am abend|abend|heute abend": Daylight(15),
            "nachts|in der nacht|nacht": Daylight(20),
        }
    ),
    now=phrases("jetzt|gerade|gerade eben|soeben|eben|jetzt gerade"),
    time_fillers=phrases(
        "um|gegen|so|etwa|ca|ungefähr|circa|genau|ab|es|war|so um|punkt|pünktlich|kurz|am|glaube|ich|denke",
    ),
    minutes=phrases("minuten|minute|min"),
)
