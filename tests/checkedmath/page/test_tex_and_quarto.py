"""A paper and a Quarto document are checked as they stand."""

import time

import pytest

from checkedmath import check_file

PAPER = r"""\documentclass{article}
\newcommand{\open}{\[}
\begin{document}
% where:
% - $X \in \mathbb{R}^{n \times m}$: the inputs, one example a column
% - $w \in \mathbb{R}^{n}$: the weights
%   of the only layer
% - $Y \in \mathbb{R}^{1 \times m}$: what to predict
The error and the cost are
\begin{equation}
  Z := w^\top X - Y, \qquad J := \frac{1}{2m} Z Z^\top \label{eq:cost}
\end{equation}
so that, by a rule \cite{rule}, 50\% of this \[ \frac{\partial J}{\partial Z} = \frac{1}{m} Z \]
\begin{align}
  \frac{\partial J}{\partial w} &= \frac{1}{m} X Z^\top \label{eq:dw} \\[2pt]
    % &= X Z^\top
    &= \frac{1}{m} \sum_{i=1}^{m} x^{(i)} z^{(i)}
\end{align}
\begin{verbatim}
\[ 1 = 2 \]
\end{verbatim}
\begin{equation*}
  % unchecked: a definition of words
  1 = 2
\end{equation*}
$$ J \approx J + 10^{-5} % tolerance: 1e-1
$$
\end{document}
"""

QUARTO = r"""---
title: A page
---

::: {.where}
- $a, b \in \mathbb{R}$: two numbers
:::

```{python}
#| echo: false
x = "$$ 1 = 2 $$"
```

$$
(a + b)^2 = a^2 + 2 a b + b^2
$$ {#eq-square}

See @eq-square.

```math
a b = b a
```
"""


def told(path, text):
    path.write_text(text, encoding="utf-8")
    return [(f.line, f.label, f.status) for f in check_file(path)]


def test_a_paper(tmp_path):
    assert told(tmp_path / "paper.tex", PAPER) == [
        (13, None, "holds"),
        (15, "eq:dw", "holds"),
        (17, "eq:dw", "holds"),
        (23, None, "unchecked"),
        (26, None, "holds"),
    ]


@pytest.mark.parametrize(
    ("right", "wrong", "found"),
    [
        (r"\frac{1}{m} Z \]", r"Z \]", (13, None, "differs")),
        (r"&= \frac{1}{m} X", "&= X", (15, "eq:dw", "differs")),
        ("% &= X", "&= X", (16, "eq:dw", "differs")),
        ("% tolerance: 1e-1", "% tolerance: 1e-9", (26, None, "differs")),
        ("% unchecked: a", "% a", (24, None, "differs")),
        (r"\end{align}", r"\end{aline}", (14, None, "unreadable")),
    ],
)
def test_what_is_wrong_in_a_paper_is_found_at_its_line(tmp_path, right, wrong, found):
    assert right in PAPER
    assert found in told(tmp_path / "paper.tex", PAPER.replace(right, wrong, 1))


def test_an_environment_without_an_end_is_told(tmp_path):
    path = tmp_path / "paper.tex"
    path.write_text("\\begin{align}\n1 = 1\n", "utf-8")
    (found,) = check_file(path)
    assert found.diagnosis == r"\begin{align} has no end"


def test_a_column_is_that_of_the_file(tmp_path):
    path = tmp_path / "paper.tex"
    path.write_text(PAPER.replace(r"\frac{1}{m} Z \]", r"Z \]"), "utf-8")
    found = next(each for each in check_file(path) if not each.passes)
    assert path.read_text("utf-8").splitlines()[found.line - 1][found.column - 1 :].startswith("=")


def test_a_quarto_document(tmp_path):
    path = tmp_path / "page.qmd"
    assert told(path, QUARTO) == [(15, "eq-square", "holds"), (21, None, "holds")]
    assert told(path, QUARTO.replace("+ 2 a b", "+ a b"))[0] == (15, "eq-square", "differs")


@pytest.mark.parametrize("part", [r"\[", "$$ a", r"\begin{align}", "% where:\n", "::: {.where}\n"])
@pytest.mark.parametrize("name", ["page.tex", "page.qmd"])
def test_reading_takes_linear_time(tmp_path, part, name):
    seconds = []
    for count in (500, 4000):
        path = tmp_path / name
        path.write_text(part * count, "utf-8")
        started = time.process_time()
        check_file(path)
        seconds.append(time.process_time() - started)
    assert seconds[1] < 40 * seconds[0] + 1


DEFINING = r"""% where:
% - $x \in \mathbb{R}^n$
\begin{equation} % define
  q = x^\top x
\end{equation}
\[ q = \lVert x \rVert^2 \]
"""


def test_an_equation_of_a_paper_defines_where_a_comment_says_so(tmp_path):
    def statuses(text):
        (tmp_path / "paper.tex").write_text(text, encoding="utf-8")
        return {finding.status for finding in check_file(tmp_path / "paper.tex")}

    assert statuses(DEFINING) == {"holds"}
    assert statuses(DEFINING.replace(r"\rVert^2", r"\rVert")) == {"differs"}
    # A percent sign that is written, and a longer comment, define nothing.
    for words in ("", r" \% define", " % we define q"):
        assert "holds" not in statuses(DEFINING.replace(" % define", words))


def test_macros_of_a_paper_are_written_out(tmp_path):
    paper = tmp_path / "paper.tex"
    paper.write_text(
        r"""\documentclass{article}
\newcommand{\R}{\mathbb{R}} % \newcommand{\R}{q}
\newcommand{\norm}[1]{\lVert #1 \rVert}
\begin{document}
% where:
% - $x \in \R^n$: a column
\[ \norm{x}^2 = x^\top x \]
\[ \norm{x} = x^\top x \]
\newcommand{\tp}{^\top}
\begin{align}
  x\tp x &= \norm{x}^2 \\
         &= \norm{x} \norm{
\end{align}
\end{document}
""",
        "utf-8",
    )
    found = [(f.line, f.column, f.status) for f in check_file(paper)]
    assert found == [(7, 15, "holds"), (8, 13, "differs"), (12, 27, "unreadable")]


def test_a_macro_that_begins_an_equation_is_reported(tmp_path):
    paper = tmp_path / "paper.tex"
    paper.write_text(
        "\\newcommand{\\be}{\\begin{equation}} \\newcommand{\\ee}{\\end{equation}}\n"
        "\\begin{document}\n\\be 1 = 2 \\ee\n\\end{document}\n"
    )
    (finding,) = check_file(paper)
    assert (finding.line, finding.status) == (3, "unchecked")
    assert r"what stands behind \be is not read; write \begin{equation} itself" in finding.diagnosis
