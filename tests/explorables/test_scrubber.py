"""The scrubber: its data agree with a fresh training, its mathematics with lib."""

from __future__ import annotations

import base64
import json
import math
import re
from typing import Any

import numpy as np
import pytest
import torch
from numpy.typing import NDArray
from scipy.special import log_softmax, softmax

from course.golden import oracles
from course.guards import CHAPTERS, read
from lib.information import entropy
from lib.losses import nll_from_logits
from lib.mnist import Split, load
from scripts import scrubber_data
from tests.explorables.javascript import call

DATA: dict[str, Any] = json.loads(scrubber_data.TARGET.read_text(encoding="utf-8"))
LOGITS = np.array(DATA["logits"])
LABELS = np.array(DATA["labels"])
SCALES = [math.inf if T is None else T for T in DATA["temperature"]]
IMAGES, EPOCHS = len(LABELS), len(DATA["epochs"])
#: Numbers in the still picture that no cell prints: the losses of the three most expensive images
#: after the last epoch, by the oracle.
STILL_NUMBERS = [
    oracles.nll(" ".join(map(str, DATA["logits"][-1][i])), DATA["labels"][i]) for i in range(10, 13)
]
#: All states: image, index of the epoch, temperature on or off.
STATES = [(i, e, on) for on in (False, True) for e in range(EPOCHS) for i in range(IMAGES)]


def scaled(i: int, e: int, on: bool) -> NDArray[np.float64]:
    return np.asarray(LOGITS[e, i] / (SCALES[e] if on else 1.0))


@pytest.fixture(scope="module")
def split() -> Split:
    torch.set_num_threads(1)
    return load()


class TestData:
    def test_shapes(self) -> None:
        assert DATA["epochs"] == list(scrubber_data.CHECKPOINTS)
        assert LOGITS.shape == (12, 30, 10)
        assert np.shape(DATA["rank"]) == (2, 12, 30)
        assert np.shape(DATA["loss"]) == np.shape(DATA["expects"]) == (2, 12)
        assert np.shape(DATA["accuracy"]) == np.shape(DATA["temperature"]) == (12,)

    def test_decimals(self) -> None:
        assert not re.findall(r"\d\.\d{5}|\de|-0\.0\b|NaN|Infinity", json.dumps(DATA["logits"]))
        rest = json.dumps({k: v for k, v in DATA.items() if k not in ("images", "logits")})
        assert not re.findall(r"\d\.\d{5}|\de-|NaN|Infinity", rest)

    def test_images_are_those_of_the_data_set(self, split: Split) -> None:
        rows = DATA["rows"]
        assert len(set(rows)) == 30
        assert base64.b64decode(DATA["images"]) == split.X_test[rows].tobytes()
        assert split.y_test[rows].tolist() == DATA["labels"]
        assert (DATA["size"], DATA["held_out"]) == (len(split.y_test), scrubber_data.HELD_OUT)

    def test_the_choice(self) -> None:
        right = LOGITS[-1].argmax(axis=1) == LABELS
        each = nll_from_logits(LOGITS[-1], LABELS, reduction="none")
        assert LABELS[:10].tolist() == list(range(10))
        assert right.tolist() == [True] * 10 + [False] * 15 + [True] * 5
        assert DATA["rank"][0][-1][10:20] == list(range(1, 11))
        assert (np.diff(each[10:25]) < 0).all()

    def test_the_first_epochs_can_be_trained_again(self, split: Split) -> None:
        # All sixty take a quarter of a minute: `python scripts/scrubber_data.py --check`.
        few = scrubber_data.CHECKPOINTS[:5]
        fresh = scrubber_data.collect(split, *scrubber_data.follow(split, few), DATA["rows"])
        for name in ("epochs", "temperature", "accuracy", "logits"):
            assert fresh[name] == DATA[name][: len(few)]
        for name in ("expects", "loss", "rank"):
            assert fresh[name] == [pair[: len(few)] for pair in DATA[name]]
        for name in ("rows", "labels", "images", "size", "held_out"):
            assert fresh[name] == DATA[name]

    def test_says_what_chapter_5_says(self) -> None:
        texts = [
            output["text"]
            for cell in read(CHAPTERS[5]).cells
            for output in cell.get("outputs", [])
            if "text" in output
        ]
        [table] = [text for text in texts if text.startswith("epoch  expects  gets")]
        printed = [[float(x) for x in line.split()] for line in table.splitlines()[1:]]
        assert len(printed) >= 5
        for epoch, expects, gets, accuracy in printed:
            e = DATA["epochs"].index(int(epoch))
            assert (DATA["accuracy"][e], DATA["loss"][0][e]) == (accuracy, gets)
            assert DATA["expects"][0][e] == expects
        [at_T] = [text for text in texts if text.startswith("T = ")]
        last = DATA["epochs"].index(60)
        assert f"T = {DATA['temperature'][last]:.2f}" in at_T
        pair = (DATA[key][1][last] for key in ("expects", "loss"))
        assert "test: expects {:.4f}, gets {:.4f} nats".format(*pair) in at_T

    def test_the_message(self) -> None:
        twenty, sixty = (DATA["epochs"].index(e) for e in (20, 60))
        accuracy, (plain, at_T) = DATA["accuracy"], DATA["loss"]
        assert abs(accuracy[sixty] - accuracy[twenty]) < 0.01
        assert plain[sixty] > 1.2 * plain[twenty]
        assert at_T[sixty] < min(plain)
        gap = [abs(a[sixty] - b[sixty]) for a, b in zip(DATA["expects"], DATA["loss"], strict=True)]
        assert gap[1] < gap[0] / 2

    def test_the_task(self) -> None:
        sure = call("scrubber", [["math.tooSure", e, False] for e in range(EPOCHS)])
        trained = [epoch for epoch, too in zip(DATA["epochs"], sure, strict=True) if too and epoch]
        assert trained == [10, 15, 20, 30, 40, 50, 60]


