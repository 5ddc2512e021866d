"""One small network and one training loop, the same to the last printed digit on every machine."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from lib.information import _check_choice, _is_integer
from lib.losses import _check_labels, nll_from_logits
from lib.mnist import Split

Loss = Callable[[Tensor, Tensor], Tensor]


@dataclass(frozen=True)
class History:
    """What a training run leaves behind.

    Attributes
    ----------
    epochs : ndarray of int64, shape (C,)
        The checkpoints: after how many epochs the test logits were taken. 0 is before training.
    logits : ndarray of float64, shape (C, N_test, K)
        The test logits at each checkpoint.
    labels : ndarray of int64, shape (N_test,)
        The test labels.
    train_loss : ndarray of float64, shape (E,)
        The training loss of each epoch, in the unit of the loss that was minimised: the mean over
        its examples, each taken just before the step in which it was used.
    """

    epochs: NDArray[np.int64]
    logits: NDArray[np.float64]
    labels: NDArray[np.int64]
    train_loss: NDArray[np.float64]

    @property
    def test_loss(self) -> NDArray[np.float64]:
        """Cross-entropy of the test set at each checkpoint, nats per image, shape (C,)."""
        return np.array([nll_from_logits(z, self.labels) for z in self.logits])

    @property
    def accuracy(self) -> NDArray[np.float64]:
        """Share of test images predicted right at each checkpoint, shape (C,)."""
        right = self.logits.argmax(axis=2) == self.labels
        return np.asarray(right.mean(axis=1))

    def at(self, epoch: int) -> NDArray[np.float64]:
        """Return the test logits after `epoch` epochs, shape (N_test, K)."""
        where = np.flatnonzero(self.epochs == epoch)
        if not len(where):
            raise ValueError(f"no checkpoint at epoch {epoch}; there are {self.epochs.tolist()}")
        return np.asarray(self.logits[where[0]])


def mlp(seed: int, sizes: tuple[int, ...] = (784, 128, 10)) -> nn.Sequential:
    """Return a dense ReLU network in float64 with PyTorch's default initial weights.

    Parameters
    ----------
    seed : int
        Seed of the initial weights. PyTorch's global generator is left as it was.
    sizes : tuple of int
        Inputs, hidden units (none, or one number for each hidden layer), classes.

    Returns
    -------
    torch.nn.Sequential
        Gives logits; there is no softmax at the end (chapter 4 says why).

    Raises
    ------
    ValueError
        If there are fewer than two sizes, or one is below 1.
    """
    if len(sizes) < 2 or min(sizes) < 1:
        raise ValueError(f"sizes are {sizes}; give at least inputs and classes, each at least 1")
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        layers: list[nn.Module] = []
        for fan_in, fan_out in pairwise(sizes):
            layers += [nn.Linear(fan_in, fan_out, dtype=torch.float64), nn.ReLU()]
    return nn.Sequential(*layers[:-1])


def pixels(images: NDArray[np.uint8]) -> NDArray[np.float64]:
    """Return images (n, 28, 28) of bytes as rows (n, 784) of numbers from 0 to 1."""
    return images.reshape(len(images), math.prod(images.shape[1:])) / 255.0


def train(
    model: nn.Module,
    split: Split,
    loss: Loss,
    *,
    epochs: int,
    lr: float = 1e-3,
    batch: int = 64,
    seed: int = 0,
    checkpoints: Iterable[int] = (),
    optimiser: Literal["adam", "sgd"] = "adam",
) -> History:
    """Train `model` in place and return its history.

    Parameters
    ----------
    model : torch.nn.Module
        Takes float64 pixels (n, 784), gives logits (n, K). Trained in place.
    split : lib.mnist.Split
        Training and test images and labels.
    loss : callable
        ``loss(logits, labels)`` gives the mean over the batch; for example
        ``torch.nn.functional.cross_entropy``.
    epochs : int
        Passes over the training set.
    lr : float
        Learning rate.
    batch : int
        Examples a step; the last batch of an epoch may be smaller.
    seed : int
        Seed of the order of the examples.
    checkpoints : iterable of int
        After which epochs to keep the test logits; 0 is before training. The last epoch is always
        kept.
    optimiser : {"adam", "sgd"}
        Adam (Kingma & Ba 2015), or plain gradient descent on batches.

    Returns
    -------
    History

    Raises
    ------
    ValueError
        If there is nothing to train or test on, images and labels differ in number, a label is
        none of the model's classes, or a number of epochs or examples makes no sense.
    """
    for name, number, least in (("epochs", epochs, 0), ("batch", batch, 1)):
        if not _is_integer(number) or number < least:
            raise ValueError(f"{name} is {number!r}; give an integer of at least {least}")
    keep = [*checkpoints, epochs]
    for c in keep:
        if not _is_integer(c) or not 0 <= c <= epochs:
            raise ValueError(f"checkpoint {c!r} is no epoch of this run; give integers 0..{epochs}")
    keep = sorted(set(keep))
    for name, images, labels in (
        ("training", split.X_train, split.y_train),
        ("test", split.X_test, split.y_test),
    ):
        if len(images) != len(labels):
            raise ValueError(f"the {name} set has {len(images)} images and {len(labels)} labels")
        if not len(labels):
            raise ValueError(f"the {name} set is empty; give at least one example")
    _check_choice(optimiser, "optimiser", "adam", "sgd")

    X, y = torch.from_numpy(pixels(split.X_train)), torch.tensor(split.y_train)
    X_test = torch.from_numpy(pixels(split.X_test))
    with torch.no_grad():
        K = model(X_test[:1]).shape[-1]
    _check_labels(split.y_train, K, " of the training set")
    _check_labels(split.y_test, K, " of the test set")
    step = (
        torch.optim.Adam(model.parameters(), lr=lr, fused=True)
        if optimiser == "adam"
        else torch.optim.SGD(model.parameters(), lr=lr, fused=True)
    )
    generator = torch.Generator().manual_seed(seed)
    test_logits, train_loss = [], []
    for epoch in range(epochs + 1):
        if epoch in keep:
            with torch.no_grad():
                test_logits.append(model(X_test).numpy())
        if epoch == epochs:
            break
        total = 0.0
        for rows in torch.randperm(len(X), generator=generator).split(batch):
            step.zero_grad()
            value = loss(model(X[rows]), y[rows])
            value.backward()
            step.step()
            total += value.item() * len(rows)
        train_loss.append(total / len(X))
    return History(np.array(keep), np.stack(test_logits), split.y_test, np.array(train_loss))
