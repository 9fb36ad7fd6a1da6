"""What the book says of PyTorch outside its table: on questions, dA and machines in float16."""

import numpy as np
import pytest
import torch
from torch import nn
from torch.distributed.algorithms._comm_hooks.default_hooks import DefaultState
from torch.nn import functional

rng = np.random.default_rng(0)
CLASSES = torch.tensor([0, 1, 2, 2, 1])
Z = torch.asarray(rng.normal(size=(5, 3)))
LOG_P = functional.log_softmax(Z, 1)


def test_ctc_divides_by_the_target_lengths_and_then_by_the_sequences():
    lengths = torch.tensor([2, 5])
    arguments = (
        functional.log_softmax(torch.asarray(rng.normal(size=(10, 2, 4))), 2),
        torch.tensor([[1, 2, 0, 0, 0], [1, 2, 3, 1, 2]]),
        torch.tensor([10, 10]),
        lengths,
    )
    losses = nn.CTCLoss(reduction="none")(*arguments)
    mean = nn.CTCLoss()(*arguments)
    torch.testing.assert_close(mean, (losses / lengths).mean())
    assert not torch.isclose(mean, losses.sum() / lengths.sum())


def test_class_weights_with_smoothing_divide_by_the_labels_weights():
    weights, smoothing = torch.tensor([1.0, 2.0, 5.0], dtype=Z.dtype), 0.1
    labels = functional.one_hot(CLASSES, 3) * (1 - smoothing) + smoothing / 3
    total = -(weights * labels * LOG_P).sum()
    mean = nn.CrossEntropyLoss(weight=weights, label_smoothing=smoothing)(Z, CLASSES)
    torch.testing.assert_close(mean, total / weights[CLASSES].sum())
    assert not torch.isclose(mean, total / (weights * labels).sum())


def test_pos_weight_leaves_the_divisor():
    z, y, weight = Z[:, 0], (CLASSES == 1).to(Z.dtype), torch.tensor(3.0, dtype=Z.dtype)
    losses = weight * y * functional.softplus(-z) + (1 - y) * functional.softplus(z)
    mean = nn.BCEWithLogitsLoss(pos_weight=weight)(z, y)
    torch.testing.assert_close(mean, losses.mean())


@pytest.mark.parametrize("z", [20.0, 28.0, 30.0, 37.0])
def test_bce_loss_divides_by_no_less_than_its_guard(z):
    logits = torch.full((2,), z, dtype=torch.float64, requires_grad=True)
    nn.BCELoss()(torch.sigmoid(logits), torch.zeros_like(logits)).backward()
    a = 1 / (1 + np.exp(-z))
    guard = float(np.float32(1e-12))
    guarded = a / max(a * (1 - a), guard) * (a * (1 - a)) / 2
    np.testing.assert_allclose(logits.grad, [guarded, guarded], rtol=1e-12)


def test_kl_div_loss_warns_that_its_mean_will_change():
    with pytest.warns(UserWarning, match=r"'mean' will be changed .* next major release"):
        nn.KLDivLoss()(LOG_P, functional.one_hot(CLASSES, 3).to(Z.dtype))


@pytest.mark.parametrize(("N", "factor"), [(1, 1), (7, 2), (24, 8), (64, 8), (1000, 16)])
def test_the_factor_before_a_sum_of_machines(N, factor):
    assert DefaultState._get_gradient_predivide_factor(N) == factor
