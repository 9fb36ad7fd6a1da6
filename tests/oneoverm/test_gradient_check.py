"""The check of gradients: what it finds, and what it does not take for a mistake."""

import numpy as np
import pytest

from oneoverm import batch, check, initial_layers
from oneoverm.gradient_check import GradientReport
from oneoverm.layers import Layer

LAYERS = initial_layers([3, 4, 2], rng=0)
X, Y = np.random.default_rng(0).normal(size=(3, 5)), np.random.default_rng(1).uniform(size=(2, 5))
PARAMETERS = {
    f"{name}{k}": getattr(layer, name) for k, layer in enumerate(LAYERS, 1) for name in "Wb"
}


def cost(**parameters):
    layers = [
        Layer(parameters[f"W{k}"], parameters[f"b{k}"], layer.activation)
        for k, layer in enumerate(LAYERS, 1)
    ]
    return batch.cost(batch.forward(X, layers), Y, layers)


GRADIENTS = {
    f"{name}{k}": getattr(one, f"d{name}")
    for k, one in enumerate(batch.backward(batch.forward(X, LAYERS), Y, LAYERS), 1)
    for name in "Wb"
}


@pytest.mark.parametrize(
    ("method", "largest"), [("complex_step", 1e-14), ("central_differences", 1e-8)]
)
def test_a_check_passes_right_gradients_and_tells_each_error(method, largest):
    report = check(cost, PARAMETERS, GRADIENTS, method)
    assert report.passes
    assert list(report.errors) == ["W1", "b1", "W2", "b2"]
    assert max(report.errors.values()) < largest


@pytest.mark.parametrize("method", ["complex_step", "central_differences"])
@pytest.mark.parametrize(
    "mistake", [lambda d: 5 * d, lambda d: -d, lambda d: d + 1e-3], ids=["m", "sign", "offset"]
)
@pytest.mark.parametrize("name", PARAMETERS)
def test_a_check_finds_a_mistake_and_the_parameter_that_has_it(method, mistake, name):
    report = check(cost, PARAMETERS, GRADIENTS | {name: mistake(GRADIENTS[name])}, method)
    assert not report.passes
    assert [key for key, error in report.errors.items() if error > report.tolerance] == [name]
    assert [line.split()[0] for line in str(report).splitlines() if "WRONG" in line] == [name]


def test_a_nan_is_no_right_error_and_nothing_is_no_wrong_one():
    assert not GradientReport({"W": np.nan}, 1e-9).passes
    assert GradientReport({}, 1e-9).passes
    assert str(GradientReport({}, 1e-9)) == ""


@pytest.mark.parametrize(
    ("call", "exception", "message"),
    [
        (
            lambda: check(cost, PARAMETERS, GRADIENTS, "forward"),
            ValueError,
            "method is 'forward'; expected one of 'complex_step', 'central_differences'",
        ),
        (
            lambda: check(cost, PARAMETERS, {"W1": GRADIENTS["W1"]}),
            ValueError,
            "gradients has the names W1; expected W1, b1, W2, b2",
        ),
        (
            lambda: check(cost, PARAMETERS, GRADIENTS | {"b1": np.ones(4)}),
            ValueError,
            "the gradient of b1 has shape (4,); expected (4, 1)",
        ),
        (
            lambda: check(cost, PARAMETERS, GRADIENTS, tolerance=0),
            ValueError,
            "tolerance is 0; expected a positive number",
        ),
    ],
)
def test_what_cannot_be_compared_is_refused(call, exception, message):
    with pytest.raises(exception) as error:
        call()
    assert str(error.value) == message


W = np.array([1.0, -2.0])


def with_a_norm(W):
    return (W**3).sum() + np.linalg.norm(W) ** 2


