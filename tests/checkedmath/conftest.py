"""What the tests of the checker share: pages made of a where list and LaTeX."""

import pytest
from hypothesis import HealthCheck, settings

from checkedmath import Settings, check_page, read_page
from checkedmath.bind.binding import bind_page

# How long an example takes depends on what else the machine does.
settings.register_profile("tests", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("fuzz", settings.get_profile("tests"), max_examples=5000)
settings.load_profile("tests")

WHERE = r"""
- $X, Y \in \mathbb{R}^{n \times m}$
- $A, C \in \mathbb{R}^{p \times q}$
- $B \in \mathbb{R}^{q \times r}$
- $v, w \in \mathbb{R}^{p}$
- $u \in \mathbb{R}^{1 \times p}$
- $a, b, c \in \mathbb{R}$
- $g : \mathbb{R} \to \mathbb{R}$
- $j, k \in \{1, 2\}$
"""

# What expressions of every kind are read on.
EXPRESSIONS = r"""
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
def page_of():
    """Return a function that makes a page of LaTeX displays and a where list."""

    def make(*displays, where=WHERE):
        blocks = [f":::{{where}}\n{where.strip()}\n:::"]
        blocks += [f"$$\n{display}\n$$" for display in displays]
        return read_page("\n\n".join(blocks) + "\n", "page.md")

    return make


@pytest.fixture
def check(page_of):
    """Return a function that checks LaTeX displays: all findings."""

    def run(*displays, where=WHERE, **settings):
        return check_page(page_of(*displays, where=where), settings=Settings(**settings))

    return run


@pytest.fixture
def statuses(check):
    """Return a function that checks LaTeX displays: the findings' statuses."""

    def run(*displays, **options):
        return [finding.status for finding in check(*displays, **options)]

    return run


@pytest.fixture
def side_of():
    """Return a function that reads an expression on the page, with its scope."""

    def read(latex):
        bound_page = bind_page(read_page(f"{EXPRESSIONS}$$\na = {latex}\n$$\n", "page.md"))
        assert bound_page.findings == []
        return bound_page.equations[-1].statements[0].sides[1], bound_page.scope

    return read
