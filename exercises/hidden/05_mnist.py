"""Hidden checks of the exercises of chapter 5. Marked: canary-hidden-mnist."""

from __future__ import annotations

import math
from itertools import pairwise

import numpy as np
from check import agree
from scipy.special import entr, log_softmax, logsumexp, softmax

from hidden import exercise, raises, reason
from hidden.conditions import another, peak
from lib.mnist import load, seed_logits

LN10 = np.log(10)
STARTS = 3  # how often the network of 5.3 is trained, as the statement says
MEMORY = 100_000_000  # bytes that an answer to 5.1 may need at once, as the statement says


@exercise("5.1", example=lambda f: f(10, 1, 100, np.random.default_rng(0)))
def expected_initial_loss(answer, rng):
    def f(K, sigma, n, generator=None):
        return answer(K, sigma, n, another(rng) if generator is None else generator)

    with reason(
        "takes sigma for the variance", "The formula holds half the variance, σ²/2.", "5.2"
    ):
        formula, _ = f(50_257, 0.5, 20)
        assert abs(formula - math.log(50_257) - 0.125) < 1e-4
    with reason(
        "forgets that the mean of the logits varies",
        "K logits scatter around their own mean by σ²(1 − 1/K), not by σ².",
        "5.2",
    ):
        sigma = float(rng.uniform(0.5, 1.5))
        assert abs(f(2, sigma, 20)[0] - math.log(2) - sigma**2 / 4) < 1e-9
    with reason("stumbles over a single class", "One class: nothing to guess, no loss.", "5.2"):
        assert abs(f(1, sigma, 20)[0]) < 1e-9
    with reason(
        "draws from another generator",
        "This fails because the second number does not follow the rng. The same generator must "
        "bring the same number back, another one another.",
        "5.2",
    ):
        first, again, other = (f(10, 3, 50, np.random.default_rng(s))[1] for s in (1, 1, 2))
        assert first == again
        assert first != other
    with reason(
        "draws the same logits for every image",
        "This fails because the results of several runs differ too much. One cause may be that "
        "not every image has its own logits.",
        "5.2",
    ):
        # Of one image the loss has a standard deviation above 1 nat, of the mean 0.2.
        assert np.std([f(10, 3, 300)[1] for _ in range(24)]) < 0.5
    sampled = f(10, 3, 1500)[1]
    within = 8 * 3 / math.sqrt(1500)  # six standard errors and more, for every way to draw a label
    with reason(
        "takes the formula for the truth",
        "It holds for small logits; the second number must come from drawn ones.",
        "5.2",
    ):
        assert abs(sampled - LN10 - 4.05) > within
    with reason(
        "averages the probabilities first",
        "Each image has its own loss; take the logarithm, then the mean.",
        "5.2",
    ):
        assert abs(sampled - LN10) > within
    with reason(
        "takes the prediction for the label",
        "The label was chosen without a look at the logits: any class, as often as any other.",
        "5.2",
    ):
        assert sampled > LN10
    with reason(
        "ignores the number of draws",
        "This fails because results of a single image hardly differ. One cause may be a number of "
        "images that is fixed.",
        "5.2",
    ):
        assert np.std([f(10, 3, 1)[1] for _ in range(60)]) > 0.5
    with reason(
        "stops drawing early",
        "This fails because from some number on more images change nothing: `draws` says how many.",
        "5.2",
    ):
        start = int(rng.integers(2**32))
        few, many = (f(2, 3, n, np.random.default_rng(start))[1] for n in (3000, 12_000))
        assert few != many
    with reason("misses the mean of the losses", "Draw, take each loss, average.", "5.2"):
        assert abs(sampled - 5.0850) < within
        assert abs(f(2, 3, 1500)[1] - 1.8387) < within
        assert abs(f(50_257, 1, 50)[1] - math.log(50_257) - 0.5) < 8 / math.sqrt(50)
        assert abs(f(1, 1, 20)[1]) < 1e-9
    with reason("overflows for large logits", "Subtract the largest logit first.", "A.2"):
        formula, sampled = f(3, 1e4, 900)
        assert np.isfinite(formula)
        assert abs(sampled / 1e4 - 1.5 / math.sqrt(math.pi)) < 0.27  # mean largest of three
    with reason(
        "draws other numbers than normal ones",
        "This fails for many classes and a large σ, where the largest logit makes the loss. One "
        "cause may be logits of another distribution.",
        "5.2",
    ):
        # The largest of 1000 normal numbers is 3.24 σ on average, of uniform ones 1.73 σ.
        assert abs(f(1000, 100.0, 60)[1] / 100 - 3.24) < 1
    with reason(
        "is not finite for a huge sigma",
        "This fails for σ up to 1e100, as no float32 can hold; float64 reaches 1e308.",
        "A.2",
    ):
        assert np.isfinite(f(3, 1e100, 20)).all()
    with reason(
        "draws all logits at once",
        "This fails for many images of many classes: it needs too much memory at once. Keep one "
        "piece, add its losses up, and go on to the next.",
        "5.2",
    ):
        assert peak(answer, 50_257, 1.0, 270, another(rng)) < MEMORY  # the logits alone need more
    with reason("refuses a sigma of 0", "Equal logits are valid: they cost ln K.", "5.2"):
        assert agree(f(10, 0, 5), (LN10, LN10), 1e-9)
    with reason(
        "accepts impossible settings", "Refuse σ < 0, and fewer than 1 class or image.", "5.2"
    ):
        assert raises(lambda: f(10, -1, 5))
        assert raises(lambda: f(0, 1, 5))
        assert raises(lambda: f(10, 1, 0))


