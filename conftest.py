"""Settings shared by all tests."""

import functools
import gc
import os
from collections.abc import Callable, Generator
from typing import Any

import hypothesis
import nbval.kernel
import pytest
from nbval.plugin import IPyNbFile

# One thread, as everywhere in the book; notebook kernels inherit this.
for variable in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ.setdefault(variable, "1")

# The same examples on every run, so that a failure can be reproduced.
hypothesis.settings.register_profile("book", derandomize=True, deadline=None)
hypothesis.settings.load_profile("book")


def once_more(start: Callable[..., Any]) -> Callable[..., Any]:
    """Return a function that starts a kernel, and another one if the first dies at once.

    Jupyter looks for free ports and lets them go; the kernel takes them a moment later. If another
    program is faster, which is rare and depends on nothing in the notebook, the kernel dies before
    it has run anything.
    """

    @functools.wraps(start)
    def started(*given: Any, **named: Any) -> Any:
        try:
            return start(*given, **named)
        except RuntimeError as error:
            if "died before replying" not in str(error):
                raise
            return start(*given, **named)

    return started


nbval.kernel.start_new_kernel = once_more(nbval.kernel.start_new_kernel)


def pytest_collectstart(collector: pytest.Collector) -> None:
    """Make nbval ignore SVG pictures, as it ignores PNG.

    It compares SVG byte for byte, and a figure of a training run may differ in its last digit on
    another processor although every printed number agrees.
    """
    if isinstance(collector, IPyNbFile):
        collector.skip_compare = (*collector.skip_compare, "image/svg+xml")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with what takes longest: the chapters, the last of them first, then `slow` tests."""
    items.sort(key=lambda item: item.get_closest_marker("slow") is None)
    items.sort(key=lambda item: item.path.name * (item.path.suffix == ".ipynb"), reverse=True)


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Generator[None, object, object]:
    """Switch the garbage collector off during collection; exempt what was made from later runs.

    They make millions of objects that stay to the end, and each search goes through them all:
    nearly half the time of collecting, and a tenth of the tests'.
    """
    gc.disable()
    try:
        return (yield)
    finally:
        gc.freeze()
        gc.enable()
