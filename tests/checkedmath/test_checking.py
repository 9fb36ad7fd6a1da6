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


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        (r"\frac{\partial J}{\partial Z} = A - Y", "exactly 1/m"),
        (r"m \frac{\partial J}{\partial Z} = \frac{1}{m} (A - Y)", "exactly m:"),
        (r"\frac{\partial J}{\partial Z} = m (A - Y)", "exactly 1/m²"),
        (r"m \frac{\partial J}{\partial Z} = \frac{1}{m^2} m^{-0} (A - Y) \cdot 1", "exactly m²"),
        (r"\frac{\partial J}{\partial Z} = \frac{2}{m} (A - Y)", "exactly 1/2"),
        (r"2 \frac{\partial J}{\partial Z} = \frac{1}{m} (A - Y)", "exactly 2"),
        (r"\frac{\partial J}{\partial Z} = \frac{1}{m} (Y - A)", "the sign"),
        (r"\frac{\partial J}{\partial w} = \frac{1}{m} (A - Y) X^\top", "transposed"),
        (r"\frac{\partial J}{\partial Z} = \frac{1}{m} A", "it holds with"),
    ],
)
def test_the_mistake_is_named(wrong, words):
    head = LOGISTIC.partition(r"$$ \frac{\partial J}{\partial Z}")[0]
    finding = findings(f"{head}$$ {wrong} $$ (one)\n")[-1]
    assert not finding.passes
    assert words in finding.diagnosis
    assert finding.label == "one"


@pytest.mark.parametrize(
    ("latex", "status"),
    [
        ("0 = 0", "differs"),
        ("a - a = 0", "holds"),
        ("a = 0", "differs"),
        ("0 a = 0 b", "differs"),
        (r"\frac{a}{10000000000} = 0", "differs"),
        (r"\log(-a^2) = \log(-a^2)", "differs"),
        (r"\frac{a}{a - a} = b", "differs"),
        (r"a \propto b", "differs"),
        (r"A \propto a A", "holds"),
        (r"A \propto C", "differs"),
        (r"v_j \propto v_j w_1", "holds"),
        (r"v_j \propto w_j", "differs"),
        (r"A \propto 0 \cdot A", "differs"),
        (r"A \propto (a - a) A", "differs"),
        (r"a \neq b", "holds"),
        (r"a \neq a", "differs"),
        (r"v_j \neq v_1", "differs"),
        (r"A \neq C", "holds"),
        (r"\log(-a^2) \neq a", "differs"),
        (r"A \neq A^\top", "shape"),
        (r"a^2 \ge 0", "holds"),
        (r"a^2 + 1 > 0", "holds"),
        (r"a < a", "differs"),
        (r"a \le a", "holds"),
        (r"a \le (a + b) - b", "holds"),
        (r"a < b", "differs"),
        (r"a < (a + b) - b", "differs"),
        (r"-1 < \tanh(a) < 1", "holds"),
        ("m = 3", "differs"),
        (r"a \approx b", "unreadable"),
    ],
)
def test_relations_mean_what_they_say(statuses, latex, status):
    found = set(statuses(latex))
    assert found == {status}


def test_each_relation_of_a_chain_is_checked(statuses):
    assert statuses("a = a = b = b") == ["holds", "differs", "holds"]
    assert statuses("P := a = a = b") == ["holds", "differs"]


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
    ("first", "second"),
    [
        ("P := a", "P := b"),
        ("P^{[j]} := a", "P^{[k]} := b"),
        ("p^{(i)} := x^{(i)}", "p^{(j)} := 2"),
        ("A := C", "a = a"),
        ("m := 2", "a = a"),
        ("g := 2", "a = a"),
        ("j := 2", "a = a"),
        ("x^{(i)} := y^{(i)}", "a = a"),
        ("p^{(i)} := x^{(i)}", "P := 2 X"),
    ],
)
def test_no_definition_shadows_another_in_silence(statuses, first, second):
    assert "unreadable" in statuses(first, second)


