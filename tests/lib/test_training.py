"""The training loop, on a few digits of 4 x 4 pixels that anyone could learn."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from scipy.special import softmax
from sklearn.metrics import log_loss
from torch.nn import functional as F

from lib.losses import double_softmax_bounds, nll_from_logits
from lib.mnist import Split
from lib.training import LOSSES, History, focal, mlp, pixels, squared_error, stored_runs, train
from tests.lib.references import U, near, refuses

N, N_TEST, K = 22, 9, 3
SIZES = (16, 8, K)


@pytest.fixture
def split() -> Split:
    rng = np.random.default_rng(0)
    y = np.arange(N + N_TEST, dtype=np.int64) % K
    X = rng.integers(0, 120, (N + N_TEST, 4, 4), dtype=np.uint8)
    for image, label in zip(X, y, strict=True):
        image[label] += 120  # one bright row shows the class
    return Split(X[:N], y[:N], X[N:], y[N:])


def run(split: Split, **changes) -> History:
    options = {"epochs": 4, "lr": 0.01, "batch": 5, "seed": 3, "checkpoints": (0, 2)}
    return train(mlp(1, SIZES), split, F.cross_entropy, **(options | changes))


def changed(split: Split, **arrays) -> Split:
    return Split(
        **({f: getattr(split, f) for f in ("X_train", "y_train", "X_test", "y_test")} | arrays)
    )


# ------------------------------------------------------------------ the network


def test_the_network():
    model = mlp(0)
    assert [p.shape for p in model.parameters()] == [(128, 784), (128,), (10, 128), (10,)]
    assert sum(p.numel() for p in model.parameters()) == 101_770
    assert all(p.dtype == torch.float64 for p in model.parameters())
    assert isinstance(model[-1], torch.nn.Linear)  # logits: no softmax at the end
    assert [type(layer).__name__ for layer in mlp(0, (2, 3, 4, 5))] == [
        *("Linear", "ReLU", "Linear", "ReLU", "Linear")
    ]
    assert len(mlp(0, (16, 3))) == 1


def test_the_seed_decides_and_nothing_else():
    torch.manual_seed(7)
    first = torch.nn.utils.parameters_to_vector(mlp(5, SIZES).parameters())
    torch.manual_seed(8)
    again = torch.nn.utils.parameters_to_vector(mlp(5, SIZES).parameters())
    other = torch.nn.utils.parameters_to_vector(mlp(6, SIZES).parameters())
    assert torch.equal(first, again)
    assert not torch.equal(first, other)


def test_the_global_generators_are_not_touched(split):
    torch.manual_seed(7)
    before, numpy_before = torch.get_rng_state(), np.random.get_state()[1].copy()  # noqa: NPY002
    run(split)
    assert torch.equal(torch.get_rng_state(), before)
    assert (np.random.get_state()[1] == numpy_before).all()  # noqa: NPY002


def test_pixels():
    images = np.arange(2 * 3 * 4, dtype=np.uint8).reshape(2, 3, 4) * 11
    rows = pixels(images)
    assert rows.shape == (2, 12)
    assert rows.dtype == np.float64
    np.testing.assert_array_equal(rows, [[p / 255 for p in image.ravel()] for image in images])
    assert pixels(np.empty((0, 28, 28), np.uint8)).shape == (0, 784)
    assert pixels(images.transpose(0, 2, 1))[0, 1] == images[0, 1, 0] / 255  # not contiguous


# ------------------------------------------------------------------ training


@pytest.mark.parametrize("optimiser", ["adam", "sgd"])
def test_twice_the_same(split, optimiser):
    first, again = run(split, optimiser=optimiser), run(split, optimiser=optimiser)
    for name in ("epochs", "logits", "labels", "train_loss", "test_loss", "accuracy"):
        np.testing.assert_array_equal(getattr(first, name), getattr(again, name))
    other = run(split, optimiser=optimiser, seed=4)  # the same weights, another order
    np.testing.assert_array_equal(other.at(0), first.at(0))
    assert (other.at(4) != first.at(4)).any()


def test_shapes_and_types_of_the_history(split):
    history = run(split)
    assert history.epochs.tolist() == [0, 2, 4]
    assert history.epochs.dtype == history.labels.dtype == np.int64
    assert history.logits.shape == (3, N_TEST, K)
    assert history.train_loss.shape == (4,)
    assert history.test_loss.shape == history.accuracy.shape == (3,)
    for array in (history.logits, history.train_loss, history.test_loss, history.accuracy):
        assert array.dtype == np.float64
    assert (history.labels == split.y_test).all()


@pytest.mark.parametrize(
    ("checkpoints", "epochs", "kept"),
    [((), 2, [2]), ((2,), 2, [2]), ([1, 0, 1], 2, [0, 1, 2]), (iter([1]), 2, [1, 2]), ((), 0, [0])],
)
def test_checkpoints(split, checkpoints, epochs, kept):
    history = run(split, checkpoints=checkpoints, epochs=epochs)
    assert history.epochs.tolist() == kept
    assert len(history.logits) == len(kept)
    assert len(history.train_loss) == epochs
    for epoch in kept:
        assert (history.at(epoch) == history.logits[kept.index(epoch)]).all()


def test_checkpoints_do_not_disturb_the_training(split):
    few, many = run(split, checkpoints=()), run(split, checkpoints=range(5))
    np.testing.assert_array_equal(few.at(4), many.at(4))
    np.testing.assert_array_equal(few.train_loss, many.train_loss)


def test_a_checkpoint_is_a_shorter_run(split):
    np.testing.assert_array_equal(run(split).at(2), run(split, epochs=2).at(2))


def test_before_training_the_logits_are_those_of_the_network(split):
    model = mlp(1, SIZES)
    with torch.no_grad():
        expected = model(torch.from_numpy(pixels(split.X_test))).numpy()
    np.testing.assert_array_equal(run(split).at(0), expected)
    history = train(model, split, F.cross_entropy, epochs=1)
    with torch.no_grad():  # trained in place
        np.testing.assert_array_equal(
            history.at(1), model(torch.from_numpy(pixels(split.X_test))).numpy()
        )


def test_the_losses_of_the_history_against_scikit_learn(split):
    history = run(split)
    for epoch, loss, accuracy in zip(
        history.epochs, history.test_loss, history.accuracy, strict=True
    ):
        q = softmax(history.at(epoch), axis=1)
        # log_loss gets rounded probabilities, (K + gap + 8) u of each, and normalises again.
        gap = np.ptp(history.at(epoch), axis=1).max()
        assert loss == near(log_loss(split.y_test, q), abs=2 * (K + gap + 8) * U, rel=N_TEST * U)
        assert accuracy == (q.argmax(axis=1) == split.y_test).mean()


@pytest.mark.parametrize("batch", [1, 5, N, 1000])
def test_one_step_by_hand(split, batch):
    lr, model = 0.1, mlp(1, (16, K))
    weight, bias = (p.detach().numpy().copy() for p in model.parameters())
    history = train(
        model, split, F.cross_entropy, epochs=1, lr=lr, batch=batch, seed=3, optimiser="sgd"
    )
    order = torch.randperm(N, generator=torch.Generator().manual_seed(3)).numpy()
    X, losses = pixels(split.X_train), []
    for start in range(0, N, batch):
        rows = order[start : start + batch]
        q = softmax(X[rows] @ weight.T + bias, axis=1)
        losses += list(-np.log(q[np.arange(len(rows)), split.y_train[rows]]))
        difference = q - np.eye(K)[split.y_train[rows]]  # q - p, averaged over the batch
        weight = weight - lr * difference.T @ X[rows] / len(rows)
        bias = bias - lr * difference.mean(axis=0)
    # Every step rounds sums of up to 22 numbers; 22 steps with factors below 1 add that up.
    atol = 22 * 22 * 16 * U
    np.testing.assert_allclose(model[0].weight.detach().numpy(), weight, rtol=0, atol=atol)
    np.testing.assert_allclose(model[0].bias.detach().numpy(), bias, rtol=0, atol=atol)
    # The training loss gives every example the same weight, including the short last batch.
    assert history.train_loss[0] == near(np.mean(losses), abs=atol)


def test_it_learns(split):
    history = run(split, epochs=30, checkpoints=[0])
    assert history.test_loss[-1] < history.test_loss[0] / 2
    assert history.accuracy[-1] == 1
    assert history.train_loss[-1] < history.train_loss[0]


def test_any_loss_is_accepted(split):
    def squared(logits, labels):
        return F.mse_loss(logits, F.one_hot(labels, K).double())

    history = train(mlp(1, SIZES), split, squared, epochs=3, lr=0.01)
    assert history.train_loss[-1] < history.train_loss[0]


def test_the_data_are_left_alone_and_may_be_read_only(split):
    copies = [getattr(split, f).copy() for f in ("X_train", "y_train", "X_test", "y_test")]
    for field in ("X_train", "y_train", "X_test", "y_test"):
        getattr(split, field).flags.writeable = False
    run(split)
    for field, copy in zip(("X_train", "y_train", "X_test", "y_test"), copies, strict=True):
        assert (getattr(split, field) == copy).all()


def with_part(part: torch.nn.Module) -> torch.nn.Sequential:
    model = mlp(1, SIZES)
    model.insert(1, part.double())
    return model


@pytest.mark.parametrize("part", [torch.nn.Dropout(0.5), torch.nn.BatchNorm1d(8)])
def test_the_test_set_is_seen_in_evaluation_mode(split, part):
    model = with_part(part)
    model.eval()
    with torch.no_grad():
        expected = model(torch.from_numpy(pixels(split.X_test))).numpy()
    history = train(model.train(), split, F.cross_entropy, epochs=2, checkpoints=(0, 1))
    np.testing.assert_array_equal(history.at(0), expected)
    with torch.no_grad():
        seen = model.eval()(torch.from_numpy(pixels(split.X_test))).numpy()
    np.testing.assert_array_equal(history.at(2), seen)


def test_the_training_set_is_seen_in_training_mode(split):
    class Watch(torch.nn.Module):
        def __init__(self):
            super().__init__()
            self.seen = []

        def forward(self, x):
            self.seen.append((self.training, len(x)))
            return x

    watch = Watch()
    model = with_part(watch).eval()
    train(model, split, F.cross_entropy, epochs=2, batch=11, checkpoints=(0,))
    steps = [(True, 11), (True, 11)]
    assert watch.seen == [(False, 1), (False, N_TEST), *steps, *steps, (False, N_TEST)]
    assert not watch.training
    assert not model.training


def test_each_part_of_the_model_stays_in_its_mode(split):
    model = with_part(torch.nn.BatchNorm1d(8))
    model[1].eval()  # frozen on purpose
    mean = model[1].running_mean.clone()
    train(model, split, F.cross_entropy, epochs=1)
    assert [part.training for part in model] == [True, False, True, True]
    assert torch.equal(model[1].running_mean, mean)

    def broken(logits, labels):
        raise KeyError

    with pytest.raises(KeyError):
        train(model.eval(), split, broken, epochs=1)
    assert not any(part.training for part in model.modules())


def test_dropout_is_decided_by_the_seed_too(split):
    def dropped(seed: int) -> np.ndarray:
        history = train(
            with_part(torch.nn.Dropout(0.5)), split, F.cross_entropy, epochs=2, seed=seed
        )
        return history.logits

    state = torch.get_rng_state()
    first = dropped(3)
    assert torch.equal(torch.get_rng_state(), state)
    torch.manual_seed(9)
    np.testing.assert_array_equal(dropped(3), first)


@pytest.mark.parametrize("as_", [list, np.int32, np.uint8, np.int8, torch.tensor])
def test_labels_of_every_integer_type(split, as_):
    def given(y):
        return as_(y) if as_ in (list, torch.tensor) else y.astype(as_)

    expected = run(split)
    history = run(changed(split, y_train=given(split.y_train), y_test=given(split.y_test)))
    np.testing.assert_array_equal(history.logits, expected.logits)
    assert history.labels.dtype == np.int64
    assert (history.accuracy == expected.accuracy).all()


def test_images_in_lists(split):
    history = run(changed(split, X_train=split.X_train.tolist(), X_test=split.X_test.tolist()))
    np.testing.assert_array_equal(history.logits, run(split).logits)


@pytest.mark.parametrize("kind", [torch.float32, torch.bfloat16])
def test_a_model_in_a_precision_of_its_own(split, kind):
    history = train(mlp(1, SIZES).to(kind), split, F.cross_entropy, epochs=1, checkpoints=(0,))
    assert history.logits.dtype == np.float64
    # Weights and pixels below 1, rounded; two layers of up to 16 terms, and 8 bits in bfloat16.
    atol = 64 * torch.finfo(kind).eps
    np.testing.assert_allclose(history.at(0), run(split).at(0), rtol=0, atol=atol)


# ------------------------------------------------------------------ bad input


@pytest.mark.parametrize("sizes", [("784", 10), (16, 3.0), (16, True), (16, None)])
def test_sizes_that_are_not_integers(sizes):
    with refuses(f"sizes are {sizes}; give at least inputs and classes, each at least 1"):
        mlp(0, sizes)


@pytest.mark.parametrize("seed", ["a", None, 1.5, -1])
def test_an_invalid_seed(split, seed):
    for call in (lambda: mlp(seed), lambda: run(split, seed=seed)):
        with refuses(f"seed is {seed!r}; give an integer of at least 0"):
            call()


@pytest.mark.parametrize("y", [["0"] * N, [0.0] * N, [False] * N, [None] * N])
def test_labels_that_are_not_integers(split, y):
    with pytest.raises(ValueError, match=r"^labels are .*; class indices are integers 0\.\.2"):
        run(changed(split, y_train=y))


def test_images_and_models_that_do_not_fit(split):
    with refuses(
        "images have shape (22, 4, 4) and dtype float64; give bytes from 0 to 255, not yet divided"
    ):
        run(changed(split, X_train=split.X_train / 255))
    with refuses(f"the training set has {N} images and shape ({N}, 1) labels"):
        run(changed(split, y_train=split.y_train[:, None]))
    with pytest.raises(
        ValueError, match=r"^the model does not take 16 pixels in torch.float64 per"
    ):
        train(mlp(0), split, F.cross_entropy, epochs=1)
    with refuses("the model gives shape (1,) for 1 images; give logits (n, K)"):
        flat = torch.nn.Sequential(mlp(0, (16, 1)), torch.nn.Flatten(0))
        train(flat, split, F.cross_entropy, epochs=1)
    with refuses("the model has no parameters; there is nothing to train"):
        train(torch.nn.Sequential(), split, F.cross_entropy, epochs=1)


@pytest.mark.parametrize("lr", ["a", -1.0, float("nan"), float("inf"), None])
def test_an_invalid_learning_rate(split, lr):
    with refuses(f"lr is {lr!r}; give a finite number of at least 0"):
        run(split, lr=lr)


def test_an_epoch_without_a_checkpoint(split):
    with refuses("no checkpoint at epoch 3; there are [0, 2, 4]"):
        run(split).at(3)


@pytest.mark.parametrize("sizes", [(), (10,), (16, 0, 3), (16, 8, -1)])
def test_an_empty_network(sizes):
    with refuses(f"sizes are {sizes}; give at least inputs and classes, each at least 1"):
        mlp(0, sizes)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"epochs": -1, "checkpoints": ()}, "epochs is -1; give an integer of at least 0"),
        ({"epochs": True}, "epochs is True; give an integer of at least 0"),
        ({"epochs": 2.0}, "epochs is 2.0; give an integer of at least 0"),
        ({"batch": 0}, "batch is 0; give an integer of at least 1"),
        ({"batch": 2.5}, "batch is 2.5; give an integer of at least 1"),
        *(
            (
                {"checkpoints": [0, c]},
                f"checkpoint {c!r} is not an epoch of this run; give integers 0..4",
            )
            for c in (-1, 5, 1.5, "a")
        ),
        ({"optimiser": "adamw"}, 'optimiser is \'adamw\'; it must be "adam" or "sgd"'),
    ],
)
def test_invalid_arguments(split, changes, message):
    with refuses(message):
        run(split, **changes)


@pytest.mark.parametrize("checkpoints", [(), (0,)])
@pytest.mark.parametrize(("name", "part"), [("training", "train"), ("test", "test")])
@pytest.mark.parametrize("label", [K, -100])  # PyTorch silently ignores the label -100
def test_a_label_that_the_network_has_no_output_for(split, checkpoints, name, part, label):
    y = getattr(split, f"y_{part}").copy()
    y[4] = label
    with refuses(
        f"label {label} at position 4 of the {name} set is outside 0..{K - 1}; "
        "classes are counted from 0"
    ):
        run(changed(split, **{f"y_{part}": y}), checkpoints=checkpoints)


@pytest.mark.parametrize(("name", "part"), [("training", "train"), ("test", "test")])
def test_empty_training_or_test_set(split, name, part):
    X, y = getattr(split, f"X_{part}"), getattr(split, f"y_{part}")
    with refuses(f"the {name} set is empty; give at least one example"):
        run(changed(split, **{f"X_{part}": X[:0], f"y_{part}": y[:0]}))
    with refuses(f"the {name} set has {len(X)} images and 1 labels"):
        run(changed(split, **{f"y_{part}": y[:1]}))


# ------------------------------------------------------------------ what a model expects


def history(scale: float = 1.0) -> History:
    rng = np.random.default_rng(5)
    z = scale * rng.normal(size=(3, 40, 4))
    return History(np.array([0, 1, 2]), z, rng.integers(0, 4, 40), np.array([1.0, 0.5]))


def test_what_a_model_expects_is_the_mean_entropy_of_its_predictions():
    run = history()
    for expected, z in zip(run.expected_loss, run.logits, strict=True):
        q = np.exp(z) / np.exp(z).sum(axis=1, keepdims=True)
        assert expected == pytest.approx(-(q * np.log(q)).sum(axis=1).mean(), rel=1e-12, abs=0)


def test_labels_drawn_from_the_predictions_cost_what_the_model_expects():
    run = history(2.0)
    z = np.repeat(run.logits[0], 20_000, axis=0)
    u = np.random.default_rng(6).random((len(z), 1))
    y = (softmax(z, axis=1).cumsum(axis=1) < u).sum(axis=1)
    assert nll_from_logits(z, y) == pytest.approx(run.expected_loss[0], rel=0.01, abs=0)


def test_a_certain_model_expects_nothing():
    sure = np.full((1, 5, 3), -np.inf)
    sure[:, :, 0] = 0
    run = History(np.array([0]), sure, np.zeros(5, int), np.array([]))
    assert run.expected_loss.tolist() == [0]


@pytest.mark.parametrize("scale", [0.1, 1.0, 20.0])
def test_the_slope_of_louder_logits_is_what_it_gets_minus_what_it_expects(scale):
    run, h = history(scale), 1e-6
    z, y = run.logits[1], run.labels
    slope = (nll_from_logits((1 + h) * z, y) - nll_from_logits((1 - h) * z, y)) / (2 * h)
    assert slope == pytest.approx(run.test_loss[1] - run.expected_loss[1], rel=1e-5, abs=1e-8)


def test_only_some_of_the_images():
    run = history()
    first, rest = run.only(slice(10)), run.only(slice(10, None))
    np.testing.assert_array_equal(np.concatenate([first.logits, rest.logits], axis=1), run.logits)
    np.testing.assert_array_equal(np.concatenate([first.labels, rest.labels]), run.labels)
    np.testing.assert_array_equal(first.train_loss, run.train_loss)
    np.testing.assert_array_equal(first.epochs, run.epochs)
    both = 10 * first.test_loss + 30 * rest.test_loss
    np.testing.assert_allclose(both / 40, run.test_loss, rtol=1e-12, atol=0)


# ------------------------------------------------------------------ the seven losses

RNG = np.random.default_rng(8)
Z, Y = RNG.normal(size=(50, 10)), RNG.integers(0, 10, 50)
Q, E = softmax(Z, axis=1), np.eye(10)[Y]
TRUE = Q[np.arange(50), Y]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("cross-entropy", -np.log(TRUE).mean()),
        ("softmax twice", nll_from_logits(Q, Y)),
        ("log forgotten", -TRUE.mean()),
        ("squared error of softmax", ((Q - E) ** 2).mean()),
        ("squared error of outputs", ((Z - E) ** 2).mean()),
        ("label smoothing 0.1", -((0.9 * E + 0.01) * np.log(Q)).sum(axis=1).mean()),
        ("focal, gamma 2", -((1 - TRUE) ** 2 * np.log(TRUE)).mean()),
    ],
)
def test_the_seven_losses(name, value):
    loss = LOSSES[name](torch.from_numpy(Z), torch.from_numpy(Y))
    assert loss.item() == pytest.approx(value, rel=1e-12, abs=0)


def test_there_are_seven_losses_and_nobody_can_change_them():
    assert len(LOSSES) == 7
    with pytest.raises(TypeError):
        LOSSES["cross-entropy"] = focal


def test_focal_without_gamma_is_cross_entropy():
    z, y = torch.from_numpy(Z), torch.from_numpy(Y)
    assert focal(z, y, gamma=0).item() == pytest.approx(nll_from_logits(Z, Y), rel=1e-12, abs=0)


def test_perfect_outputs_have_no_squared_error_and_the_floor_of_the_double_softmax():
    perfect = torch.eye(10, dtype=torch.float64)
    assert squared_error(perfect, torch.arange(10)).item() == 0
    floor, _ = double_softmax_bounds(10)
    assert nll_from_logits(perfect.numpy(), np.arange(10)) == pytest.approx(floor, rel=1e-12, abs=0)


@pytest.mark.parametrize("kind", [torch.float32, torch.float64])
def test_the_losses_keep_the_type_of_the_logits(kind):
    z = torch.from_numpy(Z).to(kind)
    for loss in LOSSES.values():
        assert loss(z, torch.from_numpy(Y)).dtype == kind


# ------------------------------------------------------------------ stored runs


def test_stored_runs():
    assert list(stored_runs("loss_comparison")) == list(LOSSES)
    assert set(stored_runs("fitted_temperatures")) < set(LOSSES)
    assert [run["seed"] for run in stored_runs("six_seeds")] == list(range(6))
    assert "linear" in stored_runs("what_losses_say")


def test_runs_that_nobody_stored():
    with pytest.raises(ValueError, match="seven_seeds"):
        stored_runs("seven_seeds")
