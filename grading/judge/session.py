"""The judge's side of a notebook: run its cells in the student's processes, and its checks here.

The checks of an exercise run in a process of their own, forked from the judge's: a check that
hangs over a monstrous result, or dies of it, costs that check.
"""

from __future__ import annotations

import ast
import contextlib
import io
import json
import os
import re
import signal
import socket
import sys
import time
import traceback
import warnings
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from grading import fence
from grading.judge.channel import Channel, Late, Lost

CHECK = re.compile(r"(visible|hidden)-(\d+)-(\d+)")
GRACE = 2  # seconds that an interrupted cell has to end
START = 15  # seconds that a process has to begin
MOST_RESULT = 2**22  # bytes that the outputs of a check may have
MOST_SHOWN = 2**25  # characters that all cells may show
MOST_PRINTED = 2**20  # characters that a check may show
LATE = "TimeoutError"
TOO_LONG = "the checks of an exercise have 10 s"
DIED = "Died"


@dataclass
class Process:
    """A process of the student's.

    Attributes
    ----------
    channel : Channel
        To it.
    pid : int
        Its number, as it gives it.
    threads : int
        How many threads it has; with several it cannot be forked.
    deaf : bool
        Whether it did not answer when it was asked to fork.
    """

    channel: Channel
    pid: int = 0
    threads: int = 1
    deaf: bool = False


@dataclass
class Waiting:
    """A check that is still to be run.

    Attributes
    ----------
    cell : dict
        Its cell.
    kind, number : str
        ``visible`` or ``hidden``; such as ``1.1``.
    process : Process
        With the answers.
    seen : str
        All code of the notebook so far.
    ran : list of str
        The cells that made that process what it is.
    """

    cell: dict[str, Any]
    kind: str
    number: str
    process: Process
    seen: str
    ran: list[str]


@dataclass
class Session:
    """One student's notebook.

    Attributes
    ----------
    base : Process
        The process from which all others descend.
    seconds : float
        That a cell, or the checks of an exercise, may take.
    seed : str
        The cohort's.
    """

    base: Process
    seconds: float
    seed: str = ""
    state: Process = field(init=False)
    ran: list[str] = field(default_factory=list)  # the cells that made the state
    seen: list[str] = field(default_factory=list)  # all code so far, as the student wrote it
    waiting: list[Waiting] = field(default_factory=list)
    shown: int = 0  # characters
    setup: str = ""

    def __post_init__(self) -> None:
        self.state = self.base

    def run(self, notebook: dict[str, Any]) -> None:
        """Run a notebook, in place: the outputs of its cells become those of this run.

        A check meets the answers as they are where it stands, in a process that is forked there.
        But it is run when all other cells have run, the hidden ones last: what a function was
        asked by a hidden check can be shown by nothing after it.
        """
        for cell in notebook["cells"]:
            if cell["cell_type"] != "code":
                continue
            cell["outputs"], cell["execution_count"] = [], None
            mark = cell["metadata"].get("nbgrader", {})
            found = CHECK.fullmatch(str(mark.get("grade_id", "")))
            if found and mark.get("grade") and not mark.get("solution"):
                self.wait(cell, *found.groups())
                continue
            if mark.get("grade_id") == "setup":
                self.setup = cell["source"]
            self.seen.append(cell["source"])
            cell["outputs"], cell["execution_count"] = self.cell(cell["source"])
        for check in sorted(self.waiting, key=lambda check: check.kind, reverse=True):
            check.cell["outputs"] = self.check(check)

    def cell(self, source: str) -> tuple[list[Any], int | None]:
        """Run a cell; return its outputs and its number."""
        before = self.state
        try:
            process = before if before.threads > 1 else self.fork(before)
        except (Late, Lost):
            return [_error(DIED, "no process could be started; too many are left over")], None
        late: list[Any] = []
        try:
            answer = _run(process, source, self.seconds)
            if answer is None:
                words = f"this cell ran longer than {self.seconds:g} s; it was stopped"
                late = [_error(LATE, words)]
                self.tell("interrupt", pid=process.pid)
                answer = _next(process.channel, time.monotonic() + GRACE)
        except (Late, Lost):
            if process is before:  # it is gone, with all that was in it
                self.state = self.replay(self.ran, self.base)
            process.channel.close()
            self.sweep([process.pid])
            return late or [_error(DIED, "the process was killed while this cell ran")], None
        process.threads = answer["threads"] if isinstance(answer.get("threads"), int) else 1
        self.state = process
        self.ran.append(source)
        if process is not before and before is not self.base:
            before.channel.close()
        self.sweep([])
        count, shown = answer.get("execution_count"), outputs(answer.get("outputs"))
        self.shown += len(json.dumps(shown))
        if self.shown > MOST_SHOWN:
            shown = [_error("OSError", "the cells of this notebook showed more than they may")]
        return shown + late, count if isinstance(count, int) else None

    def wait(self, cell: dict[str, Any], kind: str, *numbers: str) -> None:
        """Fork a process for a check, with the answers as they are."""
        try:
            process = self.fork(self.state) if self.state.threads <= 1 else self.replay(self.ran)
        except (Late, Lost):
            words = "no process could be started; too many are left over"
            cell["outputs"] = [_error(DIED, words)]
            return
        seen, ran = "\n".join(self.seen), list(self.ran)
        self.waiting.append(Waiting(cell, kind, ".".join(numbers), process, seen, ran))

    def check(self, check: Waiting) -> list[Any]:
        """Run a check in a process of the judge's; return its outputs."""
        if not _lives(check.process):  # another check's answer may have killed it
            check.process.channel.close()
            try:
                check.process = self.replay(check.ran)
            except (Late, Lost):
                return [_error(DIED, "the process with the answers was killed")]
        until = time.monotonic() + self.seconds
        read, write = os.pipe()
        child = os.fork()
        if not child:
            fence.keep_only(write, check.process.channel.socket.fileno())
            shown = one_check(check, until, self.seed, self.setup)
            with os.fdopen(write, "wb") as file:
                file.write(json.dumps(shown).encode())
            os._exit(0)
        os.close(write)
        shown = _result(read, child, until + GRACE)
        check.process.channel.close()
        self.waiting = [other for other in self.waiting if other is not check]
        self.sweep([check.process.pid])
        return shown

    def fork(self, process: Process) -> Process:
        """Fork a process."""
        if process.deaf:
            raise Lost("it did not answer before")
        until = time.monotonic() + START
        try:
            process.channel.ask({"kind": "fork"}, until=until)
            mine, theirs = socket.socketpair()
            with theirs:
                channel = Channel(mine)
                socket.send_fds(process.channel.socket, [b"f"], [theirs.fileno()])
            number, hello, _ = channel.receive(until)
        except OSError as error:
            raise Lost(str(error)) from None
        except Late:
            process.deaf = True
            raise
        if number or not isinstance(hello, dict) or not isinstance(hello.get("pid"), int):
            raise Lost("a process without a number")
        return Process(channel, hello["pid"])

    def replay(self, ran: list[str], otherwise: Process | None = None) -> Process:
        """Return a new process that has run some cells, without a fork between them.

        If that does not come about, return another one instead, or raise Late or Lost.
        """
        try:
            process = self.fork(self.base)
            for source in ran:
                if _run(process, source, self.seconds) is None:
                    raise Late("a cell took longer than before")
        except (Late, Lost):
            if otherwise is None:
                raise
            return otherwise
        process.threads = 2
        return process

    def tell(self, kind: str, **what: Any) -> None:
        """Ask something of the base process."""
        with contextlib.suppress(Late, Lost):
            self.base.channel.ask({"kind": kind, **what}, until=time.monotonic() + START)

    def sweep(self, groups: list[int]) -> None:
        """End all processes of the student's but those that are needed on."""
        keep = [self.state.pid, *(check.process.pid for check in self.waiting)]
        self.tell("sweep", keep=keep, groups=groups)


