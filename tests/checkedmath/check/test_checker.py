"""True derivations hold; each wrong version of them is found, on its line."""

import pytest

from checkedmath import Settings, check_page, read_page

LOGISTIC = r"""
:::{where}
- $X \in \mathbb{R}^{n \times m}$
- $Y \in \{0, 1\}^{1 \times m}$
- $w \in \mathbb{R}^{n}$
- $b \in \mathbb{R}$
:::

$$
Z := w^\top X + b, \qquad A := \sigma(Z)
$$

$$
\mathcal{L}^{(i)} := -y^{(i)} \log(a^{(i)}) - (1 - y^{(i)}) \log(1 - a^{(i)}), \qquad
J := \frac{1}{m} \sum_{i=1}^{m} \mathcal{L}^{(i)}
$$

$$
\frac{\partial \mathcal{L}^{(i)}}{\partial z^{(i)}} = a^{(i)} - y^{(i)}
$$

$$ \frac{\partial J}{\partial Z} = \frac{1}{m} (A - Y) $$

$$ \frac{\partial J}{\partial w} = \frac{1}{m} X (A - Y)^\top $$

$$ \frac{\partial J}{\partial w} = \frac{1}{m} \sum_{i=1}^{m} x^{(i)} (a^{(i)} - y^{(i)}) $$

$$ \frac{\partial J}{\partial b} = \frac{1}{m} \sum_{i=1}^{m} (a^{(i)} - y^{(i)}) $$
"""

TWO_LAYERS = r"""
:::{where}
- $X \in \mathbb{R}^{n_0 \times m}$
- $Y \in \{0, 1\}^{n_2 \times m}$
- $W^{[1]} \in \mathbb{R}^{n_1 \times n_0}$
- $b^{[1]} \in \mathbb{R}^{n_1}$
- $W^{[2]} \in \mathbb{R}^{n_2 \times n_1}$
- $b^{[2]} \in \mathbb{R}^{n_2}$
- $g : \mathbb{R} \to \mathbb{R}$
- $l \in \{1, 2\}$
:::

$$
\begin{aligned}
Z^{[1]} &:= W^{[1]} X + b^{[1]} \\
A^{[1]} &:= g(Z^{[1]}) \\
Z^{[2]} &:= W^{[2]} A^{[1]} + b^{[2]}
\end{aligned}
$$

$$
J := \frac{1}{m} \sum_{i=1}^{m} \frac12 (z^{[2](i)} - y^{(i)})^\top (z^{[2](i)} - y^{(i)})
$$

$$ dZ^{[l]} := \frac{\partial J}{\partial Z^{[l]}} $$

$$ dZ^{[2]} = \frac{1}{m} (Z^{[2]} - Y) $$

$$ \frac{\partial J}{\partial W^{[2]}} = dZ^{[2]} A^{[1]\top} $$

$$ \frac{\partial J}{\partial b^{[2]}} = \sum_{i=1}^{m} dz^{[2](i)} $$

$$ dZ^{[1]} = W^{[2]\top} dZ^{[2]} \odot g'(Z^{[1]}) $$

$$ \frac{\partial J}{\partial W^{[1]}} = dZ^{[1]} X^\top = \sum_{i=1}^{m} dz^{[1](i)} x^{(i)\top} $$

$$ \frac{\partial J}{\partial b^{[1]}} = \sum_{i=1}^{m} dz^{[1](i)} $$
"""

