"""The run counts what the checks catch, and lists what slips through, for a person."""

import pytest

from checkedmath.command import main

HEAD = r"""
:::{where}
- $X \in \mathbb{R}^{n \times m}$
- $Y \in \{0, 1\}^{1 \times m}$
- $w \in \mathbb{R}^{n}$
- $u, v \in \mathbb{R}$
:::

"""
LOGISTIC = (
    HEAD
    + r"""
$$
A := \sigma(w^\top X), \qquad
J := -\frac{1}{m} \sum_{i=1}^{m} (y^{(i)} \log(a^{(i)}) + (1 - y^{(i)}) \log(1 - a^{(i)}))
$$

$$
\frac{\partial J}{\partial w} = \frac{1}{m} X (A - Y)^\top
$$ (dw)
"""
)


@pytest.fixture
def run(tmp_path, monkeypatch, capsys):
    """Return a function that runs on pages: the exit code, the lines printed, the errors."""
    monkeypatch.chdir(tmp_path)

    def of(**pages):
        for name, text in pages.items():
            (tmp_path / f"{name}.md").write_text(text, encoding="utf-8")
        code = main(["mutants", *(f"{name}.md" for name in pages), "--draws", "3"])
        printed = capsys.readouterr()
        return code, printed.out.splitlines(), printed.err

    return of


def counts(lines, title):
    """Return the numbers of the last row of a table."""
    start = next(n for n, line in enumerate(lines) if line.startswith(title))
    (row,) = [line for line in lines[start:] if line.startswith("all ")][:1]
    return [int(word) for word in row.split()[1:]]


def test_a_derivation_is_pinned_by_its_gradient(run):
    code, lines, errors = run(page=LOGISTIC)
    assert (code, errors) == (0, "")
    made, caught, equal, survived = counts(lines, "equalities")
    assert made == caught + equal + survived > 20
    assert survived == 0
    made, caught, equal, uncovered = counts(lines, "definitions")
    assert made == caught + equal + uncovered > 40
    assert uncovered == 0


def test_a_survivor_is_listed_and_fails(run):
    text = "$$ v + 10^{-11} u = v + 10^{-11} u $$ (small)\n"
    code, lines, _ = run(page=HEAD + text)
    assert code == 1
    found = [each for each in lines if " survived  " in each]
    assert found[0] == (
        "page.md:9 (small) survived  sign flipped: v + 10^{-11} u → v - 10^{-11} u  in "
        "v + 10^{-11} u"
    )


def test_what_is_equal_on_every_draw_is_no_survivor(run):
    code, lines, _ = run(page=HEAD + "$$ P := X X^\\top, \\quad P X = X X^\\top X $$ (same)\n")
    assert code == 0
    assert counts(lines, "equalities")[2:] == [1, 0]


def test_a_definition_that_nothing_rests_on_is_listed_and_passes(run):
    code, lines, _ = run(page=HEAD + "$$ P := u X $$ (loose)\n\n$$ u = u $$\n")
    assert code == 0
    (line,) = [each for each in lines if "factor dropped: u X → X" in each]
    assert line == (
        "page.md:9 (loose) uncovered  factor dropped: u X → X  in u X; no equality rests on it"
    )


def test_a_definition_whose_equalities_hold_with_every_value_is_told_so(run):
    _, lines, _ = run(page=HEAD + "$$ p := u v $$\n\n$$ p + p = 2 p $$\n")
    loose = [line for line in lines if " uncovered  " in line]
    assert loose
    assert all(
        line.endswith("; the equalities that rest on it hold with it, too") for line in loose
    )


def test_a_definition_is_pinned_by_a_page_that_uses_it(run):
    user = ":::{where}\n:uses: page\n:::\n\n$$ p = v u $$\n"
    assert run(page=HEAD + "$$ p := u v $$\n")[1][-1].endswith("; no equality rests on it")
    code, lines, _ = run(page=HEAD + "$$ p := u v $$\n", user=user)
    assert code == 0
    assert counts(lines, "definitions")[-1] == 0


def test_the_chain_after_a_definition_pins_it(run):
    _, lines, _ = run(page=HEAD + "$$ p := u v + u = u (v + 1) $$\n")
    assert counts(lines, "definitions")[-1] == 0


def test_what_nobody_could_have_written_is_no_mutant(run):
    where = ":::{where}\n- $W^{[1]} \\in \\mathbb{R}^{2 \\times 3}$\n:::\n\n"
    _, lines, _ = run(page=where + "$$ W^{[1]} = W^{[1]} $$\n")
    # A sign and a transpose on each side; no layer 0 or 2.
    assert counts(lines, "equalities") == [4, 4, 0, 0]


def test_inequalities_and_excused_equations_have_no_mutants(run):
    excused = "```{math}\n:unchecked: no reason\nu = v\n```\n"
    _, lines, _ = run(page=HEAD + "$$ u^2 \\ge 0, \\quad u \\neq v $$\n\n" + excused)
    assert counts(lines, "equalities") == [0, 0, 0, 0]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (HEAD + "$$ u = v $$\n", "page.md:9:6 differs"),
        (HEAD + "$$ u = $$\n", "page.md:9:8 unreadable"),
        (":::{where}\n- $X \\in \\mathbb{R}^{0 \\times 2}$\n:::\n", "page.md: an array of shape"),
    ],
)
def test_a_page_that_does_not_pass_is_refused(run, text, words):
    code, lines, errors = run(page=text)
    assert (code, lines) == (2, [])
    assert errors.startswith(f"checked-math: mutants are made of pages that pass; {words}")


def test_a_file_that_cannot_be_read_is_told(tmp_path, capsys):
    assert main(["mutants", str(tmp_path / "none.md")]) == 2
    assert "none.md" in capsys.readouterr().err
