"""Each kind of mistake has its status."""

import time

import pytest

from checkedmath import errors


@pytest.mark.parametrize(
    ("kind", "status"),
    [
        (errors.ReadError, "unreadable"),
        (errors.UndeclaredError, "undeclared"),
        (errors.ShapeError, "shape"),
        (errors.TimeoutReachedError, "timeout"),
    ],
)
def test_a_mistake_has_its_status_message_and_place(kind, status):
    error = kind("what is wrong", 4)
    assert isinstance(error, errors.PageError)
    assert (error.status, error.message, error.offset, error.origin) == (
        status,
        "what is wrong",
        4,
        None,
    )
    assert str(error) == "what is wrong"


def test_what_is_late_is_refused():
    errors.refuse_late(time.monotonic() + 100)
    with pytest.raises(errors.TimeoutReachedError, match="has run out") as caught:
        errors.refuse_late(time.monotonic() - 1, 3)
    assert caught.value.offset == 3
