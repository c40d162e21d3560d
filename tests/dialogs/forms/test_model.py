"""What a form says about itself, and what is refused before anybody is asked."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from dialogs.forms.errors import CircularForm, ExpressionError, FormError, LimitExceeded, UnreadableForm
from dialogs.forms.model import compile_form
from dialogs.forms.questions import Bounds, QuestionType

Xform = Callable[..., str]

ITEXT = """<itext>
<translation lang="Deutsch (de)"><text id="q"><value>Wie alt, <output value="/data/name"/>?</value></text>
<text id="c"><value>Rot</value><value form="image">jr://images/rot.png</value></text></translation>
<translation lang="English (en)" default="true()">
<text id="q"><value>How old, <output value="/data/name"/>?</value></text>
<text id="c"><value>Red</value></text></translation></itext>"""


def test_a_form_names_its_languages_and_questions(xform: Xform) -> None:
    form = compile_form(
        xform(
            "<name/><age/><colour/><kids><kid><k/></kid></kids>",
            '<instance id="l"><root><item><itextId>c</itextId><name>red</name></item></root></instance>'
            '<bind nodeset="/data/age" type="int" constraint=". &gt;= 18 and . &lt; 120"/>'
            '<bind nodeset="/data/name" readonly="true()"/>',
            '<input ref="/data/name"/><input ref="/data/age"><label ref="jr:itext(\'q\')"/></input>'
            '<select1 ref="/data/colour"><itemset nodeset="instance(\'l\')/root/item"><value ref="name"/>'
            '<label ref="jr:itext(itextId)"/></itemset></select1>'
            '<repeat nodeset="/data/kids/kid"><input ref="/data/kids/kid/k"/></repeat>',
            model=ITEXT,
        )
    )
    assert form.title == "Test"
    assert form.form_id == "test"
    assert form.languages == ("Deutsch (de)", "English (en)")
    assert form.default_language == "English (en)"
    assert len(form.hash) == 32
    assert [control.type for control in form.controls] == [
        QuestionType.NOTE,
        QuestionType.INTEGER,
        QuestionType.SELECT_ONE,
        QuestionType.TEXT,
    ]
    assert form.question_count == 3
    age, colour, kid = form.controls[1:]
    assert age.labels == {"Deutsch (de)": "Wie alt, …?", "English (en)": "How old, …?"}
    assert age.bounds == Bounds("18", "119")
    assert colour.choices == {"red": {"Deutsch (de)": "Rot", "English (en)": "Red"}}
    assert (kid.ref, kid.in_repeat) == ("/data/kids/kid/k", True)


def test_the_same_bytes_have_the_same_hash(xform: Xform) -> None:
    form = xform("<a/>")
    assert compile_form(form).hash == compile_form(form).hash
    assert compile_form(form, {"l.csv": b"a"}).hash != compile_form(form).hash
    assert compile_form(form, {"l.csv": b"a"}).hash != compile_form(form, {"l.csv": b"b"}).hash


def test_a_missing_list_is_named_and_not_fatal(xform: Xform) -> None:
    form = compile_form(xform("<t/>", '<instance id="towns" src="jr://file-csv/towns.csv"/>', '<input ref="/data/t"/>'))
    assert form.missing_attachments == ("towns.csv",)


# ---------------------------------------------------------------- what is refused


@pytest.mark.parametrize(
    ("binds", "cycle"),
    [
        ('<bind nodeset="/data/a" calculate="/data/a + 1"/>', ("/data/a", "/data/a")),
        (
            '<bind nodeset="/data/a" calculate="/data/b"/><bind nodeset="/data/b" relevant="/data/a = 1"/>',
            ("/data/a", "/data/b", "/data/a"),
        ),
        (
            '<bind nodeset="/data/g" relevant="/data/g/x = 1"/><bind nodeset="/data/g/x" type="int"/>',
            ("/data/g", "/data/g/x", "/data/g"),
        ),
    ],
)
def test_a_circle_is_refused_and_named(xform: Xform, binds: str, cycle: tuple[str, ...]) -> None:
    with pytest.raises(CircularForm) as caught:
        compile_form(xform("<a/><b/><g><x/></g>", binds))
    assert set(caught.value.cycle) == set(cycle)
    assert caught.value.cycle[0] == caught.value.cycle[-1]


def test_what_looks_like_a_circle_but_has_a_value_is_taken(xform: Xform) -> None:
    for binds in (
        '<bind nodeset="/data/a" calculate="once(random())"/>',
        '<bind nodeset="/data/a" calculate="coalesce(/data/a, 5)"/>',
        '<bind nodeset="/data/a" constraint=". != /data/b"/><bind nodeset="/data/b" constraint=". != /data/a"/>',
        '<bind nodeset="/data/g" relevant="position(.) &gt; 0"/>',
    ):
        compile_form(xform("<a/><b/><g><x/></g>", binds))


def test_an_unknown_function_is_named_with_its_question(xform: Xform) -> None:
    with pytest.raises(ExpressionError) as caught:
        compile_form(xform("<a/>", '<bind nodeset="/data/a" calculate="concatenate(1, 2)"/>'))
    assert "/data/a (calculate)" in str(caught.value)
    assert "“concatenate()” is not known" in str(caught.value)


def test_a_function_says_how_many_arguments_it_takes(xform: Xform) -> None:
    with pytest.raises(ExpressionError, match=r"if\(\)” takes 3 arguments and has 2"):
        compile_form(xform("<a/>", '<bind nodeset="/data/a" calculate="if(1, 2)"/>'))


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ('<input ref="/data/nowhere"/>', "/data/nowhere, which is no node"),
        ("<input/>", "names no node"),
        ('<input bind="nobody"/>', "which does not exist"),
    ],
)
def test_a_question_without_a_node_is_refused(xform: Xform, body: str, message: str) -> None:
    with pytest.raises(UnreadableForm, match=message):
        compile_form(xform("<a/>", body=body))


def test_a_list_that_the_form_does_not_have_is_refused(xform: Xform) -> None:
    with pytest.raises(ExpressionError, match="no list or attachment “towns”"):
        compile_form(xform("<a/>", '<bind nodeset="/data/a" calculate="instance(\'towns\')/root/item[1]/x"/>'))


LAUGHS = '<!DOCTYPE l [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]><h>&b;</h>'
FOREIGN = '<!DOCTYPE l [<!ENTITY a SYSTEM "file:///etc/passwd">]><h>&a;</h>'


@pytest.mark.parametrize(
    "document",
    [
        "",
        "no xml",
        "<a/>",
        "<html><head/><body/></html>",
        "<html><head><model/></head><body/></html>",
        "<html><head><model><instance/></model></head><body/></html>",
        LAUGHS,
        FOREIGN,
        b"\xff\xfe\x00",
        "<a>" * 100_000,
        "<a>" * 1_000 + "</a>" * 1_000,
    ],
)
def test_what_is_no_form_is_refused(document: str | bytes) -> None:
    with pytest.raises(FormError):
        compile_form(document)


def test_groups_nested_beyond_the_limit_are_refused(xform: Xform) -> None:
    with pytest.raises(LimitExceeded):
        compile_form(xform("<a>" * 70 + "</a>" * 70))


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("l.csv", b"\xff\xff"),
        ("l.geojson", b"\xff\xff"),
        ("l.geojson", b'{"type": "FeatureCollection"}'),
        ("l.geojson", b"[1]"),
        ("l.xml", b"<broken"),
        ("l.xml", b"\xff\xff"),
    ],
)
def test_a_broken_attachment_is_refused_by_its_name(xform: Xform, name: str, data: bytes) -> None:
    with pytest.raises(UnreadableForm, match=name):
        compile_form(xform("<t/>", f'<instance id="l" src="jr://file/{name}"/>'), {name: data})


def test_a_table_may_have_any_common_delimiter_and_line_end(xform: Xform) -> None:
    form = xform("<t/>", '<instance id="l" src="jr://file-csv/l.csv"/>')
    for table in (b"a,b\n1,2\n", b"a;b\r\n1;2\r\n", b"\xef\xbb\xbfa|b\r1|2", b"a\tb\n\r1\t2", b'a,b\n"1","2"\n\n'):
        [item] = compile_form(form, {"l.csv": table}).secondary["l"].children[0].children
        assert [(cell.name, cell.text()) for cell in item.children] == [("a", "1"), ("b", "2")]


def test_geojson_becomes_items_with_places_as_odk_writes_them(xform: Xform) -> None:
    features = (
        b'{"type":"FeatureCollection","features":[{"type":"Feature","id":7,"geometry":{"type":"Point",'
        b'"coordinates":[7.1,50.7]},"properties":{"name":"Bonn","open":true,"n":null}}]}'
    )
    form = compile_form(xform("<t/>", '<instance id="l" src="jr://file/l.geojson"/>'), {"l.geojson": features})
    [item] = form.secondary["l"].children[0].children
    assert {cell.name: cell.text() for cell in item.children} == {
        "geometry": "50.7 7.1 0 0",
        "name": "Bonn",
        "open": "true",
        "n": "",
        "id": "7",
    }
