"""Pages that are used together say one thing of each symbol."""

import pytest

from checkedmath import check_file


@pytest.fixture
def told(tmp_path):
    """Return a function that checks a page beside others: what does not pass."""

    def run(page, **others):
        for name, text in {"page": page, **others}.items():
            (tmp_path / f"{name}.md").write_text(text, encoding="utf-8")
        return [
            str(f).replace(f"{tmp_path}/", "")
            for f in check_file(tmp_path / "page.md")
            if not f.passes
        ]

    return run


def uses(*names, where="", claim=r"a = a"):
    return f":::{{where}}\n:uses: {' '.join(names)}\n{where}\n:::\n\n$$ {claim} $$\n"


def declares(*items, defines=""):
    where = "".join(f"- ${item}$\n" for item in items)
    return f":::{{where}}\n{where}:::\n\n" + (f"$$ {defines} $$\n" if defines else "")


A = r"a \in \mathbb{R}"
CONTRADICT = "page.md:1:1 unreadable  two pages that are used here say what"


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (declares(A), declares(r"a \in \mathbb{R}_{>0}")),
        (declares(A), declares(r"a \in \mathbb{R}^{n}")),
        (declares(A), declares(r"b \in \mathbb{R}", defines=r"a := b")),
        (declares(A, defines="c := a"), declares(A, defines="c := 2 a")),
        (declares(A, defines="f(z) := z"), declares(A, defines="f(z) := z^2")),
        (declares(A, r"g : \mathbb{R} \to \mathbb{R}"), declares(A, r"g \in \mathbb{R}")),
        (declares(A, r"k \in \{1, 2\}"), declares(A, r"k \in \{1, 2, 3\}")),
        (declares(A, r"m \in \mathbb{N}"), declares(A, r"m \in \mathbb{R}")),
    ],
)
def test_pages_that_contradict_each_other_are_refused(told, one, other):
    found = told(uses("one", "other"), one=one, other=other)
    assert any(each.startswith(CONTRADICT) for each in found), found
    assert any("one.md:" in each and "other.md:" in each for each in found)
    assert told(uses("one", "other"), one=one, other=one) == []


def test_pages_that_say_the_same_in_the_same_words_are_no_contradiction(told):
    same = declares(A, r"X \in \mathbb{R}^{n \times m}", defines=r"c := 2 a")
    assert told(uses("one", "other", claim="c = a + a"), one=same, other=f"# Title\n\n{same}") == []


def test_a_page_that_goes_on_from_another_one_is_no_contradiction(told):
    other = uses("one", claim="c := 2 a")
    assert told(uses("one", "other", claim="c = a + a"), one=declares(A), other=other) == []


def test_what_is_used_through_others_counts(told):
    through = uses("one", claim="d := c")
    found = told(
        uses("through", "other"),
        through=through,
        one=declares(A, defines="c := a"),
        other=declares(A, defines="c := 2 a"),
    )
    assert any(each.startswith(CONTRADICT) for each in found)


SIGMOID = declares(A, defines=r"P := \sigma(a)")
CAPTURE = "page.md:1:1 unreadable  one.md, which is used here, has"


@pytest.mark.parametrize(
    ("one", "captured"),
    [
        (SIGMOID, r"\sigma \in \mathbb{R}"),
        (SIGMOID, r"\sigma : \mathbb{R} \to \mathbb{R}"),
        (declares(A, defines="P := e^{a}"), r"e \in \mathbb{R}"),
    ],
)
def test_what_a_used_page_means_is_not_changed_by_another_page(told, one, captured):
    page = uses("one", "other", claim="P = P")
    found = told(page, one=one, other=declares(captured))
    assert any(each.startswith(CAPTURE) for each in found), found
    assert any("without declaring it" in each for each in found)
    assert told(page, one=one, other=declares(r"c \in \mathbb{R}")) == []


def test_what_a_used_page_means_is_not_changed_by_the_page_that_uses_it(told):
    own = uses("one", where=r"- $\sigma \in \mathbb{R}$", claim="P = P")
    assert any(each.startswith(CAPTURE) for each in told(own, one=SIGMOID))


def test_parameters_and_indices_are_bound(told):
    one = declares(
        A,
        r"v \in \mathbb{R}^{n}",
        defines=r"f(z) := z^2, \quad S := \sum_{j=1}^{n} v_j",
    )
    other = declares(r"z \in \mathbb{R}", r"j \in \{1, 2\}")
    assert told(uses("one", "other", claim="S = S"), one=one, other=other) == []
