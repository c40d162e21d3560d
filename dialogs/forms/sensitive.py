"""Words by which a question gives away that it asks for who somebody is, or for what the law protects most.

Special categories are those of Article 9 GDPR. A list of words is no judge: what it finds is said as a
remark, and a person decides. Not here: masking what citizens write (`privacy/masking.py`).
"""

from __future__ import annotations

import re
from enum import StrEnum

from dialogs.forms.msgids import N_


class Category(StrEnum):
    """What a question seems to ask for: first the special categories, then what tells who somebody is."""

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


REMARKS: dict[Category, str] = {
    Category.HEALTH: N_(
        "“{word}” seems to ask for health, which the law protects specially (Art. 9 GDPR). "
        "Ask it only with a legal basis, never as required, or leave it out."
    ),
    Category.RELIGION: N_(
        "“{word}” seems to ask for religion or belief, which the law protects specially (Art. 9 GDPR). "
        "Ask it only with a legal basis, never as required, or leave it out."
    ),
    Category.POLITICS: N_(
        "“{word}” seems to ask for political opinion, which the law protects specially (Art. 9 GDPR). "
        "Ask it only with a legal basis, never as required, or leave it out."
    ),
    Category.UNION: N_(
        "“{word}” seems to ask for membership of a union, which the law protects specially (Art. 9 GDPR). "
        "Ask it only with a legal basis, never as required, or leave it out."
    ),
    Category.ORIGIN: N_(
        "“{word}” seems to ask for ethnic origin, which the law protects specially (Art. 9 GDPR). "
        "Ask it only with a legal basis, never as required, or leave it out."
    ),
    Category.SEXUALITY: N_(
        "“{word}” seems to ask for sexuality, which the law protects specially (Art. 9 GDPR). "
        "Ask it only with a legal basis, never as required, or leave it out."
    ),
    Category.NAME: N_("“{word}” seems to ask for the name. Answers here have no name: leave the question out."),
    Category.PHONE: N_(
        "“{word}” seems to ask for the telephone number. Answers here have no name: leave the question out."
    ),
    Category.EMAIL: N_(
        "“{word}” seems to ask for the e-mail address. Answers here have no name: leave the question out."
    ),
    Category.ADDRESS: N_(
        "“{word}” seems to ask for the home address. Answers here have no name: leave the question out."
    ),
    Category.BIRTH: N_(
        "“{word}” seems to ask for the date of birth. Answers here have no name: leave the question out."
    ),
    Category.NUMBER: N_(
        "“{word}” seems to ask for an official number. Answers here have no name: leave the question out."
    ),
}
"""What to say about each; whole sentences, because languages bend their words."""

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
_PATTERNS = {category: re.compile(rf"\b(?:{pattern})\b", re.IGNORECASE) for category, pattern in _WORDS.items()}


def asks_for(text: str) -> dict[Category, str]:
    """What a text seems to ask for: category -> the word that says so."""
    return {category: match[0] for category, pattern in _PATTERNS.items() if (match := pattern.search(text))}
