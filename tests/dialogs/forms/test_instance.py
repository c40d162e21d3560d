"""One respondent's way through a form: what is asked, what an answer does, what is kept."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from itertools import pairwise

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dialogs.forms.errors import LimitExceeded
from dialogs.forms.instance import Instance, open_instance
from dialogs.forms.limits import EXPRESSION_DEPTH, REPEATS
from dialogs.forms.model import Form, compile_form
from dialogs.forms.questions import QuestionType, Refusal
from dialogs.forms.record import Record

Xform = Callable[..., str]
NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)

BINDS = (
    '<bind nodeset="/data/name" type="string" required="true()" jr:requiredMsg="Please!"/>'
    '<bind nodeset="/data/age" type="int" constraint=". &gt;= 18" jr:constraintMsg="Grown-ups only"/>'
    '<bind nodeset="/data/club" type="string" relevant="/data/age &gt; 64"/>'
    '<bind nodeset="/data/hello" readonly="true()"/>'
    '<bind nodeset="/data/next" type="int" calculate="/data/age + 1"/>'
)
BODY = (
    '<input ref="/data/hello"><label>Hello</label></input>'
    '<input ref="/data/name"><label>Your name?</label></input>'
    '<input ref="/data/age"><label>Your age, <output value="/data/name"/>?</label></input>'
    '<select1 ref="/data/club"><label>Club?</label><item><label>Yes</label><value>y</value></item>'
    "<item><label>No</label><value>n</value></item></select1>"
    '<select ref="/data/days"><label>Days?</label><item><label>Monday</label><value>mo</value></item>'
    "<item><label>Tuesday</label><value>tu</value></item></select>"
)
KIDS = (
    '<group ref="/data/kid"><label>Child</label><repeat nodeset="/data/kid"><input ref="/data/kid/n"><label>Name of '
    'child <output value="position(..)"/></label></input><input ref="/data/kid/toy"/></repeat></group>'
    '<input ref="/data/end"><label>Anything else?</label></input>'
)


def opened(form: Form, record: Record | None = None) -> Instance:
    return open_instance(form, record, NOW, random.Random(1))


def reopened(instance: Instance) -> Instance:
    """The same instance after a turn: through MessagePack, as the session keeps it."""
    kept = msgspec.msgpack.decode(msgspec.msgpack.encode(instance.record), type=Record)
    return opened(instance.form, kept)


def values(instance: Instance) -> dict[str, str]:
    return {ref: value for ref, value, _ in instance.answers()}


def refs(instance: Instance) -> Iterator[str]:
    question = instance.first()
    while question is not None:
        yield question.ref
        question = instance.after(question.ref)


@pytest.fixture
def club(xform: Xform) -> Form:
    return compile_form(xform("<hello/><name/><age/><club/><days/><next/>", BINDS, BODY))


@pytest.fixture
def kids(xform: Xform) -> Form:
    binds = '<bind nodeset="/data/kid/toy" relevant="../n != \'\'"/>'
    return compile_form(xform("<kid><n/><toy/></kid><end/>", binds, KIDS))


# ---------------------------------------------------------------- what is asked


def test_questions_come_in_the_order_of_the_form_without_those_that_do_not_apply(club: Form) -> None:
    assert list(refs(opened(club))) == ["/data/hello", "/data/name", "/data/age", "/data/days"]


def test_a_question_appears_when_it_applies_and_goes_when_it_does_not(club: Form) -> None:
    instance = opened(club)
    assert instance.answer("/data/age", "70") is None
    after = instance.after("/data/age")
    assert after is not None
    assert (after.ref, after.type) == ("/data/club", QuestionType.SELECT_ONE)
    assert [option.label for option in after.options] == ["Yes", "No"]
    assert instance.answer("/data/club", "y") is None
    assert instance.answer("/data/age", "30") is None
    assert instance.question("/data/club") is None
    assert "/data/club" not in values(instance)
    assert instance.after("/data/club").ref == "/data/days"  # type: ignore[union-attr]


def test_an_answer_that_no_longer_applies_is_kept_in_case_it_does_again(club: Form) -> None:
    instance = opened(club)
    for ref, value in (("/data/age", "70"), ("/data/club", "y"), ("/data/age", "30")):
        assert instance.answer(ref, value) is None
    instance = reopened(instance)
    instance.answer("/data/age", "80")
    assert values(instance)["/data/club"] == "y"


def test_labels_hold_values_of_the_moment(club: Form) -> None:
    instance = opened(club)
    instance.answer("/data/name", "Ana")
    question = instance.question("/data/age")
    assert question is not None
    assert question.label == "Your age, Ana?"
    assert question.bounds.start == "18"


def test_one_can_go_back(club: Form) -> None:
    instance = opened(club)
    assert instance.before("/data/days").ref == "/data/age"  # type: ignore[union-attr]
    assert instance.before("/data/hello") is None
    assert instance.after("/data/days") is None


def test_progress_counts_what_is_to_be_answered(club: Form) -> None:
    instance = opened(club)
    assert instance.progress("/data/hello") == (1, 3)
    assert instance.progress("/data/age") == (2, 3)
    instance.answer("/data/age", "70")
    assert instance.progress("/data/club") == (3, 4)


def test_an_unknown_place_is_an_error_of_the_caller(club: Form) -> None:
    with pytest.raises(KeyError):
        opened(club).after("/data/nowhere")
    with pytest.raises(KeyError):
        opened(club).answer("/data/nowhere", "x")


# ---------------------------------------------------------------- what an answer does


@pytest.mark.parametrize(
    ("ref", "value", "reason", "message"),
    [
        ("/data/name", "", Refusal.REQUIRED, "Please!"),
        ("/data/age", "12", Refusal.CONSTRAINT, "Grown-ups only"),
        ("/data/age", "twelve", Refusal.WRONG_TYPE, "Grown-ups only"),
        ("/data/age", "20.5", Refusal.WRONG_TYPE, "Grown-ups only"),
        ("/data/days", "mo su", Refusal.NOT_A_CHOICE, ""),
        ("/data/hello", "x", Refusal.READONLY, ""),
        ("/data/next", "x", Refusal.READONLY, ""),
    ],
)
def test_a_refused_answer_says_why_and_changes_nothing(
    club: Form, ref: str, value: str, reason: Refusal, message: str
) -> None:
    instance = opened(club)
    for known, good in (("/data/name", "Ana"), ("/data/age", "20"), ("/data/days", "mo")):
        assert instance.answer(known, good) is None
    before = values(instance), instance.record
    refused = instance.answer(ref, value)
    assert refused is not None
    assert (refused.reason, refused.message) == (reason, message)
    assert (values(instance), instance.record) == before


def test_choices_are_stored_in_the_order_of_the_question(club: Form) -> None:
    instance = opened(club)
    instance.answer("/data/days", "tu mo tu")
    assert values(instance)["/data/days"] == "mo tu"
    assert instance.choice_label("/data/days", "tu") == "Tuesday"


def test_calculations_follow(club: Form) -> None:
    instance = opened(club)
    instance.answer("/data/age", "20")
    assert values(instance)["/data/next"] == "21"
    instance.clear("/data/age")
    assert values(instance)["/data/next"] == ""


def test_what_keeps_a_form_from_being_sent_is_found(club: Form) -> None:
    instance = opened(club)
    assert instance.next_open().ref == "/data/name"  # type: ignore[union-attr]
    instance.answer("/data/name", "Ana")
    instance.commit("/data/age", "12")
    assert [question.ref for question in instance.unanswered()] == ["/data/age"]
    instance.answer("/data/age", "18")
    assert instance.next_open() is None


def test_answers_name_the_type_of_what_was_asked(club: Form) -> None:
    instance = opened(club)
    instance.answer("/data/age", "20")
    assert [(ref, value, kind) for ref, value, kind in instance.answers() if value] == [
        ("/data/age", "20", QuestionType.INTEGER),
        ("/data/next", "21", None),
    ]


def test_a_range_takes_what_lies_on_its_scale(xform: Xform) -> None:
    body = '<range ref="/data/r" start="1" end="5" step="2"/>'
    instance = opened(compile_form(xform("<r/>", '<bind nodeset="/data/r" type="int"/>', body)))
    assert instance.answer("/data/r", "3") is None
    for off in ("0", "2", "7", "x"):
        assert instance.answer("/data/r", off) is not None


def test_a_ranking_is_of_everything(xform: Xform) -> None:
    items = "".join(f"<item><label>{v}</label><value>{v}</value></item>" for v in "abc")
    instance = opened(compile_form(xform("<r/>", "", f'<odk:rank ref="/data/r">{items}</odk:rank>')))
    assert instance.answer("/data/r", "c a b") is None
    assert values(instance)["/data/r"] == "c a b"
    assert instance.answer("/data/r", "c a").reason is Refusal.NOT_A_CHOICE  # type: ignore[union-attr]


def test_an_acknowledgement_is_ok(xform: Xform) -> None:
    instance = opened(compile_form(xform("<a/>", "", '<trigger ref="/data/a"/>')))
    assert instance.answer("/data/a", "yes") is None
    assert values(instance)["/data/a"] == "OK"


# ---------------------------------------------------------------- repeats


def test_an_open_ended_repeat_asks_whether_to_add_another(kids: Form) -> None:
    instance = opened(kids)
    assert instance.answer("/data/kid/n", "Ida") is None
    assert instance.answer("/data/kid/toy", "ball") is None
    more = instance.after("/data/kid/toy")
    assert more is not None
    assert (more.ref, more.type, more.label, more.repeat) == ("/data/kid[2]", QuestionType.REPEAT, "Child", (2,))
    instance = reopened(instance)
    assert instance.answer("/data/kid[2]", "yes") is None
    second = instance.after("/data/kid[2]")
    assert second is not None
    assert (second.ref, second.label, second.repeat) == ("/data/kid[2]/n", "Name of child 2", (2,))
    assert second.sections == ("Child",)
    again = reopened(instance).after("/data/kid[2]/n")
    assert again is not None
    assert again.ref == "/data/kid[3]"


def test_nothing_to_add_is_remembered(kids: Form) -> None:
    instance = opened(kids)
    assert instance.answer("/data/kid[2]", "no") is None
    instance = reopened(instance)
    more = instance.question("/data/kid[2]")
    assert more is not None
    assert more.value == "no"
    assert instance.after("/data/kid[2]").ref == "/data/end"  # type: ignore[union-attr]
    assert instance.answer("/data/kid[2]", "perhaps").reason is Refusal.WRONG_TYPE  # type: ignore[union-attr]


def test_taking_an_instance_away_moves_the_others_up(kids: Form) -> None:
    instance = opened(kids)
    instance.commit("/data/kid[1]/n", "Ida")
    instance.commit("/data/kid[3]/n", "Olu")
    instance.remove_repeat("/data/kid", 0)
    assert [value for ref, value in values(reopened(instance)).items() if ref.endswith("/n")] == ["", "Olu"]
    instance.remove_repeat("/data/kid", 0)
    instance.remove_repeat("/data/kid", 0)
    assert list(refs(reopened(instance))) == ["/data/kid", "/data/end"]


def test_what_moved_up_keeps_its_own_defaults(xform: Xform) -> None:
    form = compile_form(xform("<kid><n>a</n><toy/></kid><kid><n>b</n><toy/></kid><end/>", "", KIDS))
    instance = opened(form)
    instance.remove_repeat("/data/kid", 0)
    assert values(reopened(reopened(instance)))["/data/kid/n"] == "b"


def test_a_repeat_that_began_empty_asks_first(xform: Xform) -> None:
    form = compile_form(xform('<kid jr:template=""><n/><toy/></kid><end/>', "", KIDS))
    instance = opened(form)
    assert list(refs(instance)) == ["/data/kid", "/data/end"]
    assert instance.answer("/data/kid", "yes") is None
    assert list(refs(instance)) == ["/data/kid/n", "/data/kid/toy", "/data/kid[2]", "/data/end"]


def test_a_count_decides_how_many_there_are(xform: Xform) -> None:
    body = (
        '<input ref="/data/many"/><group ref="/data/kid"><repeat nodeset="/data/kid" jr:count="/data/many">'
        '<input ref="/data/kid/n"/></repeat></group>'
    )
    form = compile_form(xform("<many/><kid><n/></kid>", '<bind nodeset="/data/many" type="int"/>', body))
    instance = opened(form)
    assert list(refs(instance)) == ["/data/many"]
    instance.answer("/data/many", "2")
    instance.answer("/data/kid[2]/n", "Ida")
    instance = reopened(instance)
    assert list(refs(instance)) == ["/data/many", "/data/kid/n", "/data/kid[2]/n"]
    assert values(instance)["/data/kid[2]/n"] == "Ida"
    instance.answer("/data/many", "1")
    assert list(refs(instance)) == ["/data/many", "/data/kid/n"]
    assert instance.answer("/data/many", str(REPEATS + 1)) is not None
    assert list(refs(instance)) == ["/data/many", "/data/kid/n"]
    with pytest.raises(LimitExceeded):
        instance.commit("/data/many", str(REPEATS + 1))


def test_one_more_until_the_last_says_no(xform: Xform) -> None:
    """A count that depends on its own repeat grows by one at a time, also when the instance is opened again."""
    binds = (
        '<bind nodeset="/data/have" calculate="count(/data/kid)"/>'
        '<bind nodeset="/data/want" calculate="if(/data/have = 0 or'
        " indexed-repeat(/data/kid/last, /data/kid, /data/have) = 'no', /data/have + 1, /data/have)\"/>"
    )
    body = '<repeat nodeset="/data/kid" jr:count="/data/want"><input ref="/data/kid/last"/></repeat>'
    instance = opened(compile_form(xform("<have/><want/><kid><last/></kid>", binds, body)))
    assert list(refs(reopened(instance))) == ["/data/kid/last"]
    instance.answer("/data/kid/last", "no")
    instance = reopened(reopened(instance))
    assert list(refs(instance)) == ["/data/kid/last", "/data/kid[2]/last"]
    instance.answer("/data/kid[2]/last", "yes")
    assert len(list(refs(reopened(instance)))) == 2


def test_an_absolute_path_inside_a_repeat_stays_in_its_instance(xform: Xform) -> None:
    binds = '<bind nodeset="/data/kid/d" type="int" calculate="/data/kid/n * 2"/>'
    body = '<repeat nodeset="/data/kid"><input ref="/data/kid/n"/></repeat>'
    instance = opened(compile_form(xform("<kid><n/><d/></kid>", binds, body)))
    instance.commit("/data/kid[1]/n", "1")
    instance.commit("/data/kid[2]/n", "2")
    assert values(instance)["/data/kid/d"] == "2"
    assert values(instance)["/data/kid[2]/d"] == "4"


# ---------------------------------------------------------------- what is kept


def test_what_chance_and_the_clock_gave_stays(xform: Xform) -> None:
    binds = (
        '<bind nodeset="/data/lot" calculate="random()"/><bind nodeset="/data/first" calculate="once(uuid())"/>'
        '<bind nodeset="/data/began" jr:preload="timestamp" jr:preloadParams="start"/>'
        '<bind nodeset="/data/sum" type="int" calculate="/data/a + 1"/>'
        '<bind nodeset="/data/id" jr:preload="uid"/>'
    )
    form = compile_form(xform("<lot/><first/><began/><a/><sum/><id/>", binds, '<input ref="/data/a"/>'))
    instance = opened(form)
    began = values(instance)
    assert began["/data/id"].startswith("uuid:")
    later = open_instance(form, instance.record, datetime(2027, 1, 1, tzinfo=UTC), random.Random(99))
    later.answer("/data/a", "1")
    assert values(later) == {**began, "/data/a": "1", "/data/sum": "2"}


def test_a_record_is_small(club: Form) -> None:
    instance = opened(club)
    for ref, value in (("/data/name", "Ana"), ("/data/age", "70"), ("/data/club", "y"), ("/data/days", "mo tu")):
        instance.answer(ref, value)
    assert len(msgspec.msgpack.encode(instance.record)) < 60
    assert len(msgspec.msgpack.encode(opened(club).record)) < 10


def test_an_order_by_chance_stays_the_same_for_a_respondent(xform: Xform) -> None:
    items = "".join(f"<item><name>{v}</name><label>{v}</label></item>" for v in "abcdefgh")
    body = (
        '<select1 ref="/data/a"><itemset nodeset="randomize(instance(\'l\')/root/item)">'
        '<value ref="name"/><label ref="label"/></itemset></select1>'
    )
    form = compile_form(xform("<a/>", f'<instance id="l"><root>{items}</root></instance>', body))
    orders = set()
    for seed in range(5):
        instance = open_instance(form, None, NOW, random.Random(seed))
        first = [option.value for option in instance.first().options]  # type: ignore[union-attr]
        again = [option.value for option in reopened(instance).first().options]  # type: ignore[union-attr]
        assert first == again
        orders.add("".join(first))
    assert len(orders) > 1


def test_a_record_with_addresses_that_the_form_does_not_have_is_opened(club: Form) -> None:
    record = Record("", ((999, "x"), ((1, 2, 3), "y"), (2, "Ana")), ((999, 3), (1, 2)), (998,))
    assert values(opened(club, record))["/data/name"] == "Ana"


# ---------------------------------------------------------------- events, lists, languages


def test_an_event_sets_a_value_when_an_answer_changes(xform: Xform) -> None:
    body = '<input ref="/data/a"><setvalue event="xforms-value-changed" ref="/data/b" value="/data/a * 2"/></input>'
    form = compile_form(xform("<a/><b/><c/>", '<bind nodeset="/data/c" calculate="/data/b + 1"/>', body))
    instance = opened(form)
    instance.answer("/data/a", "4")
    assert values(reopened(instance)) == {"/data/a": "4", "/data/b": "8", "/data/c": "9"}


def test_events_that_trigger_each_other_without_end_meet_a_limit(xform: Xform) -> None:
    body = (
        '<input ref="/data/a"><setvalue event="xforms-value-changed" ref="/data/b" value=". + 1"/></input>'
        '<input ref="/data/b"><setvalue event="xforms-value-changed" ref="/data/a" value=". + 1"/></input>'
    )
    instance = opened(compile_form(xform("<a>1</a><b>1</b>", "", body)))
    with pytest.raises(LimitExceeded):
        instance.answer("/data/a", "4")


def test_choices_follow_the_answers_they_are_filtered_by(xform: Xform) -> None:
    rows = "".join(
        f"<item><name>{town}</name><label>{town.title()}</label><land>{land}</land></item>"
        for town, land in (("bonn", "1"), ("celle", "2"), ("aachen", "1"))
    )
    body = (
        '<input ref="/data/land"/><select1 ref="/data/town">'
        "<itemset nodeset=\"instance('l')/root/item[land = /data/land]\">"
        '<value ref="name"/><label ref="label"/></itemset></select1>'
    )
    form = compile_form(xform("<land/><town/>", f'<instance id="l"><root>{rows}</root></instance>', body))
    instance = opened(form)
    instance.answer("/data/land", "1")
    town = instance.after("/data/land")
    assert town is not None
    assert [option.value for option in town.options] == ["bonn", "aachen"]
    assert instance.answer("/data/town", "celle").reason is Refusal.NOT_A_CHOICE  # type: ignore[union-attr]
    assert instance.answer("/data/town", "bonn") is None
    instance.answer("/data/land", "2")
    assert values(instance)["/data/town"] == ""
    instance.answer("/data/land", "1")
    assert values(instance)["/data/town"] == "bonn"


def test_the_language_changes_labels_and_what_is_computed_from_them(xform: Xform) -> None:
    texts = "".join(
        f'<translation lang="{lang}"><text id="q"><value>{label}?</value></text>'
        f'<text id="r"><value>{label}</value></text></translation>'
        for lang, label in (("de", "Rot"), ("en", "Red"))
    )
    body = (
        '<select1 ref="/data/c"><label ref="jr:itext(\'q\')"/><item><label ref="jr:itext(\'r\')"/>'
        "<value>r</value></item></select1>"
    )
    binds = '<bind nodeset="/data/l" calculate="jr:choice-name(/data/c, \'/data/c\')"/>'
    instance = opened(compile_form(xform("<c/><l/>", binds, body, model=f"<itext>{texts}</itext>")))
    instance.answer("/data/c", "r")
    assert (instance.first().label, values(instance)["/data/l"]) == ("Rot?", "Rot")  # type: ignore[union-attr]
    instance.use_language("en")
    instance.use_language("tlh")
    assert instance.language == "en"
    assert (instance.first().label, values(instance)["/data/l"]) == ("Red?", "Red")  # type: ignore[union-attr]
    assert reopened(instance).language == "en"


# ---------------------------------------------------------------- size


def test_a_chain_of_a_thousand_calculations_is_computed(xform: Xform) -> None:
    names = [f"n{number}" for number in range(1_000)]
    binds = "".join(
        f'<bind nodeset="/data/{name}" type="int" calculate="/data/{before} + 1"/>' for before, name in pairwise(names)
    )
    form = compile_form(xform("".join(f"<{name}/>" for name in reversed(names)), binds, '<input ref="/data/n0"/>'))
    instance = opened(form)
    instance.answer("/data/n0", "1")
    assert values(instance)["/data/n999"] == "1000"


def test_deep_expressions_that_wait_for_each_other_are_computed(xform: Xform) -> None:
    depth, length = EXPRESSION_DEPTH - 2, 60
    binds = "".join(
        f'<bind nodeset="/data/n{number + 1}" calculate="{"if(true(), " * depth}/data/n{number}{", 0)" * depth}"/>'
        for number in range(length)
    )
    nodes = "".join(f"<n{number}/>" for number in range(length + 1))
    instance = opened(compile_form(xform(nodes, binds, '<input ref="/data/n0"/>')))
    instance.answer("/data/n0", "x")
    assert values(instance)[f"/data/n{length}"] == "x"


def test_a_hostile_filter_meets_a_limit(xform: Xform) -> None:
    nodes = "".join(f"<n{number}/>" for number in range(300)) + "<r/>"
    binds = '<bind nodeset="/data/r" constraint="count(//*[count(//*[count(//*) &gt; 0]) &gt; 0]) &gt; 1"/>'
    instance = opened(compile_form(xform(nodes, binds, '<input ref="/data/r"/>')))
    with pytest.raises(LimitExceeded):
        instance.answer("/data/r", "1")


# ---------------------------------------------------------------- any course of a conversation


steps = st.lists(
    st.one_of(
        st.tuples(st.just("answer"), st.sampled_from(["n", "toy"]), st.integers(1, 4), st.text(max_size=5)),
        st.tuples(st.just("add"), st.just(""), st.just(0), st.just("")),
        st.tuples(st.just("remove"), st.just(""), st.integers(0, 3), st.just("")),
        st.tuples(st.just("reopen"), st.just(""), st.just(0), st.just("")),
    ),
    max_size=12,
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60)
@given(steps)
def test_an_instance_opened_again_is_the_same(kids: Form, steps: list[tuple[str, str, int, str]]) -> None:
    instance = opened(kids)
    for step, name, number, text in steps:
        try:
            match step:
                case "answer":
                    instance.answer(f"/data/kid[{number}]/{name}", text)
                case "add":
                    instance.add_repeat("/data/kid")
                case "remove":
                    instance.remove_repeat("/data/kid", number)
                case _:
                    instance = reopened(instance)
        except KeyError:
            continue
    assert list(reopened(instance).nodes()) == list(instance.nodes())
