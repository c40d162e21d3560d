"""What must be masked, what must stay, and what holds for every text."""

from __future__ import annotations

import re
import subprocess
import sys

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from privacy.masking import Kind, mask
from privacy.masking.kinds import MASKS, WORDS, mask_for

GONE = [
    # identifiers
    ("Schreiben Sie an max.mustermann@example.de bitte.", "Schreiben Sie an [E-Mail] bitte."),
    ("Mail: jo (at) gmx punkt de", "Mail: [E-Mail]"),
    ("meine adresse im delta chat: x7f3kq@nine.testrun.org", "meine adresse im delta chat: [E-Mail]"),
    ("Rufen Sie an: 0171 / 123 45 67.", "Rufen Sie an: [Telefon]."),
    ("Unter 02632-98760 bin ich da.", "Unter [Telefon] bin ich da."),
    ("+90 532 123 45 67 geht auch", "[Telefon] geht auch"),
    ("Meine Nummer ist 12345678.", "Meine Nummer ist [Telefon]."),
    ("IBAN DE89 3704 0044 0532 0130 00 bitte", "IBAN [IBAN] bitte"),
    ("Mit Tippfehler: DE88370400440532013000", "Mit Tippfehler: [IBAN]"),
    ("Der Wagen MYK-AB 123 steht da.", "Der Wagen [Kennzeichen] steht da."),
    ("Kennzeichen: ko xy 45", "Kennzeichen: [Kennzeichen]"),
    ("Bilder: https://example.org/a?b=c.", "Bilder: [Link]."),
    ("Mehr auf www.example.de/haus", "Mehr auf [Link]"),
    ("Schreibt @frieda_99 oder @frieda:matrix.org", "Schreibt [Konto] oder [Konto]"),
    ("Karte 4111 1111 1111 1111 wurde belastet.", "Karte [Kartennummer] wurde belastet."),
    ("Steuer-ID 86095742719", "Steuer-ID [Nummer]"),
    ("Sozialversicherungsnummer 65 170839 J 003", "Sozialversicherungsnummer [Nummer]"),
    ("Kundennummer: 4711-0815", "Kundennummer: [Nummer]"),
    ("geboren am 12. März 1980 in Neuwied", "geboren am [Geburtsdatum] in Neuwied"),
    ("geb. 3.4.71", "geb. [Geburtsdatum]"),
    # homes
    ("Der Baum vor Rosenweg 12 ist morsch.", "Der Baum vor [Adresse] ist morsch."),
    ("Karl-Marx-Str. 12a, 56626 Andernach.", "[Adresse]."),
    ("Ich wohne in der Gartenstraße.", "Ich wohne in der [Adresse]."),
    ("wohne am alten markt 3", "wohne am [Adresse]"),
    # names
    ("Ich heiße Eva Koch und finde das gut.", "Ich heiße [Name] und finde das gut."),
    ("ich heiße eva koch und finde das gut", "ich heiße [Name] und finde das gut"),
    ("Frau Bäcker vom Bauamt war nett.", "Frau [Name] vom Bauamt war nett."),
    ("Mein Nachbar Hüseyin Yıldırım parkt dort.", "Mein Nachbar [Name] parkt dort."),
    ("Mit freundlichen Grüßen\nGisela Knöchelmann", "Mit freundlichen Grüßen\n[Name]"),
    ("Die Bank fehlt. LG Uwe", "Die Bank fehlt. LG [Name]"),
    ("Viele Grüße\nK. von der Tann", "Viele Grüße\n[Name]"),
    ("ICH HEISSE HANS MÜLLER UND DIE STRASSE IST KAPUTT", "ICH HEISSE [Name] UND DIE STRASSE IST KAPUTT"),
    ("Мене звати Оксана Шевченко, вулиця темна.", "Мене звати [Name], вулиця темна."),
]

HIDDEN = [
    "0171\u200b1234\u200d567",
    "\u202e0171 1234567\u202c",
    "0️⃣1️⃣7️⃣1️⃣ 1️⃣2️⃣3️⃣4️⃣5️⃣6️⃣7️⃣",
    "０１７１ １２３４５６７",
    "٠١٧١ ١٢٣٤٥٦٧",
    "ｍａｘ＠ｅｘａｍｐｌｅ．ｄｅ",
    "max@exam\u00adple.de",
    "max\u2060@example.de",
    "DE89\u20093704 0044\u200a0532 0130 00",
    "𝟬𝟭𝟳𝟭 𝟭𝟮𝟯𝟰𝟱𝟲𝟳",
    "Frau Mu\u0308\u200bller",
]

