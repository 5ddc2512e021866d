"""What somebody sees while a class is graded, and how they stop it."""

from __future__ import annotations

import contextlib
import signal
import threading
from collections.abc import Iterator

from tqdm import tqdm

SIGNALS = [getattr(signal, name, None) for name in ("SIGINT", "SIGTERM", "SIGHUP")]


class Stopped(Exception):
    """Somebody stopped the run; the message says how to go on."""


@contextlib.contextmanager
def stoppable() -> Iterator[threading.Event]:
    """Yield an event that Ctrl-C, the end of the terminal, or ``kill`` sets.

    An exception in any place, as Python has it, could fall into the middle of recording a student,
    and nbgrader takes it for an error of that submission. A second Ctrl-C is that exception.
    """
    stop = threading.Event()
    if threading.current_thread() is not threading.main_thread():
        yield stop
        return

    def ask(number: int, _: object) -> None:
        if stop.is_set() and number == signal.SIGINT:
            raise KeyboardInterrupt
        stop.set()

    before = {number: signal.signal(number, ask) for number in SIGNALS if number is not None}
    try:
        yield stop
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


@contextlib.contextmanager
def bar(total: int) -> Iterator[tqdm[None]]:
    """Show how many are graded, who was last, the rate and the time that remains.

    Only where somebody looks: nothing is shown if the standard error is no terminal.
    """
    with tqdm(
        total=total, unit="submission", disable=None if total else True, dynamic_ncols=True
    ) as shown:
        yield shown
