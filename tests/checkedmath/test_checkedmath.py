"""The package offers what its contract names, and nothing else."""

import pytest

import checkedmath


def test_all_is_true():
    assert sorted(checkedmath.__all__) == [
        "Explanation",
        "Finding",
        "Settings",
        "check_file",
        "check_page",
        "explain",
        "read_page",
    ]
    assert all(callable(getattr(checkedmath, name)) for name in checkedmath.__all__)


def test_what_it_does_not_offer_is_told():
    with pytest.raises(AttributeError, match="module 'checkedmath' has no attribute 'prove'"):
        checkedmath.prove  # noqa: B018 (asking is the test)