LAYERS = r"""
:::{where}
- $X \in \mathbb{R}^{n_0 \times m}$
- $Y \in \mathbb{R}^{n_L \times m}$
- $W^{[l]} \in \mathbb{R}^{n_l \times n_{l-1}}$
- $b^{[l]} \in \mathbb{R}^{n_l}$
- $l \in \{1, \dots, L\}$
- $k \in \{1, \dots, L-1\}$
- $g : \mathbb{R} \to \mathbb{R}$
:::

$$ A^{[0]} := X, \quad Z^{[l]} := W^{[l]} A^{[l-1]} + b^{[l]}, \quad A^{[l]} := g(Z^{[l]}) $$

$$ J := \frac{1}{2} \sum_{i=1}^{m} (a^{[L](i)} - y^{(i)})^\top (a^{[L](i)} - y^{(i)}) $$

$$ \delta^{[l](i)} := \frac{\partial J}{\partial z^{[l](i)}} $$

$$ \delta^{[L](i)} = (a^{[L](i)} - y^{(i)}) \odot g'(z^{[L](i)}) $$

$$ \delta^{[k](i)} = W^{[k+1]\top} \delta^{[k+1](i)} \odot g'(z^{[k](i)}) $$

$$ \frac{\partial J}{\partial b^{[l]}} = \sum_{i=1}^{m} \delta^{[l](i)} $$

$$ \frac{\partial J}{\partial W^{[l]}} = \sum_{i=1}^{m} \delta^{[l](i)} a^{[l-1](i)\top} $$
"""

GILES = r"""
:::{where}
- $A \in \mathbb{R}^{p \times q}$
- $B \in \mathbb{R}^{q \times r}$
- $u \in \mathbb{R}^{1 \times p}$
- $v \in \mathbb{R}^{r}$
- $g : \mathbb{R} \to \mathbb{R}$
:::

$$ C := A B, \quad D := g(C), \quad J := u D v $$

$$ \frac{\partial J}{\partial D} = u^\top v^\top $$

$$ \frac{\partial J}{\partial C} = \frac{\partial J}{\partial D} \odot g'(C) $$

$$ \frac{\partial J}{\partial A} = \frac{\partial J}{\partial C} B^\top $$

$$ \frac{\partial J}{\partial B} = A^\top \frac{\partial J}{\partial C} $$
"""

DERIVATIONS = {"logistic": LOGISTIC, "two": TWO_LAYERS, "layers": LAYERS, "giles": GILES}


def findings(text):
    return check_page(read_page(text, "page.md"), settings=Settings(draws=3))


@pytest.mark.parametrize("name", DERIVATIONS)
def test_true_derivations_hold(name):
    found = findings(DERIVATIONS[name])
    assert len(found) >= 4
    assert [str(finding) for finding in found if not finding.passes] == []
    assert max(finding.relative_error for finding in found) < 1e-12


def claims(text):
    """Return the places after the first = of each claim: where a mistake can be made."""
    start = 0
    for line in text.splitlines(keepends=True):
        if " = " in line and ":=" not in line and not line.startswith("-"):
            yield start + line.index(" = "), start + len(line)
        start += len(line)


MISTAKES = {
    "1/m dropped": (r"\frac{1}{m} ", ""),
    "transpose dropped": (r"^\top", ""),
    "transpose of a layer dropped": (r"\top}", "}"),
    "⊙ turned into a product": (r"\odot", r"\cdot"),
    "minus turned into plus": (" - ", " + "),
    "sign of the right side flipped": (" = ", " = -"),
    "index shifted": ("l-1", "l"),
    "layer shifted": ("k+1", "k"),
    "derivative dropped": ("g'", "g"),
    "other layer": ("{[2]", "{[1]"),
    "doubled": (" = ", r" = 2 \cdot "),
}


def wrong_versions():
    for name, text in DERIVATIONS.items():
        for mistake, (right, wrong) in MISTAKES.items():
            for first, last in claims(text):
                at = text.find(right, first, last)
                number = 0
                while at >= 0:
                    line = text[:at].count("\n") + 1
                    changed = text[:at] + wrong + text[at + len(right) :]
                    yield pytest.param(changed, line, id=f"{name}-{line}-{mistake}-{number}")
                    number += 1
                    at = text.find(right, at + 1, last)


@pytest.mark.parametrize(("text", "line"), list(wrong_versions()))
def test_each_mistake_is_found_on_its_line(text, line):
    bad = [finding for finding in findings(text) if not finding.passes]
    assert bad
    assert {finding.line for finding in bad} == {line}


_DECLARED = LAYERS.partition(":::\n\n")[0].partition("}\n")[2]


def test_the_last_layer_s_size_is_that_of_its_number(statuses):
    assert statuses("n_L = n_1", where=_DECLARED) == ["differs"]


