"""The judge's process: it begins the student's, learns the secrets after that, and gives up rights.

`main` is what runs in it. What it is told comes over a connection, in two messages: first what the
student's side may know (where Python's public folder is, what to import, the limits); after the
student's process has been forked, the notebook, the seed and the place of the hidden checks.
"""

from __future__ import annotations

import gc
import importlib
import os
import socket
import sys
import tempfile
from typing import Any

from grading import fence
from grading.judge import session, shell, worker
from grading.judge.channel import Channel, Lost

HOME = "/tmp/home"  # of the student, where there is a /tmp of its own
MOST_NOTEBOOK = 64 * 2**20  # bytes, outputs included


def main(connection: int) -> None:
    """Judge one notebook.

    Parameters
    ----------
    connection : int
        A socket, over which the questions come and the judged notebook goes.
    """
    grader = Channel(socket.socket(fileno=connection), MOST_NOTEBOOK)
    try:
        number, told, _ = grader.receive()
        for name in told["imports"]:
            importlib.import_module(name)
        gc.freeze()  # a collection in a forked process would copy the memory of all libraries
        limits = fence.Fence(**told["student"])
        others = 0 if limits.uid else fence.threads_of(os.getuid())
        means = fence.means(bool(limits.uid))
        base = begin(limits, means, told["home"], told["seconds"], others, grader)
        grader.send(number, {})
        number, told, _ = grader.receive()
        learn(told["exercises"], told["numbers"])
        own = fence.Fence(**told["judge"])
        enclose(own, means, others)
        gc.freeze()
        trial = session.Session(session.Process(base), told["cell_seconds"], told["seed"])
        trial.run(told["notebook"])
        grader.send(number, {"notebook": told["notebook"]})
    except Lost:
        pass  # the grader has ended


def begin(
    limits: fence.Fence, means: str, home: str, seconds: int, others: int, grader: Channel
) -> Channel:
    """Fork the student's base process; return the channel to it."""
    mine, theirs = socket.socketpair()
    if os.fork():
        theirs.close()
        return Channel(mine)
    code = 1
    try:
        mine.close()
        grader.close()
        fence.keep_only(theirs.fileno())
        os.environ.clear()
        place = HOME if means == "walls" else home
        os.environ.update(fence.environment(limits.public, place))
        tempfile.tempdir = None  # an import may have looked it up, in the judge's environment
        if means == "walls":
            fence.separate()
            child = os.fork()
            if child:
                theirs.close()
                fence.become(limits.uid)
                fence.end_with_parent()
                os.waitpid(child, 0)
                os._exit(0)
            fence.view(limits)
            os.mkdir(place)
            os.chown(place, limits.uid or os.getuid(), limits.uid or os.getgid())
        os.chdir(place)
        fence.become(limits.uid)
        fence.end_with_parent()
        fence.limit(limits, others)
        forget()
        os.dup2(1, 2)  # until here errors went into the grader's log
        worker.base(Channel(theirs), shell.make(), seconds)
        code = 0
    finally:
        os._exit(code)


def forget() -> None:
    """Take from the interpreter what leads to the project's own folders."""
    public = os.environ["PYTHONPATH"]
    shown = (*fence.python_folders(), sys.base_prefix, "/usr", "/nix")
    sys.path[:] = ["", public, *(path for path in sys.path if path.startswith(shown))]
    sys.meta_path[:] = [
        finder for finder in sys.meta_path if not str(finder).startswith("<class '__editable__")
    ]
    sys.argv[:] = [""]


def learn(exercises: str, numbers: list[str]) -> None:
    """Load the hidden checks while their folder can still be read."""
    sys.path.append(exercises)
    import hidden

    from grading.judge import proxies  # noqa: F401

    for number in numbers:
        hidden.find(number)
    refuse_text()
    sys.path.remove(exercises)


def refuse_text() -> None:
    """Have sympy evaluate no text: it may be a student's. A mere name becomes a symbol."""
    if "sympy" not in sys.modules:
        return
    import sympy
    import sympy.parsing.sympy_parser as parser
    import sympy.physics.units  # what `simplify` loads at its first call

    def refuse(text: Any, *given: Any, **named: Any) -> Any:
        if isinstance(text, str) and text.isidentifier():
            return sympy.Symbol(text)
        raise SyntaxError("a text is no expression")

    parser.parse_expr = parser.eval_expr = refuse


def enclose(limits: fence.Fence, means: str, others: int) -> None:
    """Give up this process's rights."""
    if means == "walls":
        fence.separate(0)
        fence.view(limits)
    os.chdir("/")
    fence.become(limits.uid)
    fence.end_with_parent()
    fence.limit(limits, others)
