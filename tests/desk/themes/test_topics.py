"""Themes that were planted are found again, in German and in English, beside texts about anything."""

from __future__ import annotations

from collections import Counter

import pytest

from desk.themes.carrying import carry
from desk.themes.saying import Saying
from desk.themes.topics import LEAST_TEXTS, Topic, find_topics, split_topic

from .planted import ENGLISH, GERMAN, planted, real_sentences

LEAST_PURITY = 0.9
LEAST_COVERED = 0.9


def figures(topics: list[Topic], about: dict[bytes, str]) -> tuple[float, float]:
    """Purity of the themes, and the share of planted texts that are in one."""
    together = [Counter(about[number] for number in topic.members) for topic in topics]
    total = sum(count.total() for count in together)
    planted_ones = sum(1 for topic in about.values() if topic != "none")
    covered = sum(number for count in together for topic, number in count.items() if topic != "none")
    return sum(max(count.values()) for count in together) / total, covered / planted_ones


@pytest.mark.parametrize("seed", [1, 2])
def test_planted_themes_are_found_again_beside_real_german_sentences(seed: int) -> None:
    texts, about = planted(seed)
    for at, sentence in enumerate(real_sentences(150)):
        number = (10_000 + at).to_bytes(12, "big")
        texts.append(Saying(number, sentence, "de"))
        about[number] = "none"
    topics = find_topics(texts)
    purity, covered = figures(topics, about)
    assert purity >= LEAST_PURITY, purity
    assert covered >= LEAST_COVERED, covered
    leading = {Counter(about[number] for number in topic.members).most_common(1)[0][0] for topic in topics}
    assert leading >= {*GERMAN, *(f"{topic}-en" for topic in ENGLISH)}
    strays = [number for topic in topics for number in topic.members if about[number] == "none"]
    assert len(strays) <= 15, "what belongs to none is put in none"


def test_german_and_english_texts_have_themes_of_their_own_whatever_the_dialogue_spoke() -> None:
    texts, about = planted()
    texts = [Saying(each.number, each.text, "de") for each in texts]
    topics = find_topics(texts)
    assert {topic.language for topic in topics} == {"de", "en"}
    for topic in topics:
        leading = Counter(about[number] for number in topic.members).most_common(1)[0][0]
        assert leading.endswith("-en") == (topic.language == "en")


def test_the_same_texts_give_the_same_themes() -> None:
    texts, _ = planted(each=25, english=0)
    assert find_topics(texts) == find_topics(texts)


def test_words_of_a_theme_are_shared_by_five_people() -> None:
    texts, _ = planted(each=25, english=0)
    one_person = [Saying((9000 + at).to_bytes(12, "big"), "Der Kirchturm schlägt nachts Alarm", "de", b"one")
                  for at in range(40)]  # fmt: skip
    topics = find_topics([*texts, *one_person])
    told = {word.lower() for topic in topics for word in topic.words}
    assert told
    assert not told & {"kirchturm", "schlägt", "alarm"}
    used = {each.number: each.text.lower() for each in texts}
    for topic in topics:
        for word in topic.words:
            stem = word.lower()[: max(3, len(word) - 2)]
            assert sum(stem in used.get(number, "") for number in topic.members) >= 5, word


@pytest.mark.parametrize("texts", [0, 1, LEAST_TEXTS - 1])
def test_few_texts_have_no_themes(texts: int) -> None:
    assert find_topics(planted()[0][:texts]) == []


def test_texts_without_a_word_are_taken() -> None:
    odd = ["", "!!!", "[Name]", "12345", "\U0001f600", "\ud800", "a" * 100_000]
    texts = [Saying(at.to_bytes(12, "big"), odd[at % len(odd)], "de") for at in range(70)]
    assert find_topics(texts) == []


def test_a_theme_is_split_in_two() -> None:
    texts, about = planted()
    both = [each for each in texts if about[each.number] in {"bus", "spielplatz"}]
    halves = split_topic(both)
    assert len(halves) == 2
    purity, covered = figures(halves, {each.number: about[each.number] for each in both})
    assert min(purity, covered) >= LEAST_PURITY
    assert split_topic(both[:3]) == []


def test_what_moderators_named_and_merged_outlives_the_next_suggestion() -> None:
    texts, about = planted()
    first = find_topics(texts)
    merged = [topic for topic in first if about[topic.members[0]] in {"bus", "bus-en"}]
    mobility = Topic("de", ["Bus"], [number for topic in merged for number in topic.members])
    later, later_about = planted(seed=5)
    moved = {each.number: bytes([1]) + each.number[1:] for each in later}
    more = [Saying(moved[each.number], each.text, each.language) for each in later]
    about |= {moved[number]: topic for number, topic in later_about.items()}
    carried = carry({b"mobility": mobility}, find_topics([*texts, *more]))
    held = [each for each in carried if each.held == b"mobility"]
    assert len(held) == 1
    assert set(mobility.members) <= set(held[0].topic.members), "nothing that was put there is taken away"
    grown = set(held[0].topic.members) - set(mobility.members)
    assert len(grown) > 60
    assert sum(about[number] in {"bus", "bus-en"} for number in grown) >= LEAST_PURITY * len(grown)
    everywhere = [number for each in carried for number in each.topic.members]
    assert len(everywhere) == len(set(everywhere)), "a text has one theme"
