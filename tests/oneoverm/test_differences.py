"""The complex step, central differences and the relative error."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from oneoverm import central_differences, complex_step, relative_error

MATRICES = hnp.arrays(
    np.float64, hnp.array_shapes(max_dims=3, max_side=4), elements=st.floats(-10, 10)
)


@given(x=MATRICES)
def test_the_gradient_of_a_sum_of_sines_is_the_cosines_in_the_same_shape(x):
    gradient = complex_step(lambda x: np.sin(x).sum(), x)
    assert gradient.shape == x.shape
    assert gradient.dtype == np.float64
    np.testing.assert_allclose(gradient, np.cos(x), rtol=1e-15)


def test_each_entry_gets_its_own_derivative():
    weights = np.arange(6.0).reshape(2, 3)
    np.testing.assert_array_equal(
        complex_step(lambda x: (weights * x).sum(), np.ones((2, 3))), weights
    )


def test_the_function_may_change_its_argument():
    def shifted_in_place(x):
        x += 1
        return (x**2).sum()

    x = np.array([1.0, 2.0])
    np.testing.assert_array_equal(complex_step(shifted_in_place, x), [4, 6])
    np.testing.assert_array_equal(x, [1, 2])


def test_the_example_of_squire_and_trapp_has_all_its_digits():
    def f(x):
        return np.exp(x) / (np.sin(x) ** 3 + np.cos(x) ** 3)

    assert complex_step(f, np.pi / 4) == pytest.approx(3.101766393836051, rel=1e-15, abs=0)


@pytest.mark.parametrize("x", [3, [1, 2], np.array([1, 2], dtype=np.float32)])
def test_numbers_lists_and_integers_are_points_too(x):
    np.testing.assert_array_equal(complex_step(lambda x: (x**2).sum(), x), 2 * np.asarray(x))


def test_a_constant_that_is_complex_has_gradient_zero():
    np.testing.assert_array_equal(complex_step(lambda _: 5 + 0j, np.ones(2)), [0, 0])


def test_a_function_that_is_not_real_at_a_real_point_is_refused():
    message = "f returned 3.141592653589793j at a real x; expected a real-valued function"
    with pytest.raises(ValueError, match=f"^{message}$"):
        complex_step(lambda x: np.log(x).sum(), np.array([-1.0]))


@pytest.mark.parametrize(
    "dropping",
    [lambda x: np.abs(x).sum(), lambda x: x.real.sum(), lambda _: 6.0],
    ids=["abs", "real", "constant"],
)
def test_a_dropped_imaginary_part_is_noticed(dropping):
    with pytest.raises(TypeError) as error:
        complex_step(dropping, np.array([1.0, 5.0]))
    assert str(error.value) == (
        "f returned the real 6.0 for a complex x: it dropped the imaginary part, which carries "
        "the derivative (np.abs and .real do), or it is constant (then return complex(value))"
    )


@pytest.mark.parametrize(
    ("call", "exception", "message"),
    [
        (
            lambda: complex_step(lambda x: x, np.ones((1, 2))),
            ValueError,
            "f returned an array of shape (1, 2); expected a scalar",
        ),
        (
            lambda: complex_step(lambda x: x, np.ones((1, 1))),
            ValueError,
            "f returned an array of shape (1, 1); expected a scalar",
        ),
        (
            lambda: complex_step(lambda _: complex(np.nan), 1.0),
            ValueError,
            "f returned (nan+0j); expected a finite number",
        ),
        (
            lambda: complex_step(np.sin, 1j),
            TypeError,
            "x has dtype complex128; expected real numbers",
        ),
        (
            lambda: complex_step(np.sum, np.array([True])),
            TypeError,
            "x has dtype bool; expected real numbers",
        ),
        (
            lambda: complex_step(np.sum, np.array([1.0, np.inf])),
            ValueError,
            "x has the entry inf at (1,); expected finite entries",
        ),
        (
            lambda: complex_step(np.sin, 1.0, h=0),
            ValueError,
            "h is 0; expected a positive number",
        ),
        (
            lambda: relative_error(np.ones((2, 1)), np.ones((1, 2))),
            ValueError,
            "b has shape (1, 2); expected (2, 1), as a",
        ),
        (
            lambda: relative_error([np.nan], [0.0]),
            ValueError,
            "a has the entry nan at (0,); expected finite entries",
        ),
        (
            lambda: relative_error([0.0], [-np.inf]),
            ValueError,
            "b has the entry -inf at (0,); expected finite entries",
        ),
        (
            lambda: relative_error([0.0], [0.0], floor=0.0),
            ValueError,
            "floor is 0.0; expected a positive number",
        ),
    ],
)
def test_what_cannot_be_checked_is_refused(call, exception, message):
    with pytest.raises(exception) as error:
        call()
    assert str(error.value) == message


@given(pair=hnp.array_shapes(max_dims=3, max_side=4).flatmap(
    lambda shape: st.tuples(*[hnp.arrays(np.float64, shape, elements=st.floats(-9, 9))] * 2)
))  # fmt: skip
def test_the_relative_error_is_symmetric_and_at_most_two(pair):
    a, b = pair
    assert relative_error(a, b) == relative_error(b, a)
    assert 0 <= relative_error(a, b) <= 2 * (1 + 1e-15)
    assert relative_error(a, a) == 0


@pytest.mark.parametrize("m", [2, 4, 8])
def test_a_missing_one_over_m_gives_one_minus_one_over_m(m):
    gradient = np.array([[3.0, 4.0]])
    assert relative_error(gradient, m * gradient) == 1 - 1 / m


def test_below_the_floor_the_difference_is_compared_with_the_floor():
    assert relative_error(0.0, 0.0) == 0
    assert relative_error(0.0, 1e-10) == pytest.approx(1e-2)
    assert relative_error(0.0, 1e-10, floor=1e-12) == 1


def test_the_relative_error_is_computed_in_double_precision():
    assert relative_error(np.array([0], np.uint8), np.array([1], np.uint8)) == 1
    assert relative_error(np.float16([6e4]), np.float16([-6e4])) == 2
    assert relative_error([3 + 4j], [3 + 0j]) == pytest.approx(0.8, rel=1e-15, abs=0)


@given(x=MATRICES)
def test_central_differences_have_ten_digits(x):
    gradient = central_differences(lambda x: np.sin(x).sum(), x)
    assert gradient.shape == x.shape
    np.testing.assert_allclose(gradient, np.cos(x), rtol=0, atol=1e-8)


@pytest.mark.parametrize("x", [10**6, -3, 1e-6])
def test_central_differences_keep_their_digits_at_any_size_of_a_point(x):
    np.testing.assert_allclose(central_differences(lambda x: (x + 1) ** 2, x), 2 * x + 2, rtol=1e-9)


@pytest.mark.parametrize("x", [3.1, -0.7, 1e5 / 3])
def test_central_differences_divide_by_what_was_really_added(x):
    assert central_differences(lambda x: x, x) == 1


def test_central_differences_pass_what_drops_an_imaginary_part():
    np.testing.assert_allclose(
        central_differences(lambda x: np.abs(x).sum(), [3.0, -2.0]), [1, -1], rtol=1e-9
    )


@pytest.mark.parametrize(
    ("call", "exception", "message"),
    [
        (
            lambda: central_differences(lambda x: x.sum() + 1j, np.ones(2), h=6e-6),
            TypeError,
            "f returned (2.000006+1j); expected a real number (use complex_step)",
        ),
        (
            lambda: central_differences(lambda x: x, np.ones(2)),
            ValueError,
            "f returned an array of shape (2,); expected a scalar",
        ),
        (
            lambda: central_differences(lambda _: np.inf, np.ones(2)),
            ValueError,
            "f returned inf; expected a finite number",
        ),
        (
            lambda: central_differences(np.sum, np.array([1.0, np.nan])),
            ValueError,
            "x has the entry nan at (1,); expected finite entries",
        ),
        (
            lambda: central_differences(np.sum, np.ones(2), h=-1),
            ValueError,
            "h is -1; expected a positive number",
        ),
        (
            lambda: relative_error(np.ma.masked_array([1.0], mask=[True]), [1.0]),
            TypeError,
            "a is a masked array, whose mask would not be used; expected a plain array: "
            "leave examples out by mask=, or give .filled(…)",
        ),
    ],
)
def test_what_has_no_differences_is_refused(call, exception, message):
    with pytest.raises(exception) as error:
        call()
    assert str(error.value) == message


def test_central_differences_take_a_larger_step_where_a_function_returns_float32():
    x = np.array([1.0, -2.0])
    gradient = central_differences(lambda x: (x.astype(np.float32) ** 3).sum(), x)
    assert relative_error(gradient, 3 * x**2) < 1e-4
