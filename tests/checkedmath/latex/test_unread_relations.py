"""What is displayed in words and not checked is said; a reason excuses it, and nothing else."""

import time

import pytest

from checkedmath import check_page, read_page
from checkedmath.latex.unread_relations import relations_unread

WHERE = ":::{where}\n- $a \\in \\mathbb{R}$: a number\n:::\n\n"

UNREAD = [
    r"a + a = 2 a \tag{= 3 a}",
    r"a + a = 2 a \tag*{$= 3 a$}",
    r"\tag{= 3 a} a + a = 2 a",
    r"a + a = 2 a \tag{$\le 3 a$}",
    r"a + a = 2 a \tag{a \neq 0}",
    r"\underbrace{a + a}_{= 3 a} = 2 a",
    r"\underbrace{a + a} _ { = 3 a } = 2 a",
    r"\overbrace{a + a}^{= 3 a} = 2 a",
    r"\underbrace{a + a}^{3 a = a} = 2 a",
    r"\underbrace{\underbrace{a}_{= 3} + a}_{\text{small}} = 2 a",
    r"\underbrace{\underbrace{a}_{\text{small}} + a}_{\text{and so } < 3} = 2 a",
    r"\underbrace{a + a}_{\text{which is }\approx 3 a} = 2 a",
    r"\underbrace{a + a}_{\propto a^3} = 2 a",
    r"a + a = 2 a \text{, so a = 3a}",
    r"a + a = 2 a \quad \text{since } \quad \text{1 = 0}",
    r"a + a = 2 a \text{ (and } a + a = 2 a \text{ equals 3a)}",
    r"a + a = 2 a \textbf{ = 3 a}",
    r"a + a = 2 a \textit{, < 3a}",
    r"a + a = 2 a \textrm{, ≤ 3a}",
    r"a + a = 2 a \text{, $\leq$ 3a}",
    r"a + a = 2 a \text{, ≔ 3a}",
    r"\begin{aligned} a + a &= 2 a \tag{= 3a} \\ a &= a \end{aligned}",
    r"\boxed{a + a = 2 a \text{, = 3a}}",
]
READ = [
    r"a + a = 2 a \tag{1}",
    r"a + a = 2 a \tag*{$\star$}",
    r"\underbrace{a + a}_{\text{a sum}} = 2 a",
    r"\underbrace{a + a}_{n \times m} = 2 a",
    r"a + a = 2 a \text{, as always}",
    r"a + a = 2 a % \tag{= 3a}",
    r"a + a = 2 a \label{a=b}",
    r"a + a = 2 a \phantom{= 3 a}",
    r"a = \begin{cases} a & \text{if } a > 0 \\ a & \text{otherwise} \end{cases}",
    r"a + a = \textcolor{red}{2 a}",
    r"a = a, \quad \text{and} \quad a + a = 2 a",
]


@pytest.mark.parametrize("latex", UNREAD)
def test_a_relation_that_is_displayed_and_not_read_is_said(latex):
    found = check_page(read_page(f"{WHERE}$$\n{latex}\n$$\n", "page.md"))
    unchecked = [finding for finding in found if finding.status == "unchecked"]
    assert unchecked
    assert not any(finding.passes for finding in unchecked)
    assert all(finding.line == 6 for finding in unchecked)
    assert "a relation that is displayed, and not checked" in unchecked[0].diagnosis


@pytest.mark.parametrize("latex", UNREAD)
def test_only_a_reason_excuses(latex):
    for reason, passes in (("a limit", True), ("", False)):
        text = f"{WHERE}```{{math}}\n:unchecked: {reason}\n{latex}\n```\n"
        (found,) = check_page(read_page(text, "page.md"))
        assert found.status == "unchecked"
        assert found.passes is passes


@pytest.mark.parametrize("latex", READ)
def test_words_and_labels_that_claim_nothing_are_left_alone(latex):
    found = check_page(read_page(f"{WHERE}$$\n{latex}\n$$\n", "page.md"))
    assert {finding.status for finding in found} == {"holds"}


def test_its_column_is_that_of_the_relation():
    (_, found) = check_page(read_page(f"{WHERE}$$\na = a \\tag{{so = 1}}\n$$\n", "page.md"))
    assert (found.line, found.column) == (6, 15)


@pytest.mark.parametrize(
    "piece", [r"\tag{", r"\tag{a}", r"\underbrace{", r"\underbrace{a}_{b}", "{", "}", r"\text {"]
)
def test_a_text_of_any_length_takes_little_time(piece):
    started = time.process_time()
    list(relations_unread(piece * (100_000 // len(piece))))
    assert time.process_time() - started < 5
