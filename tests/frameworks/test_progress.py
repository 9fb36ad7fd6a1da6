"""The bar that tqdm draws, once a training takes long."""

import itertools

import numpy as np
import pytest
import tqdm.std

from oneoverm import initial_layers, sgd

X, Y = np.array([[-1.0, 1.0]]), np.array([[0, 1]])


@pytest.fixture
def slow(monkeypatch):
    """Let tqdm's clock go on by a second each time that it is read."""
    seconds = itertools.count()
    monkeypatch.setattr(tqdm.std, "time", lambda: float(next(seconds)))


def train(**options):
    return sgd(X, Y, initial_layers([1, 1], rng=0), rate=1.0, epochs=10, rng=0, **options)


def test_a_short_training_shows_nothing(capsys):
    train()
    assert capsys.readouterr() == ("", "")


@pytest.mark.usefixtures("slow")
def test_a_long_training_shows_a_bar_on_the_standard_error(capsys):
    train()
    out, err = capsys.readouterr()
    assert out == ""
    assert "10/10" in err
    assert "epoch" in err


@pytest.mark.usefixtures("slow")
def test_a_long_training_shows_nothing_if_it_is_not_to(capsys):
    train(progress=False)
    assert capsys.readouterr() == ("", "")


def test_the_bar_changes_nothing_in_what_is_learned():
    shown, hidden = train(), train(progress=False)
    assert shown.costs == hidden.costs
