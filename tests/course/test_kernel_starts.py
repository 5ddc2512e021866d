"""A kernel that died for want of a port is started once more, and no other failure is hidden."""

from __future__ import annotations

import nbval.kernel
import pytest

from conftest import once_more

DIED = "Kernel died before replying to kernel_info"


def starts(*outcomes: str) -> list[str]:
    """Return what happened in the starts of a kernel: each one ends with a message or, "", well."""
    happened: list[str] = []

    @once_more
    def start(name: str, *, cwd: str) -> str:
        message = outcomes[len(happened)]
        happened.append(message)
        if message:
            raise RuntimeError(message)
        return name + cwd

    assert start("python", cwd="/here") == "python/here"
    return happened


def test_a_kernel_that_starts_is_started_once() -> None:
    assert starts("") == [""]


def test_one_that_dies_at_once_is_started_again() -> None:
    assert starts(DIED, "") == [DIED, ""]


@pytest.mark.parametrize("outcomes", [(DIED, DIED), ("Kernel didn't respond in 60 seconds",)])
def test_other_failures_and_a_second_one_are_raised(outcomes: tuple[str, ...]) -> None:
    with pytest.raises(RuntimeError, match=outcomes[-1]):
        starts(*outcomes)


def test_nbval_starts_its_kernels_so() -> None:
    assert nbval.kernel.start_new_kernel.__wrapped__.__module__ == "nbval.kernel"
