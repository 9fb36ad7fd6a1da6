"""Whatever a page says, its HTML has only the elements that we make of it."""

import json
import re
import time
from html.parser import HTMLParser

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from checkedmath.sphinxext.plain import plain_html

pytestmark = pytest.mark.filterwarnings("ignore:'sphinx.environment.BuildEnvironment.app'")

PIECES = [
    *(r"\lt ", r"\gt ", r"\amp ", r"\quot ", r"\apos ", r"\text{", r"\hat ", r"\hat{", r"\bar "),
    *("{", "}", "^", "_", "<", ">", "&", '"', "'", "img src=x onerror=alert(1)", "script", "/"),
    *(r"\mathcal ", r"\mathbb{", r"\mathbf ", "$", "**", "*", "`", "[", "](x)", "\\", r"\{", "a"),
    *("\u0338", "\u0302", "&lt;", "&#60;", "&#x3c;", r"\NotLessSlantEqual ", "\n", "\0", "\u2028"),
    *("<!--", "-->", "<![CDATA[", "]]>", "</script>", "%", "~", r"\lbrace ", r"\Tab "),
]
texts = st.lists(st.sampled_from(PIECES), max_size=30).map("".join)


class Elements(HTMLParser):
    """Collects the elements of some HTML, and sees that they close each other."""

    def __init__(self, html):
        super().__init__()
        self.found, self.open, self.attributes = set(), [], []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag, attrs):
        self.found.add(tag)
        self.open.append(tag)
        self.attributes += attrs

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_comment(self, data):
        raise AssertionError(data)

    handle_decl = handle_pi = unknown_decl = handle_comment


@given(text=texts)
@example(text=r"$\lt \text{img\ src=x\ onerror=alert(1)} \gt$")
@example(text=r"\lt \text{img\ src=x\ onerror=alert(1)} \gt")
@example(text="\u0338a")
@example(text=r"\hat{\lt script \gt}")
@example(text=r"\mathcal{\lt}")
def test_only_our_elements_are_made(text):
    found = Elements(plain_html(text))
    assert found.found <= {"i", "b", "sub", "sup"}
    assert found.open == []
    assert found.attributes == []


@pytest.mark.parametrize(
    "piece",
    [
        *("{", "}", "[", "]", "(", "](", "[a](", "[a](b)", "$", "**", "*", "`", "\\", r"\hat", "a"),
        *(
            r"\hat{",
            "^",
            "_{",
            r"\text{",
            r"\mathbf ",
            r"\quad ",
            "\n ",
            "<",
            "&",
            "*a ",
            "$a",
            " ",
        ),
        *("[(", "[[]", "*a*", r"\mathcal{\hat"),
    ],
)
def test_a_text_of_any_length_and_depth_takes_little_time(piece):
    started = time.process_time()
    plain_html(piece * (100_000 // len(piece)))
    assert time.process_time() - started < 5


ATTACK = "<img src=x onerror=alert(1)>"
LATEX = r"\lt \text{img\ src=x\ onerror=alert(1)} \gt"
PAGE = rf"""# Page ${LATEX}$ and &lt;b&gt;

:::{{where}}
- $X \in \mathbb{{R}}^{{n \times m}}$: ${LATEX}$ `{ATTACK}` \<img onerror=alert(1)>
- $w \in \mathbb{{R}}^{{n}}$: "&lt;img onerror=alert(1)&gt;' `</script>` \</script>\<script>alert(1)
:::

$$ A := w^\top X $$

::::{{side-by-side}}
$$ \ell := \frac{{1}}{{2}} a a $$ (one"onclick="alert)

*mean*

$$ J := \frac{{1}}{{2 m}} A A^\top $$
::::

```{{math}}
:label: two
:unchecked: {ATTACK} "onclick=alert(1) </span>
m = 7
```

$$ A = \text{{{ATTACK}}} $$ (three)

$$ A = "onclick=alert(1)" $$

$$ A = 2 A $$ (four<img>)

:::{{implementation}} handmade.some.function
:arguments: X, A
:returns: A, <script>alert(1)</script>
:::
"""
NOTATION = rf"""# Notation

| one | batch | meaning |
|---|---|---|
| $a$ | $A$ | ${LATEX}$ {ATTACK} </script><script>alert(1)</script> [a](javascript:alert(1)) |
| $m$ |  | **&lt;img onerror=alert(1)&gt;** |
"""


class Dangers(HTMLParser):
    """Collects what a page should not have."""

    def __init__(self, html):
        super().__init__()
        self.found = []
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        self.found += [(tag, name) for name, _ in attrs if name.startswith("on")]
        if tag == "img":
            self.found.append((tag, attrs))

    def handle_data(self, data):
        # All that has symbols' notes in it is JSON.
        if self.cdata_elem == "script" and "alert(" in data and data[0] not in "[{":
            self.found.append(data)


@pytest.fixture(params=["html", "dirhtml", "singlehtml"])
def built(request, project, package):
    package(
        "some", "def function(X, A):\n    '''<script>alert(1)</script>'''\n    return A, '<img>'\n"
    )
    project.write("index", PAGE + "\n```{toctree}\nnotation\nreport\n```\n")
    project.write(
        "notation",
        NOTATION.replace(ATTACK, ATTACK.replace("<", r"\<"))
        .replace("</", r"\</")
        .replace("<script>", r"\<script>"),
    )
    project.write("report", "# Report\n\n```{checks}\n```\n")
    names = {"A": "<img onerror=alert(1)>", "a": "</code><script>alert(1)</script>"}
    project.build(request.param, checkedmath_notation="notation", checkedmath_python_names=names)
    folder = project.folder / "_build" / request.param
    return {path: path.read_text("utf-8") for path in sorted(folder.rglob("*.html"))}


def test_no_text_of_a_page_becomes_an_element(built):
    for path, html in built.items():
        assert Dangers(html).found == [], path
    assert any("checked-mark-differs" in html for html in built.values())
    assert any("onerror" in html for html in built.values())


def test_what_symbols_tell_has_only_our_elements(built):
    found = [
        html
        for page in built.values()
        for script in re.findall(r'class="checked-symbols">(.*?)</script>', page, re.DOTALL)
        for _, html in json.loads(script)
    ]
    assert found
    assert any("onerror" in html for html in found)
    for html in found:
        elements = Elements(html)
        assert elements.found <= {"i", "b", "sub", "sup"}
        assert elements.attributes == []


def test_a_script_s_end_is_not_in_what_symbols_tell(built):
    for page in built.values():
        for script in re.findall(r'class="checked-symbols">(.*?)</script>', page, re.DOTALL):
            assert "<" not in script