STAYS = [
    "350000 Euro für den Umbau",
    "Bebauungsplan Nr. 34 und B-Plan 12/3",
    "nach § 34 BauGB, Abs. 2",
    "PLZ 56626, Aktenzeichen 12/345-67",
    "Mo-Fr 8-12 Uhr, Sa 9-13 Uhr",
    "am 12.03.2024 um 10:30 Uhr",
    "DIN EN 1176 und ISO 9001",
    "Die B 256 und die L 117 sind gesperrt.",
    "Haltestelle Rosenweg",
    "Radweg 7, Spielplatz 3, Parkplatz 12",
    "Rosenweg 12 Uhr gesperrt",
    "Tempo 30 statt 50",
    "Zimmer 12, Linie 350",
    "Flurstück 112/4",
    "Der Haushalt 2025 hat 1.250.000 Euro Defizit.",
    "Grundstück mit 1.200 m² und 0,4 GRZ",
    "Sehr geehrte Damen und Herren",
    "Herr Bürgermeister, bitte handeln!",
    "Ich bin müde und ich bin 45.",
    "Vielen Dank und freundliche Grüße",
    "Warum ist die Turnhalle zu?",
    "wann kommt endlich der neue spielplatz?",
    "Danke Stadtverwaltung!",
    "The playground behind the school is broken.",
]

EVERYDAY = st.text(
    st.one_of(
        st.sampled_from("aeinrstAMDK ,.:;-/@+0123456789\n[]()'ßüñıé"),
        st.sampled_from("\u200b\u200d\u202e\u00ad\u0308\ufe0f\u20e3️👍🏽Жم١ﷺ𝐊ﬁ"),
        st.characters(),
    ),
    max_size=60,
)
BAITS = st.sampled_from(
    [text for text, _ in GONE] + HIDDEN + STAYS + ["[Name]", "[name] ", "[Adresse", "Herr ", "Tel. "]
)
TEXTS = st.lists(st.one_of(EVERYDAY, BAITS), max_size=6).map(" ".join)


@pytest.mark.parametrize(("text", "masked"), GONE)
def test_personal_data_is_masked_and_the_rest_is_left(text: str, masked: str) -> None:
    assert mask(text).text == masked


@pytest.mark.parametrize("trick", HIDDEN)
def test_tricks_that_the_eye_does_not_see_hide_nothing(trick: str) -> None:
    masked = mask(f"Melden bei {trick} bitte").text
    assert MASKS.search(masked)
    assert re.fullmatch(r"Melden bei (Frau )?[\u202e]?\[[\w-]+\][\u202c]? bitte", masked)


@pytest.mark.parametrize("text", STAYS)
def test_municipal_words_and_numbers_stay(text: str) -> None:
    assert mask(text).text == text
    assert mask(text, keep_places=True).text == text


def test_a_report_of_a_defect_keeps_its_place_but_no_home() -> None:
    text = "Schlagloch vor Rosenweg 12 (50.43921, 7.40162). Ich wohne in der Gartenstraße 3."
    assert mask(text, keep_places=True).text == (
        "Schlagloch vor Rosenweg 12 (50.43921, 7.40162). Ich wohne in der [Adresse]."
    )
    assert mask(text).text == "Schlagloch vor [Adresse] ([Adresse]). Ich wohne in der [Adresse]."


def test_a_town_is_no_person_where_places_stay() -> None:
    assert mask("Zwischen Andernach und Koblenz fehlt ein Radweg.", keep_places=True).spans == ()


def test_masks_speak_the_language_of_the_reader() -> None:
    text = "My name is Sarah Whitfield, sarah@example.co.uk, 12 Rose Lane, London SW1A 1AA."
    assert mask(text, "en").text == "My name is [name], [email], [address]."
    assert mask("Ich heiße Eva Koch.", "de-simple").text == "Ich heiße [Name]."
    assert {language: len(words) for language, words in WORDS.items()} == dict.fromkeys(WORDS, len(Kind))