class TestAgreesWithLib:
    def test_logits(self) -> None:
        got = call("scrubber", [["math.logits", *s] for s in STATES])
        np.testing.assert_array_equal(got, [scaled(*s) for s in STATES])

    def test_losses(self) -> None:
        got = call("scrubber", [["math.loss", *s] for s in STATES])
        want = [nll_from_logits(scaled(*s), LABELS[s[0]]) for s in STATES]
        assert got == pytest.approx(want, rel=1e-12, abs=0)

    def test_probabilities(self) -> None:
        got = np.array(call("scrubber", [["math.logProbabilities", *s] for s in STATES]))
        want = log_softmax([scaled(*s) for s in STATES], axis=1)
        np.testing.assert_allclose(got, want, rtol=1e-12, atol=1e-13)
        np.testing.assert_allclose(np.exp(got).sum(axis=1), 1, rtol=1e-12)

    def test_expectations(self) -> None:
        got = call("scrubber", [["math.expects", *s] for s in STATES])
        want = [entropy(softmax(scaled(*s))) for s in STATES]
        assert got == pytest.approx(want, rel=1e-9, abs=1e-15)
        assert min(got) > 0

    def test_losses_of_any_logits(self) -> None:
        rng = np.random.default_rng(0)
        rows = rng.normal(0, 1, (1000, 10)) * rng.lognormal(0, 2, (1000, 1))
        y = rng.integers(0, 10, 1000).tolist()
        got = call("scrubber", [["math.nll", z, k] for z, k in zip(rows.tolist(), y, strict=True)])
        assert got == pytest.approx(nll_from_logits(rows, y, reduction="none"), rel=1e-12, abs=0)


