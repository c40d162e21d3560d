"""Sentences made for measuring: templates filled with values that nobody has. The same ones each time.

Values come from Faker (German, Turkish, Polish, British), from the numbering plans of libphonenumber and from the
forms people use (blanks, hyphens, spelt-out signs). Check digits are right where a kind has some.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final

import phonenumbers
from faker import Faker
from phonenumbers import PhoneNumberFormat

from benchmarks.masking_texts import PEOPLE, WITH_IDENTIFIERS, WITH_PEOPLE
from privacy.masking.identifiers import is_tax_id, passes_iban_check
from privacy.masking.kinds import words_of
from privacy.masking.lexicon import first_names, surnames

LOCALES: Final = ("de_DE", "tr_TR", "pl_PL", "en_GB")
_DISTRICTS: Final = sorted(words_of("B K M F HH KO MYK AW NR MZ WIL COC EMS RÜD TÜ FÜS SÜW LDK DÜW HD"))
_MONTHS: Final = (
    "Januar", "Februar", "März", "April", "Mai", "Juni", "Juli", "August", "September", "Oktober", "November",
    "Dezember",
)  # fmt: skip
OF_EACH: Final = 200
SEED: Final = 20251123


@dataclass(frozen=True, slots=True)
class Made:
    """A sentence; `text[start:end]` is what has to go."""

    text: str
    start: int
    end: int
    language: str = "de"


def made_identifiers(count: int = OF_EACH) -> dict[str, list[Made]]:
    """Sentences with identifiers, by kind, `count` of each."""
    return {kind: [*_filled(kind, count, maker)] for kind, maker in _MAKERS.items()}


def made_people() -> dict[str, list[Made]]:
    """Sentences with names from no list, and with any; as written and in small letters."""
    rng = random.Random(SEED)
    every = [_fill(template, name) for name in PEOPLE for template in WITH_PEOPLE]
    unlisted = [
        made
        for made in every
        if not any(
            word in first_names() or word in surnames() for word in made.text[made.start : made.end].lower().split()
        )
    ]
    rng.shuffle(every)
    small = [Made(one.text.lower(), one.start, one.end) for one in every]
    return {"people": every, "people from no list": unlisted, "people, small letters": small}


def _fill(template: str, value: str) -> Made:
    start = template.index("{}")
    return Made(template.replace("{}", value, 1), start, start + len(value))


def _filled(kind: str, count: int, maker: Callable[[random.Random, list[Faker]], str]) -> Iterator[Made]:
    rng = random.Random(f"{SEED} {kind}")
    fakers = [Faker(locale) for locale in LOCALES]
    for at, faker in enumerate(fakers):
        faker.seed_instance(SEED + at)
    templates = WITH_IDENTIFIERS[kind]
    for at in range(count):
        yield _fill(templates[at % len(templates)], maker(rng, fakers))


def _email(rng: random.Random, fakers: list[Faker]) -> str:
    address: str = rng.choice(fakers).email()
    name, host = address.split("@")
    at = rng.choice(["@"] * 6 + [" (at) ", "(at)", " at ", "[at]"])
    dot = rng.choice([".", " punkt ", "(dot)", " dot "]) if at != "@" else "."
    if at == " at ":
        dot = rng.choice([" punkt ", " dot ", "."])
    ending = host.rsplit(".", 1)[1]
    return f"{name}{at}{host.removesuffix('.' + ending)}{dot}{ending}" if len(ending) < 4 else address


def _phone(rng: random.Random, _: list[Faker]) -> str:
    while True:
        region = rng.choice(["DE"] * 8 + ["TR", "PL", "GB", "AT"])
        kind = rng.choice([phonenumbers.PhoneNumberType.MOBILE, phonenumbers.PhoneNumberType.FIXED_LINE])
        sample = phonenumbers.example_number_for_type(region, kind)
        assert sample is not None
        digits = str(sample.national_number)
        kept = rng.randint(3, 4)
        sample.national_number = int(digits[:kept] + "".join(rng.choice("0123456789") for _ in digits[kept:]))
        if not phonenumbers.is_valid_number(sample):
            continue
        if region != "DE" or rng.random() < 0.3:
            form = rng.choice([PhoneNumberFormat.INTERNATIONAL, PhoneNumberFormat.E164])
            return phonenumbers.format_number(sample, form)
        plain = "0" + str(sample.national_number)
        cut = rng.choice([4, 5])
        area, rest = plain[:cut], plain[cut:]
        pairs = " ".join(rest[at : at + 2] for at in range(0, len(rest), 2))
        return rng.choice(
            [
                plain,
                f"{area}/{rest}",
                f"{area} {rest}",
                f"{area}-{rest}",
                f"({area}) {rest}",
                f"{area} / {pairs}",
                f"{area} {pairs}",
            ]
        )


def _announced_phone(rng: random.Random, fakers: list[Faker]) -> str:
    while True:
        number: str = fakers[0].phone_number()
        try:
            possible = phonenumbers.is_possible_number(phonenumbers.parse(number, "DE"))
        except phonenumbers.NumberParseException:
            continue
        if possible:
            return number


def _iban(rng: random.Random, fakers: list[Faker]) -> str:
    iban: str = rng.choice([faker for faker in fakers if passes_iban_check(faker.iban())]).iban()
    grouped = " ".join(iban[at : at + 4] for at in range(0, len(iban), 4))
    return rng.choice([iban, grouped, grouped, iban.lower()])


def _plate(rng: random.Random, _: list[Faker]) -> str:
    district = rng.choice(_DISTRICTS)
    letters = "".join(rng.choice("ABCDEFGHJKLMNPRSTUVWXYZ") for _ in range(rng.randint(1, 2)))
    number = rng.randint(1, 9999 if len(district) + len(letters) < 5 else 999)
    return rng.choice(
        [f"{district}-{letters} {number}", f"{district} {letters} {number}", f"{district}-{letters}{number}"]
    )


def _link(rng: random.Random, fakers: list[Faker]) -> str:
    faker = rng.choice(fakers)
    url: str = faker.url()
    host = url.split("/")[2]
    return rng.choice(
        [url, f"{url}{faker.uri_path()}?id={rng.randint(1, 999)}", host if host.startswith("www.") else f"www.{host}"]
    )


def _account(rng: random.Random, fakers: list[Faker]) -> str:
    name: str = rng.choice(fakers).user_name()
    host: str = rng.choice(fakers).domain_name()
    return rng.choice([f"@{name}", f"@{name}:{host}", f"@{name}:matrix.org", f"@{name}@{host}"])


def _address(rng: random.Random, fakers: list[Faker]) -> str:
    german = fakers[0]
    street = rng.choice(
        ["Rosenweg", "Koblenzer Straße", "Hauptstr.", "Karl-Marx-Straße", "Lange Gasse", "Gartenstraße",
         "Am Stadtgraben", "An der Alten Burg", "Ludwig-van-Beethoven-Ring", german.street_name(), german.street_name()]
    )  # fmt: skip
    if not street.lower().endswith(("straße", "str.", "weg", "gasse", "ring", "allee", "platz", "graben", "burg")):
        street = "Schillerstraße"  # Faker also makes streets by putting names together that no street has
    number = f"{rng.randint(1, 200)}{rng.choice(['', '', '', 'a', ' b'])}"
    town = rng.choice(["", "", f", {german.postcode()} Andernach", f" {german.postcode()} Neuwied"])
    return f"{street} {number}{town}"


def _card(rng: random.Random, fakers: list[Faker]) -> str:
    number: str = fakers[0].credit_card_number(card_type=rng.choice(["visa16", "mastercard"]))
    return rng.choice([number, " ".join(number[at : at + 4] for at in range(0, 16, 4))])


def _tax_id(rng: random.Random, _: list[Faker]) -> str:
    while True:
        number = "".join(rng.choice("0123456789") for _ in range(11))
        if is_tax_id(number):
            return rng.choice([number, f"{number[:2]} {number[2:5]} {number[5:8]} {number[8:]}"])


def _insurance(rng: random.Random, _: list[Faker]) -> str:
    born = f"{rng.randint(1, 28):02}{rng.randint(1, 12):02}{rng.randint(0, 99):02}"
    parts = f"{rng.randint(10, 89)}", born, rng.choice("ABCDEFGHKLMNPRSTW"), f"{rng.randint(0, 999):03}"
    return rng.choice(["", " "]).join(parts)


def _birth_date(rng: random.Random, _: list[Faker]) -> str:
    day, month, year = rng.randint(1, 28), rng.randint(1, 12), rng.randint(1930, 2010)
    name = _MONTHS[month - 1]
    return rng.choice(
        [
            f"{day}.{month}.{year}",
            f"{day:02}.{month:02}.{year % 100:02}",
            f"{day}. {name} {year}",
            f"{year}-{month:02}-{day:02}",
        ]
    )


_MAKERS: Final[dict[str, Callable[[random.Random, list[Faker]], str]]] = {
    "email": _email,
    "phone": _phone,
    "announced phone": _announced_phone,
    "iban": _iban,
    "plate": _plate,
    "link": _link,
    "account": _account,
    "address": _address,
    "card": _card,
    "tax id": _tax_id,
    "insurance": _insurance,
    "birth date": _birth_date,
}
