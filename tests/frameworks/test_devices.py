"""Arrays on another device than the library's own, as a graphics card's are."""

import array_api_strict
import numpy as np
import pytest

from oneoverm import Layer, batch, initial_layers, sgd, training
from oneoverm.activations import ACTIVATIONS, softmax_jacobian

DEVICE = array_api_strict.Device("device1")
X, CLASSES = np.random.default_rng(0).normal(size=(3, 6)), [0, 1, 2, 3, 0, 1]
COLUMNS, MASK = np.eye(4)[:, CLASSES], [True, True, False, True, True, False]


def there(values):
    return array_api_strict.asarray(values, device=DEVICE)


def network(activation="tanh"):
    return [
        Layer(there(one.W), there(one.b), one.activation)
        for one in initial_layers([3, 5, 4], activation, output="softmax", rng=0)
    ]


@pytest.mark.parametrize("activation", ACTIVATIONS)
def test_every_activation_stays_on_the_device(activation):
    J, gradients = batch.cost_and_gradients(
        there(X), there(COLUMNS), network(activation), loss="softmax_cross_entropy"
    )
    assert J.device == gradients[0].dW.device == DEVICE


@pytest.mark.parametrize(
    "labels", [CLASSES, there(np.array(CLASSES)), there(COLUMNS)], ids=range(3)
)
@pytest.mark.parametrize("mask", [None, MASK, there(np.array(MASK))], ids=range(3))
def test_labels_weights_and_masks_go_where_the_output_is(labels, mask):
    options = {"loss": "softmax_cross_entropy", "mask": mask, "weights": [1.0] * 6, "l2": 0.5}
    J, gradients = batch.cost_and_gradients(there(X), labels, network(), **options)
    assert J.device == gradients[0].dW.device == DEVICE


def test_training_and_prediction_stay_on_the_device():
    options = {"rate": 0.5, "epochs": 1, "rng": 0, "batch_size": 4}
    trained = sgd(there(X), CLASSES, network(), loss="softmax_cross_entropy", **options)
    assert trained.layers[0].W.device == DEVICE
    assert training.predict(there(X), trained.layers).device == DEVICE
    assert 0 <= training.accuracy(there(X), CLASSES, trained.layers) <= 1


def test_the_softmax_s_jacobian_is_on_the_device():
    assert softmax_jacobian(there(X[:, :1])).device == DEVICE
