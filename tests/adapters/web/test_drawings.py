"""Drawings from the database: shapes and words get into a page, and nothing else does."""

from __future__ import annotations

import pytest

from adapters.web.drawings import checked

SVG = (
    '<svg xmlns="http://www.w3.org/2000/svg" role="img" aria-label="So &lt;many&gt;" width="100%" height="3em">{}</svg>'
)


def test_shapes_and_words_are_shown_as_they_are() -> None:
    drawn = SVG.format('<rect x="0%" y="1em" width="40%" class="bar"/><text x="0" y="1em">&lt;b&gt;</text>')
    assert checked(drawn) == drawn


@pytest.mark.parametrize(
    "inside",
    [
        "<script>alert(1)</script>",
        '<rect onload="alert(1)"/>',
        '<a href="javascript:alert(1)"><text>x</text></a>',
        '<image href="http://x/y.png"/>',
        '<rect style="fill:url(http://x)"/>',
        '<rect class="x&quot; onload=&quot;y"/>',
        '<rect x="url(#a)"/>',
        "<style>*{}</style>",
        "<foreignObject><body xmlns='http://www.w3.org/1999/xhtml'><img src='x' onerror='y'/></body></foreignObject>",
        "<use href='#x'/>",
        '<animate attributeName="x"/>',
        "<rect xmlns='http://www.w3.org/1999/xhtml'/>",
        "<text>not closed",
        "&unknown;",
        "<!-- --><text>x</text>",
        "<text><![CDATA[<script>]]></text>",
        "<?php x ?>",
    ],
)
def test_anything_else_leaves_the_page_without_a_drawing(inside: str) -> None:
    assert checked(SVG.format(inside)) == ""


def test_a_document_type_is_refused() -> None:
    assert checked('<!DOCTYPE svg [<!ENTITY a "b">]>' + SVG.format("<text>&a;</text>")) == ""


@pytest.mark.parametrize("nothing", ["", "plain words", "<html/>"])
def test_what_is_no_drawing_is_none(nothing: str) -> None:
    assert checked(nothing) == ""
