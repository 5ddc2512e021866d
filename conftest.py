"""Settings shared by all tests."""

import os

import hypothesis
import pytest
from nbval.plugin import IPyNbFile

# One thread, as everywhere in the book; notebook kernels inherit this.
for variable in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ.setdefault(variable, "1")

# The same examples on every run, so that a failure can be reproduced.
hypothesis.settings.register_profile("book", derandomize=True, deadline=None)
hypothesis.settings.load_profile("book")


def pytest_collectstart(collector: pytest.Collector) -> None:
    """Make nbval ignore SVG pictures, as it ignores PNG.

    It compares SVG byte for byte, and a figure of a training run may differ in its last digit on
    another processor although every printed number agrees.
    """
    if isinstance(collector, IPyNbFile):
        collector.skip_compare = (*collector.skip_compare, "image/svg+xml")
