"""Derivations of the field hold as they stand; each wrong version of them does not."""

from pathlib import Path

import pytest

from checkedmath import Settings, check_page, read_page
from checkedmath.audit.report import run

HERE = Path(__file__).parent
PAGES = sorted(path.name for path in HERE.glob("*.md"))

WRONG = {
    "nielsen.md": [
        (r"E \odot \sigma'(z^{[L]})", r"E \odot \sigma(z^{[L]})"),
        (r"E \odot \sigma'(z^{[L]})", r"E \odot \sigma'(a^{[L]})"),
        (r"\nabla_{a^{[L]}} E \odot", r"\nabla_{z^{[L]}} E \odot"),
        (r"(W^{[q+1]})^\top", r"W^{[q+1]}"),
        (r"\sigma'(z^{[q]})", r"\sigma'(z^{[q+1]})"),
        (r"= \delta^{[l]}_j", r"= \delta^{[l]}_1"),
        (r"= a^{[l-1]}_k \delta^{[l]}_j", r"= a^{[l]}_k \delta^{[l]}_j"),
        (r"= a^{[l-1]}_k \delta^{[l]}_j", r"= a^{[l-1]}_j \delta^{[l]}_k"),
    ],
    "softmax.md": [
        (r"\operatorname{diag}(s) - s s^\top", r"\operatorname{diag}(s) + s s^\top"),
        (r"\operatorname{diag}(s) - s s^\top", r"\operatorname{diag}(s) - s^\top s"),
        (r"\frac{e^{t_j}}{\sum_{k} e^{t_k}}", r"\frac{e^{t_j}}{\sum_{k \neq j} e^{t_k}}"),
        (r"(\mathbb{1}[j = k] - s_k)", r"(\mathbb{1}[j \neq k] - s_k)"),
        (r"-s_j s_k &", r"s_j s_k &"),
        (r"p^{(i)}_k - \mathbb{1}[y^{(i)} = k]", r"\mathbb{1}[y^{(i)} = k] - p^{(i)}_k"),
        (r"\frac{1}{m} (P - D) X^\top", r"(P - D) X^\top"),
        (r"X^\top + \lambda W", r"X^\top + 2 \lambda W"),
        (r"X^\top + \lambda W", r"X^\top + \frac{1}{m} \lambda W"),
        (r"\frac{1}{m} (P - D) \mathbf{1}", r"\frac{1}{K} (P - D) \mathbf{1}"),
    ],
    "batch-norm.md": [
        (r"g^{(i)} = G \mathbf{1}_m", r"\frac{1}{m} g^{(i)} = G \mathbf{1}_m"),
        (r"g^{(i)} \odot h^{(i)}", r"g^{(i)} \odot x^{(i)}"),
        (r"-\frac{1}{2} \gamma_j", r"\frac{1}{2} \gamma_j"),
        ("^{-3/2}", "^{-1/2}"),
        (r"\left( m G_{ji}", r"\left( G_{ji}"),
        (r" - H_{ji} \sum_{k=1}^{m} G_{jk} H_{jk}", ""),
        (r"- \sum_{k=1}^{m} G_{jk}", ""),
        (r"\frac{\gamma_j}{m \sqrt", r"\frac{\gamma_j}{\sqrt"),
    ],
    "giles.md": [
        (r"\bar{C} B^\top", r"B^\top \bar{C}"),
        (r"A^\top \bar{C}", r"A \bar{C}"),
        (r"M D = I", "M D = 2 I"),
        (r"-M^{-\top} \bar{D} M^{-\top}", r"M^{-\top} \bar{D} M^{-\top}"),
        (r"-M^{-\top} \bar{D} M^{-\top}", r"-M^{-1} \bar{D} M^{-1}"),
        (r"\operatorname{tr}(M) = I", r"\operatorname{tr}(M) = M"),
        ("= N^\\top\n", "= N\n"),
        ("= 2 A\n", "= A\n"),
        (r"= \frac{A}{\lVert A \rVert_F}", r"= \frac{2 A}{\lVert A \rVert_F}"),
        (r"\det(M) M^{-\top}", r"\det(M) M^{-1}"),
        (r"\det(M) M^{-\top}", r"M^{-\top}"),
    ],
    "attention.md": [
        (r"dO V^\top", r"dO V"),
        (r"P^\top dO", r"P dO"),
        (r"\left( dP_{jk} - D_j \right)", "dP_{jk}"),
        (r"\left( dP_{jk} - D_j \right)", r"\left( dP_{jk} - D_k \right)"),
        (r"dO_{jt} O_{jt}", r"dP_{jt} O_{jt}"),
        (r"= \frac{1}{\sqrt{d}} dS K", r"= dS K"),
        (r"= \frac{1}{\sqrt{d}} dS^\top Q", r"= \frac{1}{d} dS^\top Q"),
        (r"= \frac{1}{\sqrt{d}} dS^\top Q", r"= \frac{1}{\sqrt{d}} dS Q"),
    ],
    "layers.md": [
        (r"dZ^{[L]} = \frac{1}{m} (A", r"dZ^{[L]} = (A"),
        (r"dZ^{[k]} = W^{[k+1]\top}", r"dZ^{[k]} = W^{[k]\top}"),
        (r"dz^{[k+1](i)} \odot g'(z^{[k](i)})", r"dz^{[k+1](i)} \odot g'(z^{[k+1](i)})"),
        (r"= dA^{[l]} \odot", r"= dA^{[l]} \cdot"),
        (r"dZ^{[l]} A^{[l-1]\top}", r"dZ^{[l]} A^{[l]\top}"),
        (r"dZ^{[l]} \mathbf{1}", r"\frac{1}{m} dZ^{[l]} \mathbf{1}"),
    ],
    "one-output.md": [
        (r"= \frac{1}{m} (P - Y)", r"= P - Y"),
        (r"= p^{(i)} - y^{(i)}", r"= y^{(i)} - p^{(i)}"),
        (r"v\, dS \odot", r"v\, P \odot"),
        (r"A^{[L]} dS^\top", r"A^{[L-1]} dS^\top"),
        (r"= dS\, \mathbf{1}", r"= \frac{1}{m} dS\, \mathbf{1}"),
    ],
    "last-layer.md": [
        (r"dZ^{[3]} = \frac{1}{m} (A", r"dZ^{[3]} = (A"),
        (r"W^{[k+1]\top} \delta^{[k+1](i)}", r"W^{[k+1]\top} \delta^{[3](i)}"),
        (r"\frac{1}{m} \sum_{i=1}^{m} \delta^{[l](i)} a", r"\sum_{i=1}^{m} \delta^{[l](i)} a"),
        (r"\delta^{[3](i)} a^{[2](i)\top}", r"a^{[2](i)} \delta^{[3](i)}"),
    ],
    "weighted.md": [
        (r"= \frac{1}{\sum_{i=1}^{m} c^{(i)}} \sum", r"= \frac{1}{m} \sum"),
        (r"x^{(i)} + \frac{\lambda}{m} w", r"x^{(i)} + \frac{\lambda}{2 m} w"),
        (r"x^{(i)} + \frac{\lambda}{m} w", r"x^{(i)} + \lambda w"),
        (r"x^{(i)} + \frac{\lambda}{m} w", r"x^{(i)}"),
        (r"\lVert C \rVert_1", r"\lVert C \rVert_2"),
        (r"(C \odot (w^\top X - Y))", r"(w^\top X - Y)"),
        (r"\frac{1}{\sum_{i} u^{(i)}} X U^\top", r"\frac{1}{m} X U^\top"),
        (r"X \operatorname{diag}(C) X^\top", r"X X^\top"),
        (r"\frac{\lambda}{m} I", r"\frac{\lambda}{2 m} I"),
        (r"\frac{\lambda}{m} I", r"\lambda I"),
    ],
}