def test_a_definition_for_each_example_may_be_the_batch_s_column(statuses):
    assert statuses("p^{(i)} := 2 x^{(i)}", "P := 2 X", "p^{(i)} = x^{(i)} + x^{(i)}") == ["holds"]


def test_a_family_does_not_shadow_a_declared_layer(statuses):
    where = r"""
- $W^{[1]}, a \in \mathbb{R}$
- $l \in \{1, 2\}$
- $V^{[l]} \in \mathbb{R}$
"""
    assert statuses("W^{[l]} := a", where=where) == ["unreadable"]
    assert statuses("V^{[1]} := a", where=where) == ["unreadable"]
    twice = where + r"- $V^{[1]} \in \mathbb{R}$"
    assert statuses("a = a", where=twice) == ["unreadable"]


_DECLARED = LAYERS.partition(":::\n\n")[0].partition("}\n")[2]


def test_the_last_layer_s_size_is_that_of_its_number(statuses):
    assert statuses("n_L = n_1", where=_DECLARED) == ["differs"]


def test_an_example_of_what_is_only_defined_can_be_named(statuses):
    assert statuses("P := 2 X, p^{(i)} = P_{1, i}", where=r"- $X \in \mathbb{R}^{1 \times m}$") == [
        "holds"
    ]


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
    return [finding for finding in findings(text) if finding.is_row]


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
        assert (finding.status, finding.relation) == ("holds", word)


@pytest.mark.parametrize(("left", "right", "word"), WORDS)
def test_a_wrong_word_is_told(left, right, word):
    wrong = next(other for other in ("sum", "stacked") if other != word)
    (finding,) = rows(left, right, f"*{wrong}*")
    assert finding.status == "differs"
    assert f"expected *{wrong}*, but" in finding.diagnosis
    assert finding.relation == word


def test_a_row_with_no_word_is_told():
    (finding,) = rows(r"\mathcal{L} = \mathcal{L}", "2 J = 2 J")
    assert finding.status == "differs"
    assert "in no way that has a word" in finding.diagnosis


def test_a_row_whose_equation_fails_is_told_once():
    text = ROWS_HEAD + ROW.format(left="a = y", right="A = A", word="")
    found = findings(text)
    assert [finding.status for finding in found if not finding.passes] == ["differs"]
    assert not any(finding.is_row for finding in found)


def test_small_letters_need_an_example_outside_of_a_row():
    found = findings(ROWS_HEAD + "$$ a - y = a - y $$\n")
    assert found[-1].status == "undeclared"
    assert "a belongs to no example; write a^{(i)} for column i of A" in found[-1].diagnosis


@pytest.mark.parametrize(
    ("latex", "words"),
    [
        ("x^{(i)} = X^{(i)}", "X is the batch; example i's column is x^{(i)}"),
        ("Aa = 1", "belongs to no example"),
        ("x = 1", "write x^{(i)} for column i of X"),
        ("W_1 = 1", "not declared"),
        ("A^{[2]} = 1", "A^{[2]} is not declared"),
    ],
)
def test_what_is_not_declared_is_told_with_what_may_be_meant(check, latex, words):
    where = r"- $X, A \in \mathbb{R}^{n \times m}$"
    (finding,) = check(latex, where=where)
    assert finding.status == "undeclared"
    assert words in finding.diagnosis


def test_the_same_seed_gives_the_same_findings():
    page = read_page(LOGISTIC, "page.md")
    first, again, other = (check_page(page, settings=Settings(seed=s)) for s in (1, 1, 2))
    assert first == again != other


@pytest.mark.parametrize(
    "settings", [{"draws": 0}, {"draws": 10**9}, {"timeout": -1.0}, {"timeout": float("nan")}]
)
def test_settings_that_check_nothing_are_refused(settings):
    with pytest.raises(ValueError, match="expected"):
        Settings(**settings)


def test_a_timeout_of_nothing_checks_nothing():
    found = check_page(read_page(LOGISTIC, "page.md"), settings=Settings(timeout=0))
    assert {finding.status for finding in found} == {"timeout"}