@exercise("5.2", example=lambda f: f([0, 1, 0, 1, 1], 2))
def fit_bias_only(f, rng):
    K = int(rng.integers(4, 9))
    labels = rng.permutation(np.repeat(np.arange(K), rng.integers(1, 30, size=K)))
    counts = np.bincount(labels)
    shares = counts / len(labels)
    bias, loss = f(labels, K)
    with reason("returns the shares as biases", "Biases are logits: softmax of log p̂ is p̂.", "4.8"):
        assert agree(softmax(bias), shares, 1e-9)
    with reason("adds up where it should average", "The loss is a mean over the labels.", "5.2"):
        assert not agree(loss, len(labels) * entr(shares).sum(), 1e-9)
    with reason(
        "overlooks a class that came once",
        "This fails because the same labels twice over cost something else, where a class occurs "
        "once.",
        "5.2",
    ):
        assert agree(f([1] * 9 + [0], 2)[1], f([1] * 18 + [0] * 2, 2)[1], 1e-9)
    with reason("measures in bits", "The book's loss is in nats: the natural logarithm.", "3.7"):
        assert agree(loss, entr(shares).sum(), 1e-9)
    gap = int(rng.integers(0, K + 1))
    holed = labels + (labels >= gap)  # no example has class `gap`, which may be the last
    bias, loss = f(holed.tolist(), K + 1)
    with reason(
        "leaves out the classes that do not occur", "There are K biases, seen or unseen.", "5.2"
    ):
        assert np.shape(bias) == (K + 1,)
        assert np.shape(f([0, 1, 1], 5)[0]) == (5,)
    with reason(
        "hides the zero behind a small number",
        "What never occurs has probability 0, and a bias of minus infinity.",
        "2.8",
    ):
        assert bias[gap] == -np.inf
        assert agree(softmax(bias), np.insert(shares, gap, 0), 1e-9)
    with reason(
        "multiplies zero by infinity", "A class that never occurs adds 0 to the loss.", "3.2"
    ):
        assert agree(loss, entr(shares).sum(), 1e-9)
        assert agree(f([2, 2, 2], 4)[1], 0.0)
    s = float(rng.uniform(0.5, 3))
    bias, loss = f(labels, K + 1, smoothing=s)
    q = (np.append(counts, 0) + s) / (len(labels) + s * (K + 1))
    with reason(
        "smooths the shares, not the counts",
        "This fails because the biases are others. One cause may be a smoothing that is added to "
        "the shares: add it, as it is, to the count of each class; then divide by the new total.",
        "5.2",
    ):
        assert agree(softmax(bias), q, 1e-9)
    with reason(
        "charges the belief with its own entropy",
        "This fails because the loss is another one, although the biases are right. One cause may "
        "be the entropy of the smoothed shares: live in the labels, believe in these shares.",
        "3.5",
    ):
        assert agree(loss, -(shares * np.log(q[:-1])).sum(), 1e-9)
    with reason("accepts bad input", "Refuse labels outside 0..K−1, none, and s < 0.", "5.2"):
        assert raises(lambda: f([0, 1, K], K))
        assert raises(lambda: f([0, -1, 1], K))
        assert raises(lambda: f([], K))
        assert raises(lambda: f([0, 1], K, smoothing=-0.5))


def _network(rng, *sizes):
    return [(rng.normal(size=size), rng.normal(size=size[1])) for size in pairwise(sizes)]


def _copy(parameters):
    return [(W.copy(), b.copy()) for W, b in parameters]


def _loss(parameters, x, y):
    """Return the mean loss; for complex weights its analytic continuation."""
    h = x
    for W, b in parameters[:-1]:
        h = h @ W + b
        h = np.where(h.real > 0, h, 0)
    W, b = parameters[-1]
    z = h @ W + b
    z = z - z.real.max(axis=1, keepdims=True)
    return (np.log(np.exp(z).sum(axis=1)) - z[np.arange(len(y)), y]).mean()


def _gradient(parameters, x, y):
    """Return the exact gradient, one number at a time, by complex steps."""
    complex_ones = [[a.astype(complex) for a in pair] for pair in parameters]
    gradient = []
    for pair in complex_ones:
        for a in pair:
            slopes = np.empty(a.shape)
            for i in np.ndindex(a.shape):
                a[i] += 1e-30j
                slopes[i] = _loss(complex_ones, x, y).imag / 1e-30
                a[i] = a[i].real
            gradient.append(slopes)
    return gradient


def _taken(f, parameters, x, y, lr=1.0):
    """Return the gradient that a step used, and the loss that it returned."""
    loss, moved = f(_copy(parameters), x.copy(), y.copy(), lr)
    assert len(moved) == len(parameters)
    return loss, [
        (old - new) / lr
        for pair, new_pair in zip(parameters, moved, strict=True)
        for old, new in zip(pair, new_pair, strict=True)
    ]


def _same(got, expected, within=1e-9):
    return len(got) == len(expected) and all(map(agree, got, expected, [within] * len(got)))