class TestInvariants:
    def test_temperature_changes_no_answer(self) -> None:
        read_as = call("scrubber", [["math.read", i, e] for i, e, _ in STATES])
        assert read_as == [int(LOGITS[e, i].argmax()) for i, e, _ in STATES]
        for (i, e, on), answer in zip(STATES, read_as, strict=True):
            assert not on or math.isinf(SCALES[e]) or scaled(i, e, on).argmax() == answer

    def test_an_infinite_temperature_makes_all_equal(self) -> None:
        assert [math.isinf(T) for T in SCALES] == [True] + [False] * 11
        got = call("scrubber", [["math.loss", i, 0, True] for i in range(IMAGES)])
        assert got == pytest.approx([math.log(10)] * IMAGES, rel=1e-12, abs=0)
        assert call("scrubber", [["math.rank", 10, 0, True]]) == [1]

    def test_a_higher_rank_is_a_lower_loss(self) -> None:
        losses = np.array(call("scrubber", [["math.loss", *s] for s in STATES]))
        ranks = np.array(call("scrubber", [["math.rank", *s] for s in STATES]))
        assert ranks.min() == 1
        assert ranks.max() <= DATA["size"]
        for k in range(0, len(STATES), IMAGES):
            order = np.argsort(-losses[k : k + IMAGES])
            assert (np.diff(ranks[k : k + IMAGES][order]) >= 0).all()

    def test_the_seven_of_the_chapter(self) -> None:
        got = call("scrubber", [["math.loss", 7, e, False] for e in (0, 1)])
        assert got == pytest.approx([2.3952, 0.0062], abs=1e-4)

    def test_any_epoch_has_a_nearest_checkpoint(self) -> None:
        got = call("scrubber", [["math.place", e] for e in (0, 0.4, 4.1, 12, 26, 59, 60)])
        assert [DATA["epochs"][k] for k in got] == [0, 0, 5, 10, 30, 60, 60]

    def test_curves_stay_inside(self) -> None:
        rng = np.random.default_rng(1)
        curves = [*DATA["loss"], *DATA["expects"], *rng.normal(0.2, 0.3, (50, 12)).tolist()]
        got = call("scrubber", [["math.inside", values, 0.0, 0.4] for values in curves])
        for values, points in zip(curves, got, strict=True):
            assert all(0 <= y <= 0.4 for _, y in points)
            for x, y in points:
                assert np.interp(x, DATA["epochs"], values) == pytest.approx(y, abs=1e-9)
            assert [x for x, _ in points] == sorted(x for x, _ in points)

    def test_no_loss_and_no_probability_is_rounded_away(self) -> None:
        losses = call("scrubber", [["math.loss", *s] for s in STATES])
        tables = call("scrubber", [["math.logProbabilities", *s] for s in STATES])
        logs = [log for table in tables for log in table]
        losses += [10.0**-k for k in range(1, 17)]
        logs += [math.log1p(-(10.0**-k)) for k in range(1, 16)] + [-745.0]
        texts = call("scrubber", [["math.lossText", loss] for loss in losses])
        heard = call("scrubber", [["math.lossHeard", loss] for loss in losses])
        chances = call("scrubber", [["math.chanceText", log] for log in logs])
        nothing = re.compile(r"0(\.0+)?(?![\d.])")
        assert not [t for t in (*texts, *heard, *chances) if nothing.match(t)]
        assert not [t for t in chances if t.startswith("1") and "×" not in t]
        for loss, text in zip(losses, texts, strict=True):
            mantissa, _, power = text.removesuffix("\u00a0nats").partition("\u00a0×\u00a010")
            tens = int(power.translate(str.maketrans("⁻⁰¹²³⁴⁵⁶⁷⁸⁹", "-0123456789")) or 0)
            assert float(f"{mantissa}e{tens}") == pytest.approx(
                loss, rel=5.1e-3, abs=5.1e-4 * (tens == 0)
            )
        for log, text in zip(logs, chances, strict=True):
            assert text.startswith(">") == (math.exp(log) >= 0.99995)
        # 360 states with and 360 without temperature: some of each are that sure.
        assert sum(">" in text for text in chances[: 10 * len(STATES)]) > 10

    def test_chances(self) -> None:
        words = {
            0.0: "more than 99.9\u00a0%",
            math.log(2): "50.0\u00a0%",
            math.log(10): "10.0\u00a0%",
            math.log(3421): "one chance in 3\u00a0420",
            math.log(9999): "one chance in 10\u00a0000",
            math.log(38_100): "one chance in 38\u00a0000",
            math.log(999_900): "one chance in 1.0 million",
            19.1510: "one chance in 208 million",
        }
        got = call("scrubber", [["math.chance", loss] for loss in words])
        assert got == list(words.values())

    def test_an_arrow_key_goes_to_the_next_kept_epoch(self) -> None:
        got = call("scrubber", [["math.beside", e, way] for e in range(EPOCHS) for way in (-1, 1)])
        assert got == [k for e in range(EPOCHS) for k in (max(e - 1, 0), min(e + 1, EPOCHS - 1))]

    def test_readings_are_compared_with_the_labels(self) -> None:
        labels = DATA["labels"][10:20]
        wrong = [(k + 1) % 10 for k in labels]
        tries = [[], labels, wrong, [*labels[:4], *wrong[4:]], labels[:3]]
        assert call("scrubber", [["math.agree", digits] for digits in tries]) == [0, 10, 0, 4, 3]

    def test_before_the_reading_the_sentence_tells_nothing(self) -> None:
        states = [
            {"image": 10, "epoch": 20, "temperature": False, "digits": [7] * n, "open": False}
            for n in range(10)
        ]
        said = call("scrubber", [["spec.say", s] for s in states])
        assert said[0] == "These ten cost the network most after 60 epochs. What do you read?"
        assert said[1:] == [f"You read 7. {10 - n} to go." for n in range(1, 10)]

    def test_every_state_has_a_sentence(self) -> None:
        rng = np.random.default_rng(2)
        shown = {"digits": [], "open": True}
        states = [
            {"image": i, "epoch": DATA["epochs"][e], "temperature": on, **shown}
            for i, e, on in STATES
        ] + [
            {"image": float(i), "epoch": float(e), "temperature": False, **shown}
            for i, e in zip(rng.uniform(0, 29, 300), rng.uniform(0, 60, 300), strict=True)
        ]
        said = call("scrubber", [["spec.say", s] for s in states])
        assert not [s for s in said if re.search(r"NaN|Infinity|undefined|null", s)]
        worst = {"image": 10, "epoch": 60, "temperature": False, **shown}
        [sentence] = call("scrubber", [["spec.say", worst]])
        assert "one chance in 208 million" in sentence
        assert "expects 0.0468\u00a0nats and gets 0.2374\u00a0nats: it is too sure" in sentence
