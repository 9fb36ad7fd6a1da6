"""A page is read whole: what says nothing is told where it stands, and the rest is kept."""

import pytest

from checkedmath import read_page
from checkedmath.bind.binding import bind_page


@pytest.mark.parametrize(
    "latex",
    [
        "a",
        "a, b",
        "a = b, c",
        "P := a := b",
        "a = P := b",
        "",
        r"\text{so}",
        "a + b := c",
        "A^{[b+1]} := a",
    ],
)
def test_what_says_nothing_is_told(statuses, latex):
    assert statuses(latex) == ["unreadable"]


@pytest.mark.parametrize(
    ("latex", "words"),
    [
        ("a", "there is no = here to check"),
        (r"a \approx b", r"\approx up to what?"),
        ("a = P := b", ":= stands first in a chain"),
    ],
)
def test_a_display_that_cannot_be_checked_says_what_to_write(check, latex, words):
    (finding,) = check(latex)
    assert words in finding.diagnosis


def test_what_is_wrong_in_one_place_leaves_the_others(page_of):
    bound_page = bind_page(page_of("a = )", "P := a", "P = a"))
    assert [finding.line for finding in bound_page.findings] == [13]
    assert [len(check.statements) for check in bound_page.equations] == [0, 1, 1]


def test_a_used_page_s_mistakes_are_told_there_only(page_of):
    used = read_page(":::{where}\n- $a$\n- $q \\in \\mathbb{R}$\n:::\n\n$$ = $$\n", "used.md")
    bound_page = bind_page(page_of("a = q"), [used])
    assert bound_page.findings == []
    assert bound_page.scope.knows("q")


def test_nothing_is_read_after_the_deadline(page_of):
    bound_page = bind_page(page_of("a = a"), [page_of("P := a")], deadline=0.0)
    assert {finding.status for finding in bound_page.findings} == {"timeout"}
    assert not bound_page.scope.names


@pytest.mark.parametrize(
    ("option", "reason"), [(":unchecked: a limit", "a limit"), (":unchecked:", "no reason given")]
)
def test_an_excused_equation_tells_the_reason(option, reason):
    page = read_page(f"```{{math}}\n{option}\n\n\\lim a = b\n```\n", "page.md")
    (finding,) = bind_page(page).findings
    assert (finding.status, finding.diagnosis) == ("unchecked", reason)