def _test_losses(f, rng):
    """Train 784-128-10 with plain steps for three epochs, `STARTS` times; yield the test losses.

    They are in nats.
    """
    digits = load()
    X, X_test = (images.reshape(-1, 784) / 255 for images in (digits.X_train, digits.X_test))
    for _ in range(STARTS):
        net = _trained(f, X, digits.y_train, rng)
        (W1, b1), (W2, b2) = net
        log_q = log_softmax(np.maximum(X_test @ W1 + b1, 0) @ W2 + b2, axis=1)
        yield -log_q[np.arange(len(log_q)), digits.y_test].mean()


def _trained(f, X, y, rng):
    net = [
        (rng.uniform(-1, 1, size) / size[0] ** 0.5, rng.uniform(-1, 1, size[1]) / size[0] ** 0.5)
        for size in ((784, 128), (128, 10))
    ]
    for _ in range(3):
        order = rng.permutation(len(X))
        for start in range(0, len(X), 64):
            rows = order[start : start + 64]
            _, net = f(net, X[rows], y[rows], 0.1)
    return net


@exercise(
    "5.3",
    example=lambda f: f(
        [(np.array([[1.0, -1.0]]), np.zeros(2)), (np.zeros((2, 2)), np.zeros(2))],
        np.array([[1.0]]),
        np.array([0]),
        1.0,
    ),
    forbidden=("torch", "lib.losses.grad_nll_from_logits"),
)
def training_step(f, rng):
    n, inputs, width, K = rng.integers((4, 3, 5, 3), (8, 6, 8, 6)).tolist()
    x, y = rng.normal(size=(n, inputs)), rng.integers(K, size=n)
    y[0], y[1] = 0, 1  # never all the same
    net = _network(rng, inputs, width, K)
    with reason("changes the weights it was given", "Return new arrays: W - …, not W -= ….", "5.3"):
        given, images, labels = _copy(net), x.copy(), y.copy()
        f(given, images, labels, 0.5)
        assert all(_same(a, b, 0) for a, b in zip(given, net, strict=True))
        assert agree(images, x, 0)
        assert agree(labels, y, 0)
    loss, taken = _taken(f, net, x, y)
    exact = _gradient(net, x, y)
    with reason(
        "works in float32",
        "This fails for want of digits. One cause may be an array that is not float64.",
        "5.3",
    ):
        _, moved = f(_copy(net), x.copy(), y.copy(), 1.0)
        assert all(np.asarray(a).dtype == np.float64 for pair in moved for a in pair)
        rough = agree(loss, _loss(net, x, y), 1e-5), _same(taken, exact, 1e-5)
        fine = agree(loss, _loss(net, x, y), 1e-9), _same(taken, exact)
        assert rough == fine  # what is off by more has another cause
    with reason(
        "forgets to divide by the batch",
        "Loss and gradient are means: a batch given twice over changes neither.",
        "5.3",
    ):
        loss_of_twice, twice = _taken(f, net, np.concatenate([x, x]), np.concatenate([y, y]))
        assert agree(loss_of_twice, loss, 1e-9)
        assert _same(twice, taken)
    with reason(
        "computes another loss",
        "This fails with lr = 0, too: follow the layers forward, then take the mean of lse − z_y.",
        "5.3",
    ):
        assert agree(f(_copy(net), x.copy(), y.copy(), 0.0)[0], _loss(net, x, y), 1e-9)
    with reason(
        "reports the loss after the step", "The loss belongs to the weights that were given.", "5.3"
    ):
        assert agree(loss, _loss(net, x, y), 1e-9)
        assert agree(_taken(f, net, x, y, 1e-3)[0], _loss(net, x, y), 1e-9)
    with reason("steps uphill", "Downhill is against the gradient: a minus.", "5.3"):
        assert not _same([-g for g in taken], exact)
    with reason(
        "forgets the label in the gradient",
        "At the logits the gradient is q − e_y, not q; over the classes it sums to 0.",
        "4.5",
    ):
        assert abs(taken[-1].sum()) < 1e-9
    with reason(
        "ignores the learning rate",
        "This fails where lr is not 1: the last biases must move by lr times their gradient.",
        "5.3",
    ):
        assert agree(_taken(f, net, x, y, 0.125)[1][-1], taken[-1], 1e-8)
    with reason(
        "moves the last biases by something else",
        "The last biases move by lr times the mean of q − e_y.",
        "5.3",
    ):
        assert agree(taken[-1], exact[-1], 1e-9)
    with reason(
        "passes back through the new weights",
        "The chain rule wants the weights that made the loss: change none before all is known.",
        "5.3",
    ):
        # The gradient does not depend on the length of the step.
        assert _same(_taken(f, net, x, y, 0.125)[1], taken, 1e-8)
    with reason(
        "lets the gradient through dead units",
        "This fails with one hidden layer. One cause may be a gradient that comes back through "
        "units where max(0, ·) gave 0.",
        "5.3",
    ):
        assert _same(taken, exact)
    with reason("expects a hidden layer", "A single layer is a network, too.", "5.3"):
        single = _network(rng, inputs, K)
        assert _same(_taken(f, single, x, y)[1], _gradient(single, x, y))
    with reason(
        "takes the mask of another layer",
        "This fails with more than one hidden layer. One cause may be a mask of another layer: "
        "each has its own, where its own output is above 0.",
        "5.3",
    ):
        for sizes in ((inputs, width, width, K), (inputs, 4, 6, 5, K)):
            deep = _network(rng, *sizes)
            assert _same(_taken(f, deep, x, y)[1], _gradient(deep, x, y))
    with reason(
        "overflows for large logits",
        "This fails for logits of thousands. One cause may be exp of a large one: subtract the "
        "largest logit first, and use lse. Another one may be logits or a loss that are cut.",
        "A.2",
    ):
        sure = [(3000 * W, b) for W, b in _network(rng, inputs, K)]
        loss, taken = _taken(f, sure, x, y)
        W, b = sure[0]
        z = x @ W + b
        assert agree(loss, (logsumexp(z, axis=1) - z[np.arange(n), y]).mean(), 1e-9)
        assert _same(taken, _gradient(sure, x, y), 1e-6)
    with reason(
        "cuts a large gradient",
        "This fails where gradients are in the hundreds. A step is lr times the gradient, however "
        "large that is.",
        "5.3",
    ):
        (W1, b1), *above = _network(rng, inputs, width, K)
        low = [(W1 / 1000, b1), *above]
        assert _same(_taken(f, low, 1000 * x, y)[1], _gradient(low, 1000 * x, y), 1e-6)
    with reason("does not learn the digits", "After three epochs the loss is below 0.42.", "5.3"):
        assert all(loss < 0.42 for loss in _test_losses(f, rng))


