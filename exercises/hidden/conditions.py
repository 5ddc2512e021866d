"""What a check asks for besides a result: no PyTorch, an end, little memory, another generator.

A student's function may run in this process (nbgrader on a hub) or in another one (`make
grade`). There it stands here as a `Remote`, which tells the other process what is asked for.
"""

from __future__ import annotations

import contextlib
import sys
import tracemalloc
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from check import Mistake

TORCH = "lets torch do it"


@dataclass
class Conditions:
    """What is asked of the calls of a function.

    Attributes
    ----------
    numpy_only : bool
        Refuse calls of PyTorch.
    lines : int
        Stop after so many lines of Python; 0 for any number.
    memory : bool
        Measure the memory of Python's objects, NumPy's arrays and PyTorch's tensors.
    peak : int
        What was measured: the most bytes at once of any call.
    """

    numpy_only: bool = False
    lines: int = 0
    memory: bool = False
    peak: int = 0


class Remote:
    """A function that runs in another process.

    Attributes
    ----------
    conditions : Conditions
        What is asked for there.
    """

    conditions: Conditions

    def each(self, cases: Sequence[tuple[Any, ...]]) -> list[Any]:
        """Call the function with each of these arguments, on one journey there and back."""
        raise NotImplementedError


def refuse_torch() -> Mistake:
    """Return what is raised where PyTorch does the work."""
    return Mistake(f"{TORCH}. This exercise is to be written in NumPy or plain Python.", TORCH)


@contextlib.contextmanager
def numpy_only(*functions: Callable[..., Any]) -> Iterator[None]:
    """Forbid PyTorch calls inside the block. Its import is allowed, because 4.6 needs it."""
    remote = [f for f in functions if isinstance(f, Remote)]
    if not remote:
        from torch.overrides import TorchFunctionMode

        class Refuse(TorchFunctionMode):  # type: ignore[misc]
            def __torch_function__(
                self, function: Any, types: Any, args: Any = (), kwargs: Any = None
            ) -> Any:
                raise refuse_torch()

        with Refuse():
            yield
        return
    for f in remote:
        f.conditions.numpy_only = True
    try:
        yield
    finally:
        for f in remote:
            f.conditions.numpy_only = False


@contextlib.contextmanager
def limited(function: Callable[..., Any], lines: int) -> Iterator[None]:
    """Stop code that runs more lines of Python than this, such as an endless loop."""
    if isinstance(function, Remote):
        function.conditions.lines = lines
        try:
            yield
        finally:
            function.conditions.lines = 0
        return
    left = lines

    def count(frame: Any, event: str, argument: Any) -> Any:
        nonlocal left
        left -= event == "line"
        if left < 0:
            raise AssertionError("does not end")
        return count

    before = sys.gettrace()
    sys.settrace(count)
    try:
        yield
    finally:
        sys.settrace(before)


def peak(function: Callable[..., Any], *given: Any) -> int:
    """Return how many bytes a call needed at once: of Python and NumPy, and of tensors."""
    if isinstance(function, Remote):
        function.conditions.memory, function.conditions.peak = True, 0
        try:
            function(*given)
        finally:
            function.conditions.memory = False
        return function.conditions.peak
    with measured() as peak_so_far:
        function(*given)
        return peak_so_far()


@contextlib.contextmanager
def measured() -> Iterator[Callable[[], int]]:
    """Measure the memory that is needed inside the block, beyond what was there before.

    Yields a function that returns the most bytes at once. It adds the peak of PyTorch's tensors to
    that of all else, which need not have come at the same time.
    """
    with contextlib.ExitStack() as stack:
        tensors = None
        if "torch" in sys.modules:
            from lib.memory import Alive

            tensors = stack.enter_context(Alive())
        tracemalloc.start()
        stack.callback(tracemalloc.stop)
        yield lambda: tracemalloc.get_traced_memory()[1] + (tensors.peak if tensors else 0)


def each(function: Callable[..., Any], cases: Sequence[tuple[Any, ...]]) -> list[Any]:
    """Return what a function returns for each of many arguments; the first error is raised."""
    if isinstance(function, Remote):
        return function.each(cases)
    return [function(*case) for case in cases]


def another(rng: np.random.Generator) -> np.random.Generator:
    """Return a generator for a student's function, which must not see that of the inputs."""
    return np.random.default_rng(int(rng.integers(2**63)))
