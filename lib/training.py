"""One small network, one training loop, and the seven losses that chapter 5 compares.

The *printed* digits are the same on every processor; the bits may differ. Processors add in
different orders, even with one thread, so two machines disagree by about 2e-16 in a logit at the
start and 6e-13 after 60 epochs of chapter 5. Float64 keeps far more digits than the book prints, so
the difference disappears when numbers are rounded. In float32 only about three digits would agree.
"""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from importlib.resources import files
from itertools import pairwise
from numbers import Real
from types import MappingProxyType
from typing import Any, Literal

import numpy as np
import torch
from numpy.typing import NDArray
from scipy.special import softmax
from torch import Tensor, nn
from torch.nn import functional as F

from lib._checks import as_array, check_choice, check_integer, check_labels, is_integer
from lib.information import entropy
from lib.losses import nll_from_logits
from lib.mnist import Split

Loss = Callable[[Tensor, Tensor], Tensor]


@dataclass(frozen=True)
class History:
    """The record of a training run.

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
        its examples, each measured just before the step that used it.
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
        """Share of test images predicted correctly at each checkpoint, shape (C,)."""
        right = self.logits.argmax(axis=2) == self.labels
        return np.asarray(right.mean(axis=1))

    @property
    def expected_loss(self) -> NDArray[np.float64]:
        """Loss that the model expects at each checkpoint, nats per image, shape (C,).

        The mean entropy of its predictions: what it would pay if the labels came with the
        probabilities that it gives them. A model that pays more than that is too sure.
        """
        return np.asarray(entropy(softmax(self.logits, axis=2)).mean(axis=1))

    def at(self, epoch: int) -> NDArray[np.float64]:
        """Return the test logits after `epoch` epochs, shape (N_test, K)."""
        where = np.flatnonzero(self.epochs == epoch)
        if not len(where):
            raise ValueError(f"no checkpoint at epoch {epoch}; there are {self.epochs.tolist()}")
        return np.asarray(self.logits[where[0]])

    def only(self, images: slice) -> History:
        """Return the record of some of the test images; the training loss stays."""
        return replace(self, logits=self.logits[:, images], labels=self.labels[images])


def mlp(seed: int, sizes: tuple[int, ...] = (784, 128, 10)) -> nn.Sequential:
    """Return a dense ReLU network in float64 with PyTorch's default initial weights.

    Parameters
    ----------
    seed : int
        Seed of the initial weights, at least 0. PyTorch's global generator is not touched.
    sizes : tuple of int
        Inputs, hidden units (none, or one number for each hidden layer), classes.

    Returns
    -------
    torch.nn.Sequential
        Gives logits; there is no softmax at the end (chapter 4 says why).

    Raises
    ------
    ValueError
        If there are fewer than two sizes, one is not an integer of at least 1, or the seed is not
        an integer of at least 0.
    """
    check_integer(seed, "seed", 0)
    if (
        not isinstance(sizes, tuple | list)
        or len(sizes) < 2
        or not all(is_integer(size) and size >= 1 for size in sizes)
    ):
        raise ValueError(f"sizes are {sizes}; give at least inputs and classes, each at least 1")
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        layers: list[nn.Module] = []
        for fan_in, fan_out in pairwise(sizes):
            layers += [nn.Linear(fan_in, fan_out, dtype=torch.float64), nn.ReLU()]
    return nn.Sequential(*layers[:-1])


def pixels(images: NDArray[np.uint8]) -> NDArray[np.float64]:
    """Return images (n, 28, 28) of bytes as rows (n, 784) of numbers from 0 to 1."""
    images = as_array(images, "images")
    if images.dtype.kind not in "iu" or images.ndim < 1:
        raise ValueError(
            f"images have shape {images.shape} and dtype {images.dtype}; give bytes from 0 to 255, "
            "not yet divided"
        )
    return np.asarray(images.reshape(len(images), math.prod(images.shape[1:])) / 255.0)


@contextmanager
def _modes_restored(model: nn.Module) -> Iterator[None]:
    """Restore each module's training or evaluation mode afterwards."""
    modes = [(part, part.training) for part in model.modules()]
    try:
        yield
    finally:
        for part, mode in modes:
            part.training = mode