def _lives(process: Process) -> bool:
    """Return whether a process still answers."""
    with contextlib.suppress(Late, Lost):
        question = {"kind": "defined", "names": []}
        process.channel.ask(question, until=time.monotonic() + START)
        return True
    return False


def _run(process: Process, source: str, seconds: float) -> dict[str, Any] | None:
    """Run a cell; return None if it takes longer."""
    question = {"kind": "cell", "source": source}
    with contextlib.suppress(Late):
        return process.channel.ask(question, until=time.monotonic() + seconds)[0]
    return None


def _next(channel: Channel, until: float) -> dict[str, Any]:
    """Return the answer to a question that was asked before."""
    while True:
        number, answer, _ = channel.receive(until)
        if number == channel.number and isinstance(answer, dict):
            return answer


def _result(read: int, child: int, until: float) -> list[Any]:
    """Read the outputs of a check; end its process, at the latest when its time is over."""
    import select

    got, poll = b"", select.poll()
    poll.register(read, select.POLLIN)
    while len(got) <= MOST_RESULT:
        left = until - time.monotonic()
        if left <= 0 or not poll.poll(left * 1000):
            break
        part = os.read(read, 2**16)
        if not part:
            break
        got += part
    os.close(read)
    late = time.monotonic() >= until
    with contextlib.suppress(ProcessLookupError):
        os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    try:
        return list(json.loads(got))
    except ValueError:
        if late:
            return [_error(LATE, f"takes too long: {TOO_LONG}")]
        return [_error("MemoryError", "what the answer returned is too large to be looked at")]