def check(text):
    return check_page(read_page(text, "page.md"), settings=Settings(draws=3))


@pytest.mark.parametrize("name", PAGES)
def test_derivations_hold(name):
    found = check((HERE / name).read_text("utf-8"))
    assert [str(finding) for finding in found if not finding.passes] == []
    assert len(found) >= 4
    assert max(finding.relative_error for finding in found) < 1e-11


@pytest.mark.parametrize("name", PAGES)
def test_every_small_mistake_in_a_derivation_is_caught_or_is_none(name):
    report, passes = run([HERE / name], Settings(draws=2))
    assert passes, report


def test_each_derivation_has_wrong_versions():
    assert sorted(WRONG) == PAGES


@pytest.mark.parametrize(
    ("name", "right", "wrong"),
    [(name, *pair) for name, pairs in WRONG.items() for pair in pairs],
)
def test_wrong_versions_do_not_pass_on_their_line(name, right, wrong):
    text = (HERE / name).read_text("utf-8")
    assert text.count(right) == 1
    bad = [finding for finding in check(text.replace(right, wrong)) if not finding.passes]
    assert bad
    assert {finding.status for finding in bad} <= {"differs", "shape"}
    first = text[: text.index(right)].count("\n") + 1
    assert all(abs(finding.line - first) <= 2 for finding in bad)