def test_a_language_without_words_of_its_own_is_masked_in_german() -> None:
    assert mask("Benim adım Ayşe, ayse@example.com", "tr").text.endswith("[E-Mail]")


def test_a_number_told_once_is_masked_everywhere() -> None:
    text = "Meine Nummer ist 12345678. Nochmal: 12345678."
    assert mask(text).text == "Meine Nummer ist [Telefon]. Nochmal: [Telefon]."


def test_a_span_says_where_it_was() -> None:
    text = "Frau Koch: 0171\u200b1234567"
    spans = mask(text).spans
    assert [(span.kind, text[span.start : span.end]) for span in spans] == [
        (Kind.NAME, "Koch"),
        (Kind.PHONE, "0171\u200b1234567"),
    ]


def test_names_of_another_finder_are_added() -> None:
    def finder(text: str) -> list[tuple[int, int]]:
        at = text.find("die große Blonde")
        return [(at, at + 16)] if at >= 0 else []

    found = mask("Gestern kam die große Blonde.", more_names=finder)
    assert found.text == "Gestern kam [Name]."


def test_a_finder_that_points_outside_is_not_believed() -> None:
    assert mask("Alles gut hier.", more_names=lambda text: [(-3, 2), (5, 99), (4, 4)]).text == "Alles gut hier."


@settings(max_examples=150)
@given(TEXTS, st.sampled_from(["de", "en"]), st.booleans())
@example("Peter [Name] Peter", "de", False)
@example("Tel. 12345 12345 12345", "de", False)
def test_every_text_can_be_masked_and_its_spans_are_right(text: str, language: str, keep_places: bool) -> None:
    masked = mask(text, language, keep_places)
    rebuilt, at = "", 0
    for span in masked.spans:
        assert at <= span.start < span.end <= len(text)
        rebuilt += text[at : span.start] + mask_for(span.kind, language)
        at = span.end
    assert rebuilt + text[at:] == masked.text


@settings(max_examples=150)
@given(TEXTS, st.sampled_from(["de", "en"]), st.booleans())
@example("VIEL:GRÜßE\rA.VON!DER", "en", False)
def test_masking_twice_is_masking_once(text: str, language: str, keep_places: bool) -> None:
    once = mask(text, language, keep_places).text
    again = mask(once, language, keep_places)
    assert again.text == once
    assert again.spans == ()


@settings(max_examples=100)
@given(TEXTS)
def test_nothing_told_by_its_form_is_left_beside_its_mask(text: str) -> None:
    masked = mask(text)
    rest = MASKS.sub(" \u241f ", masked.text)
    for span in masked.spans:
        original = text[span.start : span.end]
        if span.kind is not Kind.NAME and len(original) >= 4:
            assert not re.search(rf"(?<!\w){re.escape(original)}(?!\w)", rest)


LONGEST = 20_000  # characters, several times what a citizen may write


@pytest.mark.timeout(30)  # seconds; work that explodes with the length would hang
@pytest.mark.parametrize(
    "piece",
    [
        "1",
        "a.",
        "a@",
        "A-",
        "+49",
        "0 ",
        "Str. ",
        "Am ",
        "DE89 ",
        "von ",
        "Herr ",
        "Herr A. ",
        "[Name",
        "[Name] ",
        "x" * 400,
        "é\u0308",
        "\u200b",
        "👍",
        "Donaudampfschifffahrtsgesellschaftskapitän",
        "Tel. 12345 ",
        "Eva ",
        "Xaver Quorx ",
        "geb. ",
    ],
)
def test_no_text_makes_it_hang(piece: str) -> None:
    mask((piece * (LONGEST // len(piece) + 1))[:LONGEST])


def test_importing_it_reads_no_list_and_no_model() -> None:
    code = (
        "import sys\nfrom privacy.masking import lexicon, mask, morphology\n"
        "assert not lexicon.first_names.cache_info().currsize + morphology.model_of.cache_info().currsize\n"
        "assert 'HanTa' not in sys.modules and 'numpy' not in sys.modules and 'spacy' not in sys.modules\n"
        "mask('Ich heiße Eva')\nassert 'HanTa' not in sys.modules and 'numpy' not in sys.modules\n"
    )
    subprocess.run([sys.executable, "-c", code], check=True, timeout=60)
