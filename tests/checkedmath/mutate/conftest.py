"""What the tests of mutation share: a page, and the expressions on it."""

import pytest

from checkedmath import read_page
from checkedmath.bind.preparing import prepare

PAGE = r"""
:::{where}
- $X \in \mathbb{R}^{n \times m}$
- $Y \in \mathbb{R}^{1 \times m}$
- $M \in \mathbb{R}^{n \times n}$
- $w, v \in \mathbb{R}^{n}$
- $a \in \mathbb{R}$
- $D \in \mathbb{R}^{(n - 1) \times 2}$
- $W^{[1]} \in \mathbb{R}^{p \times n}$
- $W^{[2]} \in \mathbb{R}^{1 \times p}$
- $g : \mathbb{R} \to \mathbb{R}$
- $f : \mathbb{R} \to \mathbb{R}^n$
- $q : \mathbb{R}^n \times \mathbb{R}^n \to \mathbb{R}$
- $l \in \{1, 2\}$
- $R^{[l]}, U^{[l]} \in \mathbb{R}^{n_l \times n_{l-1}}$
- $U^{[3]} \in \mathbb{R}^{1 \times n_2}$
- $V \in \mathbb{R}^{n_0 \times m}$
- $s \in \mathbb{R}^{n}$
:::

$$ A^{[0]} := X, \quad Z^{[l]} := W^{[l]} A^{[l-1]}, \quad A^{[l]} := g(Z^{[l]}) $$

$$ \mathcal{L}^{(i)} := (a^{[2](i)} - y^{(i)})^2, \quad J := \sum_{i=1}^{m} \mathcal{L}^{(i)} $$

$$ dz^{[l](i)} := \frac{\partial J}{\partial z^{[l](i)}}, \quad S := a S $$

$$ H^{[0]} := V, \quad H^{[l]} := g(R^{[l]} H^{[l-1]}), \quad t := \operatorname{softmax}(s) $$

$$ P := \operatorname{softmax}(V) $$

"""


@pytest.fixture
def side_of():
    """Return a function that reads an expression on the page, with its scope."""

    def read(latex):
        prepared = prepare(read_page(f"{PAGE}$$\na = {latex}\n$$\n", "page.md"))
        assert prepared.findings == []
        return prepared.checks[-1].statements[0].sides[1], prepared.scope

    return read