def _logits(model: nn.Module, X: Tensor) -> NDArray[np.float64]:
    """Return the model's logits in evaluation mode: no dropout, no batch statistics."""
    with _modes_restored(model), torch.no_grad():
        model.eval()
        try:
            z: Tensor = model(X)
        except RuntimeError as error:
            raise ValueError(
                f"the model does not take {X.shape[1]} pixels in {X.dtype} per image: {error}"
            ) from error
    if z.ndim != 2 or len(z) != len(X):
        raise ValueError(
            f"the model gives shape {tuple(z.shape)} for {len(X)} images; give logits (n, K)"
        )
    return z.double().numpy()


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

    The steps run in training mode and the test set is predicted in evaluation mode; afterwards each
    module is back in its original mode.

    Parameters
    ----------
    model : torch.nn.Module
        Takes pixels (n, 784) in the type of its own parameters, gives logits (n, K). Trained in
        place.
    split : lib.mnist.Split
        Training and test images and labels; integer labels of any type or lists will do.
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
        Seed of the order of the examples, and of the model's own randomness (dropout); at least
        0. PyTorch's global generator is not touched.
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
        not one of the model's classes, the model has no parameters or does not fit the images, or
        a number of epochs or examples makes no sense.
    """
    check_integer(epochs, "epochs", 0)
    check_integer(batch, "batch", 1)
    check_integer(seed, "seed", 0)
    if not (isinstance(lr, Real) and 0 <= lr < math.inf):
        raise ValueError(f"lr is {lr!r}; give a finite number of at least 0")
    keep = [*checkpoints, epochs]
    for c in keep:
        if not is_integer(c) or not 0 <= c <= epochs:
            raise ValueError(
                f"checkpoint {c!r} is not an epoch of this run; give integers 0..{epochs}"
            )
    keep = sorted(set(keep))
    check_choice(optimiser, "optimiser", "adam", "sgd")
    kind = next((p.dtype for p in model.parameters()), None)
    if kind is None:
        raise ValueError("the model has no parameters; there is nothing to train")
    X, y = _examples(split.X_train, split.y_train, "training", kind)
    X_test, y_test = _examples(split.X_test, split.y_test, "test", kind)
    K = _logits(model, X_test[:1]).shape[1]
    labels = torch.from_numpy(check_labels(y, K, " of the training set").astype(np.int64))
    test_labels = check_labels(y_test, K, " of the test set").astype(np.int64)

    step = (
        torch.optim.Adam(model.parameters(), lr=lr, fused=True)
        if optimiser == "adam"
        else torch.optim.SGD(model.parameters(), lr=lr, fused=True)
    )
    generator = torch.Generator().manual_seed(seed)
    test_logits, train_loss = [], []
    with _modes_restored(model), torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        if not model.training:
            model.train()
        for epoch in range(epochs + 1):
            if epoch in keep:
                test_logits.append(_logits(model, X_test))
            if epoch == epochs:
                break
            total = 0.0
            for rows in torch.randperm(len(X), generator=generator).split(batch):
                step.zero_grad()
                # index_select copies whole rows; X[rows] takes two to four times as long.
                value = loss(model(X.index_select(0, rows)), labels[rows])
                value.backward()
                step.step()
                total += value.item() * len(rows)
            train_loss.append(total / len(X))
    return History(np.array(keep), np.stack(test_logits), test_labels, np.array(train_loss))


def _examples(
    images: Any, labels: Any, name: str, kind: torch.dtype
) -> tuple[Tensor, NDArray[Any]]:
    """Return the images as rows in the model's type, and the labels as an array."""
    rows, y = pixels(images), as_array(labels, f"y of the {name} set")
    if y.ndim != 1 or len(rows) != len(y):
        found = len(y) if y.ndim == 1 else f"shape {y.shape}"
        raise ValueError(f"the {name} set has {len(rows)} images and {found} labels")
    if not len(y):
        raise ValueError(f"the {name} set is empty; give at least one example")
    return torch.from_numpy(rows).to(kind), y


def squared_error(outputs: Tensor, y: Tensor) -> Tensor:
    """Return the mean of ``(outputs - e_y) ** 2`` over images and classes, as `nn.MSELoss` does.

    Parameters
    ----------
    outputs : Tensor, shape (n, K)
        What is to be 1 for the true class and 0 for the others: probabilities, or raw outputs.
    y : Tensor of int64, shape (n,)
        True classes.
    """
    return F.mse_loss(outputs, F.one_hot(y, outputs.shape[1]).to(outputs.dtype))


def focal(z: Tensor, y: Tensor, gamma: float = 2.0) -> Tensor:
    """Return the mean of ``-(1 - q_y) ** gamma * log q_y`` (Lin et al. 2017, equation 4).

    Parameters
    ----------
    z : Tensor, shape (n, K)
        Logits.
    y : Tensor of int64, shape (n,)
        True classes.
    gamma : float
        0 gives cross-entropy; the larger, the less an image counts that is already read well.
    """
    log_q = -F.cross_entropy(z, y, reduction="none")
    return -((1 - log_q.exp()) ** gamma * log_q).mean()


#: The losses that chapter 5 compares. Two are bugs that still train: "softmax twice", and "log
#: forgotten", where `F.nll_loss` is given probabilities in place of their logarithms.
LOSSES: Mapping[str, Loss] = MappingProxyType(
    {
        "cross-entropy": F.cross_entropy,
        "softmax twice": lambda z, y: F.cross_entropy(z.softmax(1), y),
        "log forgotten": lambda z, y: F.nll_loss(z.softmax(1), y),
        "squared error of softmax": lambda z, y: squared_error(z.softmax(1), y),
        "squared error of outputs": squared_error,
        "label smoothing 0.1": lambda z, y: F.cross_entropy(z, y, label_smoothing=0.1),
        "focal, gamma 2": focal,
    }
)

#: What the scripts have stored of runs that take too long for a chapter.
_STORED = ("fitted_temperatures", "loss_comparison", "six_seeds", "what_losses_say")


def stored_runs(name: str) -> Any:
    """Return the results of training runs that are stored with the package.

    Parameters
    ----------
    name : {"fitted_temperatures", "loss_comparison", "six_seeds", "what_losses_say"}
        The first two are written by ``scripts/compare_losses.py``, the others by the script that is
        called like them; these say what each number means.

    Returns
    -------
    dict or list
        For the comparisons of losses a list of results for each loss, by its name in
        :data:`LOSSES`; for the six seeds a list of runs; for what losses say a list of results for
        each way to train, by its name.

    Raises
    ------
    ValueError
        If there are no results of this name.
    """
    check_choice(name, "name", *_STORED)
    text = (files("lib") / "data" / f"{name}.json").read_text(encoding="utf-8")
    return json.loads(text)["runs"]
