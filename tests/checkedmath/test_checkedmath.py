"""The package offers what its contract names, and nothing else."""

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