@exercise("5.4", example=lambda f: f([1, 0, 4, 3], 0.25))
def loss_share(f, rng):
    n = 20
    losses = rng.permutation(rng.exponential(size=n).cumsum())
    ranked = np.sort(losses)[::-1]
    total = losses.sum()
    with reason("changes the losses it was given", "Sort a copy: np.sort, sorted.", "5.5"):
        given = losses.copy()
        f(given, 0.5)
        assert agree(given, losses, 0)
    with reason("takes the cheapest images", "The most expensive come first.", "5.5"):
        assert f(losses, 0.25) > 0.25
    with reason("takes in every tie", "Of equal losses only as many count as fit.", "5.5"):
        assert agree(f([2, 1, 2, 2, 1], 0.4), 0.5)
        assert agree(f([3.0] * 8, 0.25), 0.25)
        assert agree(f(losses.tolist(), 0.25), ranked[:5].sum() / total)
    with reason(
        "counts whole images only",
        "This fails where frac ends within an image. One cause may be a number of images that is "
        "rounded: part of an image counts with that part.",
        "5.5",
    ):
        m, part = int(rng.integers(1, n - 1)), float(rng.uniform(0.2, 0.8))
        share = (ranked[:m].sum() + part * ranked[m]) / total
        assert agree(f(losses, (m + part) / n), share, 1e-9)
        assert 0 < f(losses, 1e-6) < 1e-5
        assert agree(f([5.0], 0.3), 0.3)
    with reason("misses the ends", "No images bear nothing, all of them everything.", "5.5"):
        assert f(losses, 0) == 0
        assert agree(f(losses, 1), 1)
    with reason(
        "divides nothing by nothing", "Zeros are equal losses too: the share is frac.", "5.5"
    ):
        assert agree(f([0, 0, 0], 0.4), 0.4)
        assert agree(f([0.0], 0.7), 0.7)
    with reason(
        "divides infinity by infinity", "Infinite losses bear everything, in equal parts.", "2.8"
    ):
        assert agree(f([1, np.inf, 2, np.inf], 0.5), 1)
        assert agree(f([1, np.inf, 2, np.inf], 0.25), 0.5)
        assert agree(f([0, np.inf, 0, 0], 0.75), 1)
    with reason(
        "accepts bad input", "Refuse no losses, losses below 0, NaN, and a bad frac.", "5.5"
    ):
        assert raises(lambda: f([], 0.5))
        assert raises(lambda: f([1, -1, 2], 0.5))
        assert raises(lambda: f([1, np.nan], 0.5))
        assert all(raises(lambda bad=bad: f(losses, bad)) for bad in (-0.1, 1.1, np.nan))
    with reason(
        "treats zeros and infinity before it looks for bad input",
        "This fails for bad input among losses that are all 0, or of which some are infinite. "
        "Refuse first.",
        "5.5",
    ):
        assert raises(lambda: f([np.inf, -1.0], 0.5))
        assert raises(lambda: f([np.inf, np.nan], 0.5))
        assert all(raises(lambda bad=bad: f([0.0, 0.0], bad)) for bad in (-0.1, 1.1))


UNEQUAL = 0.6  # the share of one class, where shares are unequal


