"""What can be told by its form: e-mail, links, accounts, IBAN, cards, numbers of persons, dates of birth.

Numbers are checked by their check digits where they have some, so that plan and file numbers stay. All patterns are
bounded in what they repeat: none can be made to run long.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from privacy.masking.kinds import Kind
from privacy.masking.phones import phones
from privacy.masking.plates import plates

Found = tuple[int, int, Kind]

_TOP_LEVEL: Final = (
    "de|com|org|net|eu|info|biz|at|ch|li|lu|nl|be|fr|it|es|pl|cz|tr|ru|ua|ro|hr|uk|us|io|me|app|dev|chat|cloud|online|"
    "shop|blog|koeln|cologne|berlin|hamburg|bayern|ruhr|nrw|saarland|social|email|xyz|site|gov|edu|int"
)
_EMAIL: Final = re.compile(
    r"(?<![\w.+%-])(?:xmpp:|mailto:)?[\w.+%!#$&'*/=?^{|}~-]{1,64}@(?:[^\W_][\w-]{0,62}\.){1,8}[^\W\d_]{2,24}(?!\w)",
    re.IGNORECASE,
)
_AT: Final = r"\s?(?:[\[({<]\s?(?:at|ät|a|@)\s?[\])}>]|\sät\s|\sat\s|@)\s?"
_DOT: Final = r"\s?(?:[\[({<]\s?(?:dot|punkt|\.)\s?[\])}>]|\s(?:dot|punkt)\s|\.)\s?"
_SPELT_EMAIL: Final = re.compile(
    rf"(?<![\w.+%-])[\w+%-]{{1,40}}(?:{_DOT}[\w+%-]{{1,40}}){{0,3}}{_AT}[\w-]{{1,40}}(?:{_DOT}[\w-]{{1,40}}){{0,2}}"
    rf"{_DOT}(?:{_TOP_LEVEL})(?!\w)",
    re.IGNORECASE,
)
_LINK: Final = re.compile(
    rf"(?<![\w@.-])(?:(?:https?|ftp|xmpp|matrix|tg|sgnl)://?[^\s<>\"]{{1,2000}}|www\.[^\s<>\"]{{1,2000}}|"
    rf"(?:[^\W_][\w-]{{0,62}}\.){{1,6}}(?:{_TOP_LEVEL})(?:/[^\s<>\"]{{0,2000}})?(?![\w-]|\.\w))",
    re.IGNORECASE,
)
_CLOSING: Final = ".,;:!?)]}'\"“”’»…"
_MATRIX: Final = re.compile(r"(?<![\w@])[@#!][\w.=/+-]{1,80}:[^\W_][\w.-]{0,80}[^\W_](?::\d{1,5})?")
_HANDLE: Final = re.compile(
    r"(?<![\w@.])@[^\W\d][\w.-]{1,30}\w(?:@(?:[\w-]{1,63}\.){1,5}\w{2,24})?|(?<![\w@])u/\w{3,20}\b"
)
_NAMED_ACCOUNT: Final = re.compile(
    r"\b(?:instagram|insta|tiktok|twitter|telegram|snapchat|discord|skype|threema|user\s?name|benutzername|nutzername)"
    r"(?:[- ]?(?:id|name|handle))?\s?(?::|ist|is|heißt)\s?([\w.#-]{3,40})",
    re.IGNORECASE,
)

_IBAN: Final = re.compile(r"(?<![^\W_])[A-Z]{2}\d{2}(?:[ .\-]?[A-Z\d]){11,30}(?![^\W_])", re.IGNORECASE)
_IBAN_SIZES: Final = {
    country: int(size)
    for size, countries in {
        "15": "NO", "16": "BE", "18": "DK FI NL FO GL", "19": "MK SI", "20": "AT BA EE KZ LT LU XK",
        "21": "CH HR LI LV", "22": "BG BH DE GB GE IE ME RS", "23": "AE GI IL", "24": "AD CZ ES MD PK RO SA SE SK TN",
        "25": "PT", "26": "IS TR", "27": "FR GR IT MC SM", "28": "AL AZ CY HU LB PL DO", "29": "BR EG QA UA",
        "30": "JO KW", "31": "MT", "33": "RU",
    }.items()
    for country in countries.split()
}  # fmt: skip
"""Letters of an IBAN by country (SWIFT's registry)."""

_CARD: Final = re.compile(r"(?<![\w.,-])[2-6]\d{3}(?:[ -]?\d){9,15}(?![\w-])")
_CARD_SIZES: Final = range(13, 20)
_TAX_ID: Final = re.compile(r"(?<![\w/])\d{2}[ ]?\d{3}[ ]?\d{3}[ ]?\d{3}(?![\w/])")
_INSURANCE: Final = re.compile(r"(?<!\w)\d{2}[ ]?([0-3]\d)([01]\d)\d{2}[ ]?[A-Z][ ]?\d{2}[ ]?\d(?!\w)", re.IGNORECASE)
_HEALTH: Final = re.compile(r"(?<!\w)[A-Z]\d{9}(?!\w)")
_NUMBER_OF_A_PERSON: Final = re.compile(
    r"(?:\b(?:steuer-?(?:id|identifikationsnummer|nummer|nr)|idnr|id-nr|tin|tax\s?(?:id|number)|(?:personal)?ausweis|"
    r"reisepass|passport|pass|identity\scard|id\scard|ausweisnummer|passnummer|führerschein|driving\slicen[cs]e|"
    r"sozialversicherung|rentenversicherung|versicherten|versicherung|krankenkasse|national\sinsurance|"
    r"(?:kunden|mitglieds|konto|personal|vertrags|bürger|kassen)(?:nummer|nr|zeichen)|blz|bankleitzahl|customer|account)"
    r"(?:s?-?(?:nummer|nr|number|no))?\b\.?(?:\s(?:number|no|nr|nummer|ist|is|lautet)\b\.?){0,2}\s?[:#]?\s?)"
    r"((?=[A-Z\d /-]{0,12}\d)[A-Z\d][A-Z\d /-]{3,22}[A-Z\d])(?!\w)",
    re.IGNORECASE,
)
_FEWEST_DIGITS: Final = 4

_MONTH: Final = (
    r"(?:jan(?:uary?|uar)?|jänner|feb(?:ruary?|ruar)?|m[äa]rz|mar(?:ch)?|apr(?:il)?|mai|may|jun[ei]?|jul[yi]?|"
    r"aug(?:ust)?|sept?(?:ember)?|o[ck]t(?:ober)?|nov(?:ember)?|de[cz](?:ember)?)\.?"
)
_DATE: Final = (
    rf"(?:\d{{1,2}}\.?\s?(?:of\s)?{_MONTH},?\s?(?:\d{{4}}|\d{{2}})?|{_MONTH}\s\d{{1,2}}(?:st|nd|rd|th)?,?\s\d{{4}}|"
    r"\d{1,2}\s?[./-]\s?\d{1,2}\s?[./-]\s?(?:\d{4}|\d{2})|\d{4}-\d{2}-\d{2}|(?:19|20)\d{2})"
)
_BIRTH: Final = re.compile(
    r"(?:\b(?:geboren|geb|gebürtig|geburtsdatum|geburtstag|geburtsjahr|jahrgang|born|birthday|date\sof\sbirth|dob)\b|\*)\.?"
    rf"(?:\s?[:(]?\s?(?:am|on|ist|is|in|der|den|im|jahr|the){{0,1}}){{0,3}}\s?[:(]?\s?({_DATE})(?![\w])",
    re.IGNORECASE,
)
_BORN_AFTER: Final = re.compile(rf"(?<![\w.])({_DATE})\s(?:geboren|born)\b", re.IGNORECASE)


def find_identifiers(text: str) -> Iterator[Found]:
    """Everything that is told by its form; spans may overlap."""
    for pattern in (_EMAIL, _SPELT_EMAIL):
        yield from ((*match.span(), Kind.EMAIL) for match in pattern.finditer(text))
    for match in _LINK.finditer(text):
        yield match.start(), match.start() + len(match.group().rstrip(_CLOSING)), Kind.LINK
    for pattern in (_MATRIX, _HANDLE):
        yield from ((*match.span(), Kind.ACCOUNT) for match in pattern.finditer(text))
    yield from ((*match.span(1), Kind.ACCOUNT) for match in _NAMED_ACCOUNT.finditer(text))
    yield from _numbers(text)
    yield from ((start, end, Kind.PLATE) for start, end in plates(text))
    for pattern in (_BIRTH, _BORN_AFTER):
        yield from ((*match.span(1), Kind.BIRTH_DATE) for match in pattern.finditer(text))
    yield from ((start, end, Kind.PHONE) for start, end in phones(text))


def _numbers(text: str) -> Iterator[Found]:
    for match in _IBAN.finditer(text):
        size = _iban_within(match.group())
        if size:
            yield match.start(), match.start() + size, Kind.IBAN
    for match in _CARD.finditer(text):
        digits = _digits(match.group())
        if len(digits) in _CARD_SIZES and passes_luhn(digits):
            yield *match.span(), Kind.CARD
    for match in _TAX_ID.finditer(text):
        if is_tax_id(_digits(match.group())):
            yield *match.span(), Kind.NUMBER
    for match in _INSURANCE.finditer(text):
        if 1 <= int(match.group(1)) <= 31 and 1 <= int(match.group(2)) <= 12:
            yield *match.span(), Kind.NUMBER
    for match in _HEALTH.finditer(text):
        if is_health_number(match.group()):
            yield *match.span(), Kind.NUMBER
    for match in _NUMBER_OF_A_PERSON.finditer(text):
        if len(_digits(match.group(1))) >= _FEWEST_DIGITS:
            yield *match.span(1), Kind.NUMBER


def _digits(raw: str) -> str:
    return "".join(letter for letter in raw if letter.isdigit())


def _iban_within(raw: str) -> int:
    """Letters of `raw`, from its start, that are an IBAN; 0 if none are."""
    compact = [(letter.upper(), at + 1) for at, letter in enumerate(raw) if letter.isalnum()]
    size = _IBAN_SIZES.get(compact[0][0] + compact[1][0], len(compact) + 1)
    iban = "".join(letter for letter, _ in compact[:size])
    if size > len(compact):
        return 0
    # Mistyped, a German one still gives the account away: nothing else has twenty digits after DE.
    right = passes_iban_check(iban) or (iban[:2] == "DE" and iban[2:].isdigit())
    return compact[size - 1][1] if right else 0


def passes_iban_check(iban: str) -> bool:
    """ISO 13616: letters as numbers, the first four at the end, remainder 1 by 97."""
    turned = iban[4:] + iban[:4]
    return turned.isascii() and turned.isalnum() and int("".join(str(int(letter, 36)) for letter in turned)) % 97 == 1


def passes_luhn(digits: str) -> bool:
    """The check digit of cards (ISO/IEC 7812)."""
    doubled = [int(digit) * (1 + at % 2) for at, digit in enumerate(reversed(digits))]
    return sum(value - 9 if value > 9 else value for value in doubled) % 10 == 0


def is_tax_id(digits: str) -> bool:
    """The German tax id: eleven digits, no leading zero, ISO 7064 MOD 11,10."""
    if len(digits) != 11 or digits[0] == "0" or len(set(digits[:10])) < 7:
        return False
    product = 10
    for digit in digits[:10]:
        total = (int(digit) + product) % 10 or 10
        product = total * 2 % 11
    return (11 - product) % 10 == int(digits[10])


def is_health_number(number: str) -> bool:
    """The German health insurance number: a letter and nine digits, the last one a check digit."""
    digits = f"{ord(number[0]) - 64:02d}{number[1:9]}"
    weighed = [int(digit) * (1 + at % 2) for at, digit in enumerate(digits)]
    return sum(value - 9 if value > 9 else value for value in weighed) % 10 == int(number[9])
