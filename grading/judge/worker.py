"""The student's side: processes that hold the answers, run cells, and are asked for results.

A base process, which never runs code of a student, forks a process for the first cell; that one
forks one for the second, and so on. So a cell that kills its process, or has to be killed, takes
nothing with it but itself: the process before it is still there. For the checks of an exercise a
process is forked as well. See ``session`` for the other side.

All that is here is at the student's mercy. The judge believes nothing of it, and it holds nothing
that a student must not see.
"""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import sys
import threading
import tracemalloc
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np

from grading.judge.channel import Channel, Lost
from grading.judge.codec import Decoder, Encoder, NotPlain
from grading.judge.errors import failure
from grading.judge.loans import Borrower
from grading.judge.shell import Shell

MOST_SHOWN = 8 * 2**20  # characters of all outputs of a cell


class LetsTorchDoIt(AssertionError):
    """PyTorch was called where an exercise is to be written without it."""


def base(channel: Channel, shell: Shell, seconds: int) -> None:
    """Serve the judge's questions about processes until it hangs up.

    Parameters
    ----------
    channel : Channel
        To the judge.
    shell : Shell
        What the forked processes run cells in.
    seconds : int
        Of processor time for each process.
    """
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # nobody waits for them
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    with contextlib.suppress(Lost):
        while True:
            number, question, _ = channel.receive()
            answer: dict[str, Any] = {}
            if question["kind"] == "fork":
                fork(channel, number, shell, seconds)
                continue
            if question["kind"] == "interrupt":
                with contextlib.suppress(OSError):
                    os.kill(int(question["pid"]), signal.SIGINT)
            elif question["kind"] == "sweep":
                sweep({os.getpid(), *map(int, question["keep"])}, question["groups"])
            channel.send(number, answer)


def sweep(keep: set[int], groups: list[int]) -> None:
    """Kill what is left of earlier cells and checks: all processes here but some."""
    if os.getpid() == 1:  # a space of processes of our own
        for _ in range(20):  # while it forks, a process may escape once or twice
            left = {int(p.name) for p in Path("/proc").glob("[0-9]*")} - keep
            for pid in left:
                with contextlib.suppress(OSError):
                    os.kill(pid, signal.SIGKILL)
            if not left:
                return
    for group in groups:
        if group not in keep:
            with contextlib.suppress(OSError):
                os.killpg(group, signal.SIGKILL)


def fork(channel: Channel, number: int, shell: Shell, seconds: int) -> None:
    """Fork a process that answers over a connection of its own, which comes next."""
    channel.send(number, {})
    channel.socket.setblocking(True)
    _, (connection,), _, _ = socket.recv_fds(channel.socket, 1, 1)
    channel.socket.setblocking(False)
    with contextlib.suppress(ChildProcessError):  # ended children would count as processes
        while os.waitpid(-1, os.WNOHANG)[0]:
            pass
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # Python 3.12 warns of threads
        try:
            pid = os.fork()
        except OSError:  # too many processes: the judge hears that the connection is closed
            pid = -1
    if pid:
        os.close(connection)
        return
    try:
        channel.close()
        os.setpgid(0, 0)
        limit_time(seconds)
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        signal.signal(signal.SIGINT, signal.default_int_handler)
        serve(Channel(socket.socket(fileno=connection)), shell, seconds)
    finally:
        os._exit(0)


def limit_time(seconds: int) -> None:
    """Let the system kill this process after so many seconds of processor time."""
    import resource

    with contextlib.suppress(ValueError):
        resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))


def serve(channel: Channel, shell: Shell, seconds: int) -> None:
    """Answer the judge's questions until it hangs up, or forgets this process."""
    channel.send(0, {"pid": os.getpid()})
    graphs: list[tuple[Any, list[Any]]] = []
    answers: dict[str, Callable[[Any, Decoder, Encoder], dict[str, Any]]] = {
        "cell": lambda question, _, __: cell(shell, question),
        "defined": lambda question, _, __: {
            "defined": [name in shell.user_ns for name in question["names"]]
        },
        "call": lambda question, decoder, encoder: call(shell, graphs, question, decoder, encoder),
        "backward": lambda question, decoder, encoder: backward(graphs, question, decoder, encoder),
    }
    with contextlib.suppress(Lost):
        while True:
            number, question, data = channel.receive()
            if question["kind"] == "fork":
                fork(channel, number, shell, seconds)
                continue
            loan = Borrower(channel, number, shell.user_ns)
            decoder, encoder = Decoder(data, loan.function), Encoder(lend=loan.label)
            try:
                answer = answers[question["kind"]](question, decoder, encoder)
            except KeyboardInterrupt:  # came too late for the cell that it was meant for
                answer = {}
            loan.over = True
            channel.send(number, answer, encoder)


def cell(shell: Shell, question: dict[str, Any]) -> dict[str, Any]:
    """Run a cell; say how many threads there are afterwards, as threads do not survive a fork."""
    answer = shell.run(question["source"])
    if sum(map(_length, answer["outputs"])) > MOST_SHOWN:
        message = f"this cell showed more than {MOST_SHOWN:,} characters"
        error = {"ename": "OSError", "evalue": message, "traceback": [message]}
        answer["outputs"] = [{"output_type": "error", **error}]
    tasks = Path("/proc/self/task")
    with contextlib.suppress(OSError):
        answer["threads"] = len(list(tasks.iterdir()))
    answer.setdefault("threads", threading.active_count())
    return answer


