"""What a type checker infers for callers of lib: sample calls checked by mypy."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]

SAMPLE = """
from fractions import Fraction
from typing import assert_type

import numpy as np
from numpy.typing import NDArray

from lib.bernoulli import log_likelihood, sequence_probability
from lib.information import cross_entropy, entropy, information, kl_divergence, nats_to_bits
from lib.information import perplexity
from lib.losses import grad_nll_from_logits, margin, nll_from_logits, squared_error_from_logits
from lib.scoring import ece, fit_temperature, recalibrate, reliability_table, two_bills

Several = NDArray[np.floating]
a: NDArray[np.float64] = np.zeros((2, 3))
rows = [[0.5, 0.5], [1.0, 0.0]]

assert_type(information(0.5), float)
assert_type(information([0.5, 1.0]), Several)
assert_type(information(a, "bits"), Several)
assert_type(perplexity(1.0), float)
assert_type(nats_to_bits(a), Several)
assert_type(entropy([0.5, 0.5]), float)
assert_type(entropy(rows), Several)
assert_type(entropy(a), float | Several)
assert_type(cross_entropy([0.5, 0.5], [1.0, 0.0], "bits"), float)
assert_type(kl_divergence(rows, rows), Several)

assert_type(nll_from_logits(a, [0, 1]), float)
assert_type(nll_from_logits(a, [0, 1], reduction="sum", weight=[1.0, 2.0, 3.0]), float)
assert_type(nll_from_logits(a, [0, 1], reduction="none"), float | NDArray[np.float64])
assert_type(grad_nll_from_logits(a, [0, 1]), NDArray[np.float64])
assert_type(margin([1.0, 2.0], 0), float)
assert_type(margin(a, [0, 1]), float | NDArray[np.float64])
assert_type(squared_error_from_logits([1.0, 2.0], 0), float)

assert_type(ece(a, [0, 1]), float)
assert_type(fit_temperature(a, [0, 1]), float)
assert_type(two_bills([0.5], [True]), tuple[float, float])
assert_type(recalibrate([0.5], [True]), NDArray[np.float64])
assert_type(reliability_table([0.5], [1])[0], NDArray[np.int64])

assert_type(log_likelihood("wb", 0.5), float)
assert_type(log_likelihood("wb", a), NDArray[np.float64])
assert_type(sequence_probability("wb", 0.5), float)
assert_type(sequence_probability("wb", Fraction(1, 2)), Fraction)

nll_from_logits(a, [0, 1], reduction="average")  # line to be refused
entropy(0.5, "nat")  # line to be refused
"""


def test_types_inferred_by_mypy(tmp_path):
    path = tmp_path / "sample.py"
    path.write_text(SAMPLE, encoding="utf-8")
    run = subprocess.run(
        [sys.executable, "-m", "mypy", "--strict", "--no-error-summary", str(path)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    lines = {int(line.split(":")[1]) for line in run.stdout.splitlines() if "error:" in line}
    refused = {n for n, line in enumerate(SAMPLE.splitlines(), 1) if "to be refused" in line}
    assert lines == refused, run.stdout + run.stderr