def one_check(check: Waiting, until: float, seed: str, setup: str) -> list[Any]:
    """Run the visible or the hidden checks of an exercise; return their outputs.

    Parameters
    ----------
    check : Waiting
        Which, and on which answers.
    until : float
        When the time is over, by ``time.monotonic``.
    seed : str
        The cohort's.
    setup : str
        The notebook's first cell.
    """
    import hidden

    from grading.judge.proxies import Answers

    def stop(*_: object) -> None:
        raise KeyboardInterrupt

    signal.signal(signal.SIGALRM, stop)
    signal.setitimer(signal.ITIMER_REAL, max(0.01, until - time.monotonic() + 0.5))
    kind, number, source = check.kind, check.number, check.cell["source"]
    answers = Answers(check.process.channel, until, strict=kind == "hidden")
    names = hidden_functions(source) if kind == "hidden" else free_names(source)
    printed = _Printed()
    try:
        with contextlib.redirect_stdout(printed.out), contextlib.redirect_stderr(printed.err):
            defined = dict(zip(names, answers.defined(names), strict=True))
            if kind == "hidden":
                for name in (name for name in names if not defined[name]):
                    raise NameError(f"name {name!r} is not defined")
                functions = [answers.function(name) for name in names]
                hidden.check(number, *functions, source=check.seen, seed=seed)
                print(f"All hidden checks of exercise {number} passed.")
            else:
                with warnings.catch_warnings():
                    warnings.simplefilter("always")
                    warnings.showwarning = _show_warning
                    namespace: dict[str, Any] = {"__name__": "__main__"}
                    exec(compile(setup, "<setup>", "exec"), namespace)
                    proxies = {n: answers.function(n) for n in names if defined[n]}
                    namespace.update({n: p for n, p in proxies.items() if n not in namespace})
                    exec(compile(source, "<check>", "exec"), namespace)
    except KeyboardInterrupt:
        return [*printed.shown, _error(LATE, f"takes too long: {TOO_LONG}")]
    except BaseException as error:
        signal.setitimer(signal.ITIMER_REAL, 0)
        return [*printed.shown, _shown(error)]
    signal.setitimer(signal.ITIMER_REAL, 0)
    return printed.shown


def hidden_functions(source: str) -> list[str]:
    r"""Return the names that a hidden cell gives to `hidden.grade`, in order.

    >>> hidden_functions('from hidden import grade\n\ngrade("1.5", ratio, odds)')
    ['ratio', 'odds']
    """
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "grade":
            return [arg.id for arg in node.args if isinstance(arg, ast.Name)]
    raise ValueError("a hidden cell must call grade(number, function, ...)")


def free_names(source: str) -> list[str]:
    r"""Return the names that code reads and does not bind, in order.

    >>> free_names("a = mle(3, 5)\nprint(a)")
    ['mle', 'print']
    """
    names = [node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Name)]
    bound = {node.id for node in names if not isinstance(node.ctx, ast.Load)}
    return list(dict.fromkeys(node.id for node in names if node.id not in bound))


class _Printed:
    """What a check shows, in order."""

    def __init__(self) -> None:
        self.shown: list[dict[str, Any]] = []
        self.length = 0
        self.out, self.err = (self._stream(name) for name in ("stdout", "stderr"))

    def _stream(self, name: str) -> io.TextIOBase:
        printed = self

        class Stream(io.TextIOBase):
            def write(self, text: str) -> int:
                printed.length += len(text)
                if printed.length > MOST_PRINTED:
                    raise OSError("the checks of this exercise printed more than they may")
                if not printed.shown or printed.shown[-1]["name"] != name:
                    printed.shown.append({"output_type": "stream", "name": name, "text": ""})
                printed.shown[-1]["text"] += text
                return len(text)

        return Stream()


def _show_warning(message: Any, category: Any, *_: Any, **__: Any) -> None:
    print(f"{category.__name__}: {message}", file=sys.stderr)


def _error(name: str, words: str) -> dict[str, Any]:
    return {"output_type": "error", "ename": name, "evalue": words, "traceback": [words]}


def _shown(error: BaseException) -> dict[str, Any]:
    """Return an error as an output: without the lines of the checks, which are not to be seen."""
    words = str(error)[:10_000]
    if hasattr(error, "_render_traceback_"):
        lines = list(error._render_traceback_())
    else:
        lines = "".join(traceback.format_exception_only(error))[:10_000].splitlines()
    return {
        "output_type": "error", "ename": type(error).__name__, "evalue": words, "traceback": lines,
    }  # fmt: skip


def outputs(given: Any) -> list[Any]:
    """Return the outputs of a cell, as told by a student's process, if they are of a kind."""
    return list(_outputs(given)) if isinstance(given, list) else []


def _outputs(given: list[Any]) -> Iterator[dict[str, Any]]:
    for one in given:
        if not isinstance(one, dict):
            continue
        kind = one.get("output_type")
        if kind == "stream" and one.get("name") in ("stdout", "stderr"):
            yield {"output_type": kind, "name": one["name"], "text": str(one.get("text", ""))}
        elif kind == "error":
            lines = one.get("traceback")
            yield {
                "output_type": kind,
                "ename": str(one.get("ename", "")),
                "evalue": str(one.get("evalue", "")),
                "traceback": [str(line) for line in lines] if isinstance(lines, list) else [],
            }
        elif kind in ("display_data", "execute_result") and isinstance(one.get("data"), dict):
            data = {
                k: v
                for k, v in one["data"].items()
                if "/" in k and isinstance(v, str | dict | list)
            }
            made = {"output_type": kind, "data": data, "metadata": {}}
            if kind == "execute_result":
                count = one.get("execution_count")
                made["execution_count"] = count if isinstance(count, int) else None
            yield made
