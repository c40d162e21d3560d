"""Words by which a question gives away that it asks for who somebody is, or for what the law protects most.

Special categories are those of Article 9 GDPR. A list of words is no judge: what it finds is said as a
remark, and a person decides. Not here: masking what citizens write (`privacy/masking.py`).
"""

from __future__ import annotations

import re
from enum import StrEnum

from dialogs.forms.msgids import N_


class Category(StrEnum):
    """What a question seems to ask for."""

    HEALTH = "health"
    RELIGION = "religion"
    POLITICS = "politics"
    UNION = "union"
    ORIGIN = "origin"
    SEXUALITY = "sexuality"
    NAME = "name"
    PHONE = "phone"
    EMAIL = "email"
    ADDRESS = "address"
    BIRTH = "birth"
    NUMBER = "number"


SPECIAL = frozenset(
    {
        Category.HEALTH,
        Category.RELIGION,
        Category.POLITICS,
        Category.UNION,
        Category.ORIGIN,
        Category.SEXUALITY,
    }
)
"""Special categories of personal data (Article 9 GDPR); the others identify a person directly."""

NAMES: dict[Category, str] = {
    Category.HEALTH: N_("health"),
    Category.RELIGION: N_("religion or belief"),
    Category.POLITICS: N_("political opinion"),
    Category.UNION: N_("membership of a union"),
    Category.ORIGIN: N_("ethnic origin"),
    Category.SEXUALITY: N_("sexuality"),
    Category.NAME: N_("the name"),
    Category.PHONE: N_("the telephone number"),
    Category.EMAIL: N_("the e-mail address"),
    Category.ADDRESS: N_("the home address"),
    Category.BIRTH: N_("the date of birth"),
    Category.NUMBER: N_("an official number"),
}
"""How each category is called in a message; msgids."""

_WORDS: dict[Category, str] = {
    Category.HEALTH: r"krankheit\w*|erkrank\w+|behinder\w+|diagnos\w+|medikament\w*|schwanger\w*|allergi\w+"
    r""
    r"|pflegegrad|psychisch\w*|gesundheit\w*|depress\w+|impf\w+|health|illness\w*"
    r"|disease\w*|disab\w+|diagnos\w+"
    r"|medication\w*|pregnan\w+|allerg\w+|vaccin\w+|hiv|malaria",
    Category.RELIGION: r"religi\w+|konfession\w*|glaube\w*|kirche\w*|moschee\w*|synagoge\w*|christ\w*"
    r"|musl\w+|jüdisch\w*"
    r"|atheis\w+|church\w*|mosque\w*|faith",
    Category.POLITICS: r"partei(?:en|zugehörigkeit)?|wahlabsicht|wähle[nr]?\s+würden|politische\w*"
    r"|political\w*|party\s+member\w*"
    r"|voted?\s+for|vote\s+for",
    Category.UNION: r"gewerkschaft\w*|trade\s+union\w*|union\s+member\w*|betriebsrat\w*",
    Category.ORIGIN: r"ethni\w+|migrationshintergrund|abstammung|hautfarbe|herkunftsland|muttersprache"
    r"|nationalität"
    r"|staatsangehörigkeit|race|nationality|native\s+language|country\s+of\s+origin|tribe|caste",
    Category.SEXUALITY: r"sexuell\w*|sexualit\w+|homosex\w+|heterosex\w+|bisex\w+|sexual\w*|lesbisch\w*"
    r"|lesbian\w*",
    Category.NAME: r"ihr(?:en?)?\s+(?:vor|nach|familien)?name\w*|wie\s+heißen\s+sie"
    r"|vor-?\s*und\s+nachname|nachname\w*|familienname\w*"
    r""
    r"|vorname\w*|your\s+(?:full\s+|first\s+|last\s+)?name|first\s+name|last\s+name"
    r"|surname|name\s+of\s+(?:the\s+)?respondent",
    Category.PHONE: r"telefon(?:nummer)?|handynummer|mobilnummer|rufnummer|phone\s*(?:number)?"
    r"|mobile\s+number",
    Category.EMAIL: r"e-?mail\w*(?:-adresse)?",
    Category.ADDRESS: r"(?:ihre|wohn)\s*(?:genaue\s+)?(?:anschrift|adresse)|wohnanschrift|hausnummer"
    r"|straße\s+und|your\s+(?:home\s+)?address"
    r"|home\s+address|street\s+and",
    Category.BIRTH: r"geburtsdatum|geburtstag|geboren|date\s+of\s+birth|birth\s*da(?:y|te)|dob",
    Category.NUMBER: r"ausweisnummer|steuernummer|steuer-?id\w*|versicherungsnummer|kundennummer"
    r"|passport\s+number|id\s+number"
    r"|social\s+security",
}
_PATTERNS = {
    category: re.compile(rf"\b(?:{pattern})\b", re.IGNORECASE) for category, pattern in _WORDS.items()
}


def asks_for(text: str) -> dict[Category, str]:
    """What a text seems to ask for: category -> the word that says so."""
    return {category: match[0] for category, pattern in _PATTERNS.items() if (match := pattern.search(text))}