def test_an_index_with_no_values_tests_nothing(check):
    (finding,) = check("j = j", where=r"- $j \in \{2, \dots, 1\}$")
    assert "nothing was tested" in finding.diagnosis


ROW = r"""
::::{{side-by-side}}
$$
{left}
$$

{word}

$$
{right}
$$ (row)
::::
"""
ROWS_HEAD = LOGISTIC.partition("$$\n\\frac{\\partial \\mathcal")[0]
STACKED = (r"\frac{\partial \mathcal{L}}{\partial z} = a - y", r"V := A - Y = A - Y")


def rows(left, right, word=""):
    text = ROWS_HEAD + ROW.format(left=left, right=right, word=word)
    return [finding for finding in findings(text) if finding.kind == "row"]


WORDS = [
    ("a - y = a - y", "A - Y = A - Y", "stacked"),
    (r"\mathcal{L} = \mathcal{L}", "J = J", "mean"),
    (r"\mathcal{L} = \mathcal{L}", "m J = m J", "sum"),
    ("w = w", "w = w", "same"),
    (
        r"\frac{\partial \mathcal{L}}{\partial w} = x (a - y)",
        r"\frac{\partial J}{\partial w} = \frac{1}{m} X (A - Y)^\top",
        "mean",
    ),
]


@pytest.mark.parametrize(("left", "right", "word"), WORDS)
def test_the_word_of_a_row_is_found(left, right, word):
    for written in ("", f"*{word}*"):
        (finding,) = rows(left, right, written)
        assert (finding.status, finding.word) == ("holds", word)


@pytest.mark.parametrize(("left", "right", "word"), WORDS)
def test_a_wrong_word_is_told(left, right, word):
    wrong = next(other for other in ("sum", "stacked") if other != word)
    (finding,) = rows(left, right, f"*{wrong}*")
    assert finding.status == "differs"
    assert f"expected *{wrong}*, but" in finding.diagnosis
    assert finding.word == word


def test_a_row_with_no_word_is_told():
    (finding,) = rows(r"\mathcal{L} = \mathcal{L}", "2 J = 2 J")
    assert finding.status == "differs"
    assert "in no way that has a word" in finding.diagnosis


def test_a_row_whose_equation_fails_is_told_once():
    text = ROWS_HEAD + ROW.format(left="a = y", right="A = A", word="")
    found = findings(text)
    assert [finding.status for finding in found if not finding.passes] == ["differs"]
    assert not any(finding.kind == "row" for finding in found)


def test_small_letters_need_an_example_outside_of_a_row():
    found = findings(ROWS_HEAD + "$$ a - y = a - y $$\n")
    assert found[-1].status == "undeclared"
    assert "a belongs to no example; write a^{(i)} for column i of A" in found[-1].diagnosis


def test_the_same_seed_gives_the_same_findings():
    page = read_page(LOGISTIC, "page.md")
    first, again, other = (check_page(page, settings=Settings(seed=s)) for s in (1, 1, 2))
    assert first == again != other


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({"draws": 0}, "draws = 0; expected 1 to"),
        ({"draws": 10**9}, "draws = 1000000000; expected 1 to"),
        ({"timeout": -1.0}, r"timeout = -1\.0; expected seconds from 0"),
        ({"timeout": float("nan")}, "timeout = nan; expected seconds from 0"),
    ],
)
def test_settings_that_check_nothing_are_refused(settings, words):
    with pytest.raises(ValueError, match=words):
        Settings(**settings)


def test_more_values_of_free_indices_than_fit_are_told(check):
    where = r"- $X \in \mathbb{R}^{30 \times 30}$" + "\n" + r"- $h, k \in \{1, \dots, 900\}$"
    (finding,) = check("h k X = k h X", where=where)
    assert finding.status == "unreadable"
    assert "the free indices have too many values to compare them all" in finding.diagnosis


def test_a_timeout_of_nothing_checks_nothing():
    found = check_page(read_page(LOGISTIC, "page.md"), settings=Settings(timeout=0))
    assert {finding.status for finding in found} == {"timeout"}
