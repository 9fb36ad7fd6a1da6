"""What the tests of the checker share: pages made of a where list and LaTeX."""

import pytest
from hypothesis import HealthCheck, settings

from checkedmath import Settings, check_page, read_page

# How long an example takes depends on what else the machine does.
settings.register_profile("tests", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("fuzz", settings.get_profile("tests"), max_examples=500)
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
def judge(check):
    """Return a function that has balls judge a pair: the true line is certified, the other not."""
    pytest.importorskip("flint")

    def judge(where, definitions, true, false):
        found = check(*definitions, true, where=where, certify=True)
        assert [each for each in found if not each.passes or each.certificate is None] == []
        found = check(*definitions, false, where=where, certify=True)
        assert not all(each.passes for each in found)

    return judge