def _log(rng, bug, K=10, n=64, variant="", unequal=UNEQUAL):
    """Return the log of a run with this bug, as exercise 5.5 describes and promises it."""
    shares = rng.dirichlet(np.full(K, 2000.0))
    if variant == "unequal":
        shares = np.full(K, (1 - unequal) / (K - 1))
        shares[rng.integers(K)] = unequal
    H, chance = entr(shares).sum(), shares.max()
    floor = math.log(math.e + K - 1) - 1
    epochs = int(rng.integers(10, 15))
    t = np.arange(1, epochs + 1)
    left = np.exp(-t / rng.uniform(1, 2))  # the share that is still to be learnt
    first = math.log(K) + rng.uniform(0, 0.04)
    guess = chance + rng.uniform(-0.02, 0.02, (2, epochs))
    learnt = rng.uniform(0.93, 0.97) - (0.9 - chance) * left
    accuracy = np.array([learnt + 0.02, learnt - 0.02])
    if bug == "healthy":
        lowest = rng.uniform(0.03, 0.1) * floor
        train = lowest + (first - lowest) * left
        test = train + 0.1 * floor
        if variant == "rising":
            test = test + (H + 0.2) * (t / epochs) ** 4
    elif bug == "softmax twice":
        lowest = floor + rng.uniform(0.02, 0.06)
        train = lowest + (first - lowest) * left
        test = train + rng.uniform(0.01, 0.03)
    elif bug == "minus forgotten":
        first = -first
        train = first - rng.uniform(50, 200) * t**2.0
        test = train - rng.uniform(50, 200)
        accuracy = rng.uniform(0, chance, (2, epochs))
    elif bug == "softmax over the batch":
        first = math.log(n) + rng.uniform(-0.04, 0.04)
        lowest = math.log(1 + (n - 1) / K) + rng.uniform(0.1, 0.2)  # images share their class
        train = lowest + (first - lowest) * left
        test = train + rng.uniform(0.05, 0.1)
    elif bug == "labels shuffled":
        train = H - rng.uniform(0.6, 0.7) * H * (t / epochs) ** 1.5  # learnt by heart
        test = H + rng.uniform(-0.02, 0.03) + 0.7 * (t / epochs) ** 2
        accuracy = guess
        accuracy[0] += (0.9 - chance) * (t / epochs) ** 1.5
    else:
        train = H + rng.uniform(0, 0.1, epochs)
        test = H + rng.uniform(0, 0.1, epochs)
        accuracy = guess
        blow_up = 0
        if variant == "late":  # two good epochs before
            blow_up = 2
            train[:2], test[:2] = (0.7 * first, 0.5 * first), (0.6 * first, 0.55 * first)
            accuracy[:, :2] = 0.7, 0.8
        train[blow_up] = first + rng.uniform(2, 12)
        if variant == "nan":
            train[1:] = test[1:] = np.nan
        if variant == "inf":
            train[1:] = test[1:] = np.nan
            train[0] = np.inf
        if variant == "nan within":  # one batch, and the next epoch is as before
            train[epochs // 2] = np.nan
            train[0] = first
        if variant == "infinite":  # in one epoch, and in no other
            train[0] = np.inf
        if variant == "just":  # no more than the statement promises
            train[0] = first + rng.uniform(1.01, 1.05)
    if variant == "bump":
        train[0] = first + rng.uniform(0.03, 0.045)
    if variant == "little learnt":
        test = test - test.min() + H - rng.uniform(0.305, 0.33)
    if variant == "lucky":
        test = test - test.min() + H - rng.uniform(0.03, 0.045)
    if variant == "unfinished":
        train = train - train.min() + rng.uniform(0.45, 0.49) * floor
    if variant == "unsteady":
        train[-2:], test[-2:] = train[:-3:-1].copy(), test[:-3:-1].copy()
    return {
        "classes": K,
        "batch": n,
        "label_shares": shares.tolist(),
        "first_loss": float(first),
        "train_loss": train.tolist(),
        "test_loss": test.tolist(),
        "train_accuracy": np.clip(accuracy[0], 0, 1).tolist(),
        "test_accuracy": np.clip(accuracy[1], 0, 1).tolist(),
    }


def _number(bug, log):
    """Return the number that the table of exercise 5.5 asks for."""
    if bug in ("minus forgotten", "softmax over the batch"):
        return log["first_loss"]
    if bug == "softmax twice":
        return min(log["train_loss"])
    if bug == "learning rate too high":
        return max(np.inf if np.isnan(loss) else loss for loss in log["train_loss"])
    return min(log["test_loss"])


@exercise("5.5", example=lambda f: f(_log(np.random.default_rng(0), "healthy")))
def diagnose(f, rng):
    seen = []

    def told(bug, *settings):
        """Return whether each of the logs, one per setting, gets its label."""
        logs = [_log(rng, bug, **setting) for setting in settings]
        seen.extend((bug, log) for log in logs)
        return all(f(log)[0] == bug for log in logs)

    with reason(
        "judges by the accuracy",
        "A softmax too many still learns. Its loss has a floor: compare with that.",
        "4.8",
    ):
        assert told("softmax twice", {}, {"n": 128})
    with reason(
        "takes a negative loss for a small one",
        "No surprise is negative: below 0 a sign is wrong.",
        "2.3",
    ):
        assert told("minus forgotten", {}, {"n": 128})
    with reason(
        "expects a negative loss to be large",
        "This fails with few classes, where the first loss is small.",
        "2.3",
    ):
        assert told("minus forgotten", {"K": 2}, {"K": 3})
    with reason(
        "does not ask over what the softmax sums",
        "Before training each of m competitors gets about 1/m: what is m here?",
        "5.2",
    ):
        assert told("softmax over the batch", {}, {"n": 256})
    with reason(
        "looks at the last epoch alone",
        "A run that blew up settles again, near what knowing nothing costs. Read the whole list.",
        "5.2",
    ):
        rate = "learning rate too high"
        assert told(rate, {}, {"variant": "late"})
    with reason(
        "loses NaN in a comparison", "Every comparison with NaN is false: ask np.isnan.", "A.2"
    ):
        assert told(rate, {"variant": "nan"}, {"variant": "inf"})
    with reason(
        "looks for NaN at the ends of the list",
        "This fails where a single epoch in the middle has no number. Ask of every epoch.",
        "A.2",
    ):
        assert told(rate, {"variant": "nan within"}, {"variant": "nan within", "K": 5})
    with reason(
        "looks at the training set alone",
        "A network can learn shuffled labels by heart; the test loss shows that it knows nothing.",
        "5.8",
    ):
        assert told("labels shuffled", {})
    with reason(
        "takes a rising test loss for a bug",
        "A network that grows too sure has learnt all the same: look at the lowest test loss.",
        "5.6",
    ):
        assert told("healthy", {}, {"variant": "rising"})
    with reason("thinks of ten classes only", "ln K and ln(e + K − 1) − 1 depend on K.", "4.8"):
        assert told("softmax twice", {"K": 3}, {"K": 5})
        assert told("healthy", {"K": 100, "n": 256})
    with reason(
        "expects the batch to be larger than the classes",
        "ln n may lie below ln K: ask which of the two is nearer.",
        "5.2",
    ):
        assert told("softmax over the batch", {"K": 100, "n": 32}, {"K": 26, "n": 8})
    with reason(
        "expects ln K where the classes are unequal",
        "This fails where one class is far more frequent than the others. One cause may be ln K, "
        "or an accuracy: without a look at the pixels a network learns the shares, and pays their "
        "entropy.",
        "5.2",
    ):
        unequal = [{"K": K, "variant": "unequal"} for K in (10, 5)]
        assert told("labels shuffled", *unequal)
    with reason(
        "takes a low accuracy for shuffled labels",
        "Where nearly all images are of one class, naming that class is accurate without a look "
        "at the pixels. Compare the test loss.",
        "5.2",
    ):
        assert told("labels shuffled", {"variant": "unequal", "unequal": 0.9})
    with reason(
        "misses a small blow-up", "A nat above the first loss is promised, and no more.", "5.2"
    ):
        assert told(rate, {"variant": "just"}, {"variant": "just", "K": 5})
    with reason(
        "takes a bump for a blow-up", "Any run may rise by up to 0.05 nats above its start.", "5.2"
    ):
        for bug in ("healthy", "softmax twice", "labels shuffled"):
            assert told(bug, {"variant": "bump"})
    with reason(
        "takes luck for learning",
        "The test loss of shuffled labels may lie up to 0.05 nats below the best blind guess.",
        "5.2",
    ):
        assert told("labels shuffled", {"variant": "lucky"})
    with reason(
        "misses what was learnt", "0.3 nats below the best blind guess are learning.", "5.2"
    ):
        for bug in ("healthy", "softmax twice"):
            assert told(bug, {"variant": "little learnt"})
    with reason(
        "expects a healthy training loss near 0",
        "Less than half of what softmax twice can reach is healthy.",
        "4.8",
    ):
        assert told("healthy", {"variant": "unfinished"}, {"variant": "unfinished", "K": 4})
    with reason(
        "misses a batch of nearly as many images as classes",
        "This fails where ln n is hardly more than 0.5 nats away from ln K.",
        "5.2",
    ):
        assert told("softmax over the batch", {"n": 17}, {"n": 6}, {"K": 100, "n": 60})
    with reason("reports another number", "The table says which entry of the log decides.", "5.8"):
        assert len(seen) == 38
        assert all(agree(f(log)[1], _number(bug, log), 1e-9) for bug, log in seen)
    with reason(
        "reports the last loss", "The lowest is asked for, in whatever epoch it stands.", "5.8"
    ):
        for bug in ("softmax twice", "healthy"):
            log = _log(rng, bug, variant="unsteady")
            assert agree(f(log)[1], _number(bug, log), 1e-9)

    with reason(
        "passes over an infinite loss",
        "This fails where the training loss of a single epoch is infinite, and none is NaN: the "
        "highest is infinity.",
        "A.2",
    ):
        label, number = f(_log(rng, rate, variant="infinite"))
        assert label == rate
        assert number == math.inf


def _slope(z, y, beta):
    q = softmax(beta * z, axis=1)
    return ((q * z).sum(axis=1) - z[np.arange(len(y)), y]).mean()


def _temperature(z, y):
    low, high = 1e-3, 1e3
    for _ in range(200):
        middle = math.sqrt(low * high)
        low, high = (low, middle) if _slope(z, y, middle) > 0 else (middle, high)
    return 1 / middle


def _near(got, expected, within):
    return np.ndim(got) == 0 and abs(got - expected) <= within * abs(expected)


@exercise(
    "5.6",
    example=lambda f: f(np.array([[2.0, 0.0]] * 4), np.array([0, 0, 0, 1])),
    forbidden=("lib.scoring.fit_temperature",),
)
def fit_temperature(f, rng):
    # Confident answers, a tenth of them wrong at random: no single T fits them all.
    K, n = int(rng.integers(4, 9)), 400
    z = rng.normal(size=(n, K)) * rng.choice([1.0, 6.0], size=(n, 1))
    u = rng.gumbel(size=(n, K))
    y = (z / 1.5 + u).argmax(axis=1)
    y[: n // 10] = rng.integers(K, size=n // 10)
    T = _temperature(z, y)
    with reason("changes the logits it was given", "z = z - …, not z -= ….", "5.6"):
        given, labels = z.copy(), y.copy()
        got = f(given, labels)
        assert agree(given, z, 0)
        assert agree(labels, y, 0)
    with reason(
        "scales the probabilities",
        "T divides the logits, before the softmax: three times the logits, three times T.",
        "4.3",
    ):
        assert not 0.5 < f(3 * z, y) / got < 2
    with reason("returns 1/T", "softmax(z/T) divides: an over-confident network has T > 1.", "5.6"):
        assert not _near(got, 1 / T, 0.03)
    with reason(
        "matches the mean confidence with the accuracy",
        "Asked for is the smallest loss; a right mean confidence need not give it.",
        "5.6",
    ):
        assert _near(got, T, 0.03)
    with reason(
        "overflows for large logits", "softmax does not change if each row is shifted.", "A.2"
    ):
        shift = rng.uniform(-1e4, 1e4, size=(n, 1)).round()
        assert _near(f(z + shift, y), T, 0.03)
    with reason("searches a fixed range", "The range must follow the size of the logits.", "5.6"):
        for scale in (3, 1e4, 1e-4):
            assert _near(f(scale * z, y), scale * T, 0.03)
    with reason("searches too coarsely", "Six digits: find the root of the slope.", "5.6"):
        assert _near(got, T, 1e-6)
        few = np.array([[0.0, 1.0, 3.0], [2.0, 0.0, 1.0], [1.0, 5.0, 0.0]]) + z[:3, :1]
        assert _near(f(few, np.array([2, 0, 0])), _temperature(few, np.array([2, 0, 0])), 1e-6)
    right = z.argmax(axis=1)
    with reason(
        "accepts answers that are all right",
        "Then every smaller T is better, and no T is best.",
        "5.6",
    ):
        assert raises(lambda: f(z[:1], right[:1]))
        assert raises(lambda: f(z[:50], right[:50]))
    with reason(
        "accepts logits that know nothing",
        "If the true logit is below the mean one, every larger T is better.",
        "5.6",
    ):
        assert raises(lambda: f(z[:50], z[:50].argmin(axis=1)))
        assert raises(lambda: f(z[:1], z[:1].argmin(axis=1)))
    with reason(
        "rounds to six decimals", "Six digits of 0.0001 are ten decimals: do not round.", "5.6"
    ):
        assert _near(f(1e-4 * z, y), 1e-4 * T, 1e-6)
    with reason(
        "refuses answers that are nearly all right",
        "A single image that is read wrongly is enough to make one T the best.",
        "5.6",
    ):
        nearly = right.copy()
        nearly[0] = (nearly[0] + 1) % K
        assert _near(f(z, nearly), _temperature(z, nearly), 1e-5)
    with reason(
        "overlooks a tie for the largest logit",
        "This fails where the true logit is the largest, but not alone: the loss still falls as "
        "T goes to 0, towards the logarithm of the number of those that tie.",
        "5.6",
    ):
        tied = np.round(z[:3], 1)
        winner = tied.argmax(axis=1)
        tied[range(3), (winner + 1) % K] = tied.max(axis=1)
        for labels in (winner, (winner + 1) % K):
            assert raises(lambda labels=labels: f(tied, labels))
            assert raises(lambda labels=labels: f(tied[:1], labels[:1]))
    with reason(
        "overlooks logits that are right as often as wrong",
        "This fails where the true logit is the mean one, on average: no finite T is best.",
        "5.6",
    ):
        size = 2.0 ** int(rng.integers(-3, 4))  # exact in any order of the sums
        assert raises(lambda: f(np.array([[size, 0.0]] * 2), np.array([0, 1])))


def _corner(z, k, shift):
    """Return the loss of class k with all other logits shifted against it."""
    gaps = np.delete(z, k) - z[k] + shift
    return math.log1p(math.fsum(map(math.exp, gaps))) if gaps.max() < 700 else logsumexp(gaps)


@exercise(
    "5.7",
    example=lambda interval, classes: classes(seed_logits().before, 2.2941, 4),
    forbidden=("lib.losses.consistent_classes",),
)
def consistent_classes(interval, classes, rng):
    K = int(rng.integers(4, 9))
    z = np.round(rng.normal(size=K), 4)
    k = int(rng.integers(K))
    low, high = interval(z.tolist(), k, 4)
    exact = _corner(z, k, -1e-4), _corner(z, k, 1e-4)
    with reason("swaps the ends", "Own logit up and the others down: the smallest loss.", "R.2"):
        assert low < high
    with reason(
        "moves the own logit alone",
        "Every logit was rounded, and each moves the loss: look at all derivatives.",
        "R.2",
    ):
        assert low <= exact[0] + 1e-9
        assert high >= exact[1] - 1e-9
    with reason(
        "treats lse and z_k as independent",
        "Both contain z_k, so their worst cases exclude each other.",
        "R.2",
    ):
        sure = np.append(np.round(rng.normal(size=4), 4), 7)
        for logits, j in ((z, k), (sure, 4)):
            low, high = interval(logits, j, 4)
            assert abs(low - _corner(logits, j, -1e-4)) < 1e-8
            assert abs(high - _corner(logits, j, 1e-4)) < 1e-8
    with reason("always takes four decimals", "Half a unit of the last decimal given.", "R.2"):
        for decimals in (0, 1, 3, 6):
            unit = 10.0**-decimals
            logits = np.round(z, decimals)
            low, high = interval(logits, k, decimals)
            assert abs(low - _corner(logits, k, -unit)) < 1e-9
            assert abs(high - _corner(logits, k, unit)) < 1e-9
    with reason(
        "loses the digits of a small loss",
        "lse(z) − z_k cancels when the network is sure; log1p keeps the digits.",
        "A.2",
    ):
        for lead in (25.0, 60.0):
            ends = interval([0.0, lead, 1.0, -0.5], 1, 2)
            for end, shift in zip(ends, (-0.01, 0.01), strict=True):
                assert _near(end, _corner(np.array([0.0, lead, 1.0, -0.5]), 1, shift), 1e-9)
    with reason("overflows for large logits", "log(1 + e^gap) is the gap where e^gap is ∞.", "A.2"):
        far = np.array([round(float(rng.uniform(800, 1200)), 4), 0.0, 1.5])
        for end, shift in zip(interval(far, 1, 4), (-1e-4, 1e-4), strict=True):
            assert _near(end, _corner(far, 1, shift), 1e-9)
    with reason("stumbles over a single class", "One class has loss 0, whatever it says.", "4.4"):
        assert agree(interval([3.2], 0, 1), (0, 0))
        assert set(classes([3.2], 0.0, 1)) == {0}
        assert set(classes([3.2], 0.1, 1)) == set()
    # Of these four classes 1 is the least likely: its loss reaches nearly 0.1 to either side, and
    # a printed loss 0.05 more. No other class comes near.
    away = 0.0
    while not 0.055 < abs(away) < 0.09:
        spread = np.round(np.array([0.9, -2.1, 0.0, 2.3]) + rng.uniform(-0.3, 0.3, 4), 1)
        middle = _corner(spread, 1, 0.0)
        printed = round(middle + rng.uniform(-0.1, 0.1), 1)
        away = printed - middle
    with reason(
        "takes the printed logits as exact",
        "They were rounded as well: a loss is possible if any logits within reach give it.",
        "R.2",
    ):
        assert set(classes(spread, printed, 1)) == {1}
    with reason(
        "takes the printed loss as exact",
        "It stands for all losses up to half a unit away.",
        "R.2",
    ):
        assert set(classes(seed_logits().after, 0.0052, 4)) == {7}
        away = 0.0
        while abs(away) < 1e-4:  # a sure network: its own interval is narrow
            sure = np.round(np.append(rng.normal(size=4), 7 + rng.normal()), 3)
            middle = _corner(sure, 4, 0.0)
            away = round(middle, 3) - middle
        assert set(classes(sure, round(middle, 3), 3)) == {4}
    with reason(
        "always finds a class", "Where nothing overlaps, the answer is the empty set.", "R.2"
    ):
        assert set(classes(spread, round(printed + 0.4, 1), 1)) == set()
        assert set(classes(seed_logits().after, 0.0053, 4)) == set()
    with reason("stops at the first class", "Ties fit alike: return all that fit.", "R.2"):
        tied = np.array([0.5, 1.5, 0.5, 0.5])
        assert set(classes(tied, round(_corner(tied, 0, 0.0), 3), 3)) == {0, 2, 3}
        assert set(classes([0, 0, 0], 1.0986, 4)) == {0, 1, 2}
    with reason("misses the classes that fit", "Compare each class's interval.", "R.2"):
        for _ in range(20):
            decimals = int(rng.integers(1, 6))
            half = 0.5 * 10.0**-decimals
            logits = np.round(rng.normal(size=K) * 2, decimals)
            ends = np.array([[_corner(logits, j, s * 2 * half) for s in (-1, 1)] for j in range(K)])
            loss = round(float(rng.uniform(*ends[rng.integers(K)])), decimals)
            gaps = np.stack([loss + half - ends[:, 0], ends[:, 1] - loss + half])
            if (np.abs(gaps) < 1e-3 * half).any():
                continue  # they barely touch, so rounding may decide
            fits = {j for j in range(K) if (gaps[:, j] >= 0).all()}
            assert set(classes(logits, loss, decimals)) == fits
    with reason(
        "reaches too far",
        "This fails for a class whose losses end just short of those that print like this. One "
        "cause may be a margin for safety: half a unit, and no more.",
        "R.2",
    ):
        for sign, cut in ((-1, math.floor), (1, math.ceil)):
            loss = beyond = 0.0
            while loss <= 0 or not 1e-3 < beyond < 0.08:
                logits = np.round(rng.normal(size=K) * 2, 2)
                end = _corner(logits, k, sign * 0.01)
                loss = cut((end + sign * 0.005) * 100) / 100
                beyond = abs(loss - end) / 0.005 - 1
            assert k not in set(classes(logits, loss, 2))
    with reason("returns something else than a set", "A set of classes: {7}.", "R.2"):
        assert isinstance(classes([1.0, 2.0], 1.31, 2), set)
    with reason("refuses whole numbers", "Zero decimals are a rounding, too.", "R.2"):
        assert set(classes([2.0, 0.0], 0.0, 0)) == {0}
    with reason("accepts bad input", "Refuse what cannot have been printed.", "R.2"):
        for logits in ([], [1.0, np.nan], [[1.0, 2.0]]):
            assert raises(lambda logits=logits: classes(logits, 1.0, 2))
        assert raises(lambda: classes([1.0, 2.0], np.nan, 2))
        assert raises(lambda: classes([1.0, 2.0], 1.0, -1))
        assert raises(lambda: classes([1.0, 2.0], 1.0, 1.5))
    with reason(
        "takes an infinite logit for a printed one",
        "All logits must be finite: one that is not may stand anywhere in the list.",
        "R.2",
    ):
        for logits in ([1.0, np.inf], [np.inf, 0.0], [-np.inf, 0.0], [0.5, -np.inf, 1.0]):
            assert raises(lambda logits=logits: classes(logits, 1.0, 2))