def _length(value: Any) -> int:
    """Return about how many characters an output has, as JSON."""
    if isinstance(value, dict):
        return sum(map(_length, value.values()))
    if isinstance(value, list | tuple):
        return sum(map(_length, value))
    return len(value) if isinstance(value, str | bytes) else 8


def call(
    shell: Shell, graphs: list[Any], question: dict[str, Any], decoder: Decoder, encoder: Encoder
) -> dict[str, Any]:
    """Call a function of the student's; return the result and what else is to be known."""
    given, named = decoder(question["given"]), decoder(question["named"])
    before = question["given"], question["named"]
    answer: dict[str, Any] = {}
    with shell.captured() as outputs:
        try:
            function = shell.user_ns[question["function"]]
            with _watched(question, answer) as watched:
                function = watched(function)
                if question["many"]:
                    result = [function(*case) for case in given]
                else:
                    result = function(*given, **named)
            if question["graph"] and getattr(result, "requires_grad", False):
                graphs.append((result, given))
                answer["graph"] = len(graphs) - 1
            answer["result"] = encoder(result)
        except LetsTorchDoIt:
            answer["torch"] = True
        except BaseException as error:
            encoder.clear()
            answer |= failure(error)
    answer["printed"] = [[o["name"], o["text"]] for o in outputs.shown if "name" in o]
    if not question["iterators"]:  # which are spent
        after = Encoder(alias=True, lend=encoder.lend)
        with contextlib.suppress(NotPlain):
            now = after(tuple(given)), after(named)
            if now != before or not _same(decoder.data, after):
                answer["after"] = encoder([list(given), named])
    return answer


@contextlib.contextmanager
def _watched(
    question: dict[str, Any], answer: dict[str, Any]
) -> Iterator[Callable[[Callable[..., Any]], Callable[..., Any]]]:
    """Set what a check asks for: strict warnings, no PyTorch, so many lines, how much memory."""
    with contextlib.ExitStack() as stack:
        caught = stack.enter_context(warnings.catch_warnings(record=not question["strict"]))
        if question["strict"]:
            warnings.simplefilter("error")
            stack.enter_context(np.errstate(all="warn", under="ignore"))
        if question["numpy_only"] and "torch" in sys.modules:
            stack.enter_context(_numpy_only())
        peak = stack.enter_context(_measured()) if question["memory"] else None
        try:
            yield (lambda f: _limited(f, question["lines"])) if question["lines"] else (lambda f: f)
        finally:
            if peak:
                answer["peak"] = peak()
            if caught:
                answer["warnings"] = [[w.category.__name__, str(w.message)] for w in caught]


@contextlib.contextmanager
def _measured() -> Iterator[Callable[[], int]]:
    """Measure the memory of Python, NumPy and PyTorch, as `hidden.conditions.measured` does."""
    with contextlib.ExitStack() as stack:
        tensors = None
        if "torch" in sys.modules:
            from lib.memory import Alive

            tensors = stack.enter_context(Alive())
        tracemalloc.start()
        stack.callback(tracemalloc.stop)
        yield lambda: tracemalloc.get_traced_memory()[1] + (tensors.peak if tensors else 0)


def _numpy_only() -> Any:
    from torch.overrides import TorchFunctionMode

    class Mode(TorchFunctionMode):
        def __torch_function__(
            self, function: Any, types: Any, args: Any = (), kwargs: Any = None
        ) -> Any:
            raise LetsTorchDoIt

    return Mode()


def _limited(function: Callable[..., Any], lines: int) -> Callable[..., Any]:
    """Return a function that is stopped after so many lines of Python."""
    left = lines

    def count(frame: Any, event: str, argument: Any) -> Any:
        nonlocal left
        left -= event == "line"
        if left < 0:
            raise AssertionError("does not end")
        return count

    def inner(*given: Any, **named: Any) -> Any:
        sys.settrace(count)
        try:
            return function(*given, **named)
        finally:
            sys.settrace(None)

    return inner


def backward(
    graphs: list[Any], question: dict[str, Any], decoder: Decoder, encoder: Encoder
) -> dict[str, Any]:
    """Go back through a result of an earlier call to its arguments."""
    import torch

    result, given = graphs[question["graph"]]
    leaves = [a for a in given if isinstance(a, torch.Tensor) and a.requires_grad]
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            slope = decoder(question["slope"])
            slopes = torch.autograd.grad(result, leaves, slope, allow_unused=True)
        return {"result": encoder(list(slopes))}
    except BaseException as error:
        encoder.clear()
        return failure(error)


def _same(before: memoryview, after: Encoder) -> bool:
    """Return whether a buffer holds what an encoder has just written."""
    if len(before) != after.size:
        return False
    at = 0
    for part in after.buffers:
        if bytes(before[at : at + len(part)]) != bytes(part):
            return False
        at += len(part)
    return True