def test_a_term_that_drops_its_imaginary_part_is_noticed():
    report = check(with_a_norm, {"W": W}, {"W": 3 * W**2 + 2 * W})
    assert report.passes
    assert report.tolerances == {"W": 1e-6}
    assert str(report).endswith(
        "right (by central differences: the cost drops an imaginary part, as np.abs and "
        "np.linalg.norm do)"
    )
    assert not check(with_a_norm, {"W": W}, {"W": 3 * W**2}).passes


@pytest.mark.parametrize(
    ("cost", "slope"),
    [
        (lambda z: np.abs(z).sum(), np.sign),
        (lambda z: np.logaddexp(0, z).sum(), lambda z: 1 / (1 + np.exp(-z))),
    ],
    ids=["dropped", "refused"],
)
def test_a_cost_that_no_complex_number_goes_through_is_checked_by_differences(cost, slope):
    assert check(cost, {"z": W}, {"z": slope(W)}).passes
    report = check(cost, {"z": W}, {"z": 1.01 * slope(W)})
    assert not report.passes
    assert "by central differences: no complex number goes through the cost" in str(report)


def centred(b):
    Z = np.random.default_rng(0).normal(size=(3, 4)) + b
    Z = Z - Z.mean(axis=1, keepdims=True)
    return ((Z / np.sqrt((Z * Z).mean(axis=1, keepdims=True) + 1e-5)) ** 3).sum()


def test_what_rounding_leaves_of_a_gradient_is_right():
    assert check(lambda w: 0.1 * w + 0.2 * w - 0.3 * w, {"w": 1.0}, {"w": 0.0}).passes
    b = {"b": np.ones((3, 1))}
    assert check(centred, b, {"b": np.array([[1e-17], [0], [-3e-17]])}).passes
    assert not check(centred, b, {"b": np.array([[1e-8], [0], [0]])}).passes


def test_the_scale_is_the_computation_s_own():
    for scale in (1e-12, 1.0, 1e12):
        cost = {"cost": lambda W, scale=scale: scale * (W**2).sum(), "parameters": {"W": W}}
        assert check(**cost, gradients={"W": scale * 2 * W}).passes
        assert not check(**cost, gradients={"W": scale * 2.001 * W}).passes


@pytest.mark.parametrize(
    "relu",
    [lambda b: np.where(b > 0, b, 0).sum(), lambda b: np.where(b.real > 0, b, 0).sum()],
    ids=["by order", "by real part"],
)
def test_any_slope_between_the_two_of_a_kink_is_right_there(relu):
    b = np.array([0.0, 1.0, 0.0])
    for at_kink in (0.0, 0.5, 1.0):
        assert check(relu, {"b": b}, {"b": np.array([at_kink, 1.0, 0.0])}).passes
    assert "at a kink, between its slopes)" in str(check(relu, {"b": b}, {"b": [0.5, 1, 0.5]}))
    for wrong in ([0.0, 2.0, 0.0], [1.2, 1.0, 0.0], [-0.2, 1.0, 0.0], [0.0, 0.0, 0.0]):
        assert not check(relu, {"b": b}, {"b": np.array(wrong)}).passes


def test_gradients_in_float32_have_half_of_its_digits():
    narrow = W.astype(np.float32)
    report = check(lambda W: (W**3).sum(), {"W": narrow}, {"W": 3.0001 * narrow**2})
    assert report.passes
    assert report.tolerances["W"] == pytest.approx(2**-11.5)
    assert not check(lambda W: (W**3).sum(), {"W": narrow}, {"W": 3.01 * narrow**2}).passes
    in_float32 = lambda W: (W.real.astype(np.float32) ** 3).sum()  # noqa: E731
    assert check(in_float32, {"W": narrow}, {"W": 3 * narrow**2}).passes
    assert not check(in_float32, {"W": narrow}, {"W": 3.1 * narrow**2}).passes


def test_a_masked_gradient_is_refused():
    masked = np.ma.masked_array(3 * W**2, mask=[False, True])
    with pytest.raises(TypeError, match=r"^the gradient of W is a masked array, whose mask would"):
        check(lambda W: (W**3).sum(), {"W": W}, {"W": masked})
