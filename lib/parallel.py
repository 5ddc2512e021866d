"""Run one function in several processes that can talk to each other.

The function is written once, and every process, called a *rank*, runs it with the same arguments.
The ranks differ in the number that ``dist.get_rank()`` tells each, and they talk through
`torch.distributed`, here over the loopback address of one machine.

How it is done. `torch.multiprocessing` starts each rank as a fresh Python. A function from a
notebook cell cannot be imported there, so its source travels, and the arguments and results travel
in files of a temporary folder. In the same folder a rank writes why it failed before it ends and
its connections close: the others fail next, because it is gone, and the first is the one to show.
"""

from __future__ import annotations

import ast
import builtins
import contextlib
import dis
import faulthandler
import inspect
import linecache
import multiprocessing
import os
import pickle
import re
import shutil
import signal
import sys
import tempfile
import threading
import time
import traceback
from collections.abc import Callable, Sequence
from datetime import timedelta
from multiprocessing.connection import wait
from numbers import Real
from pathlib import Path
from types import CodeType, FunctionType, SimpleNamespace
from typing import Any, NamedTuple

import torch
import torch.distributed as dist
import torch.multiprocessing
import torch.nn.functional as F
from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils._pytree import tree_leaves

from lib._checks import check_integer

#: What the function may use without importing it.
_GIVEN = {"torch": torch, "dist": dist, "F": F}
#: How a name is read that is neither an argument nor a local variable.
_LOADS = ("LOAD_GLOBAL", "LOAD_NAME", "LOAD_FROM_DICT_OR_GLOBALS")
#: Seconds for the others to tell what they saw of a failure, and for those that wait to say where.
_LAST_WORDS = 1.0
#: Seconds after the timeout at which a rank ends by itself, when nobody else has ended it.
_GRACE = 10.0


class Rank(NamedTuple):
    """What one process returned, and what it had to say to the others for it.

    Attributes
    ----------
    value : object
        What the function returned.
    sent : list of int
        For each collective call in order (``dist.all_reduce`` and its like) the bytes of the tensor
        handed to it: ``len(sent)`` messages, ``sum(sent)`` bytes. How many bytes then cross the
        wire is the library's business; a ring of n processes sends 2(n - 1)/n of each sum.
    """

    value: Any
    sent: list[int]


def run_on(
    ranks: int, function: Callable[..., Any], *arguments: Any, timeout: float = 60.0
) -> list[Rank]:
    """Run a function in several processes at once and return what each returned.

    Parameters
    ----------
    ranks : int
        Number of processes, at least 1. Each computes with one thread.
    function : callable
        Made with ``def``. Its source travels, so it can use ``torch``, ``dist``
        (`torch.distributed`), ``F`` (`torch.nn.functional`), what is built into Python and what it
        imports or defines itself, and nothing else from its notebook.
    *arguments : object
        Its arguments, the same for every rank; each rank has its own copy. A helper function from
        the notebook can be one of them, and travels as the function does.
    timeout : float
        Seconds for everything, the start of the processes (2 to 10 s) included; below 1000000.

    Returns
    -------
    list of Rank
        In the order of the ranks. What a rank printed is printed here at the end, each line after
        the rank's number.

    Raises
    ------
    ValueError
        If there is no process to start, the function is a lambda, has no source, is wrapped in what
        its source does not show or uses names of its notebook (also where they hide a builtin or
        ``torch``), or an argument cannot be sent, for example for a function or a class of the
        notebook within it.
    RuntimeError
        If a rank fails or is ended: with the error of the first one, a few seconds later.
    TimeoutError
        If ranks are still at work after `timeout`: with the line at which each of them waits, or
        that it cannot be asked. In most cases not every rank made the same collective calls in
        the same order.

    Notes
    -----
    The function does not know that all its ranks are on one machine. For two machines with eight
    GPUs each, put it into a file, which each process runs from its start: it calls
    ``torch.set_default_device(f"cuda:{os.environ['LOCAL_RANK']}")`` and
    ``dist.init_process_group("nccl")``, and then the function, with tensors on that device. The
    command on both machines is ``torchrun --nnodes=2 --nproc-per-node=8 --rdzv-backend=c10d
    --rdzv-endpoint=HOST:29500 FILE``.

    If the notebook's process is killed, its ranks end at once. One that is within a single long
    step (``sum(range(10**13))``) ends 10 s after `timeout`, and leaves its temporary folder.

    In a script a call of `run_on` belongs under ``if __name__ == "__main__":``, because each
    process that it starts reads the script again.
    """
    check_integer(ranks, "ranks", 1)
    if not isinstance(timeout, Real) or isinstance(timeout, bool) or not 0 < timeout < 1e6:
        raise ValueError(
            f"timeout is {timeout!r}; give a number of seconds above 0 and below 1000000"
        )
    parcel = [_pack(function), *(_pack(a) if _is_from_main(a) else a for a in arguments)]
    with tempfile.TemporaryDirectory(prefix="ranks-", ignore_cleanup_errors=True) as place:
        folder = Path(place)
        _send(parcel, folder)
        deadline = time.monotonic() + timeout
        team = torch.multiprocessing.start_processes(
            _work,
            args=(ranks, place, deadline),
            nprocs=ranks,
            join=False,
            daemon=True,
            start_method="spawn",
        )
        ended = _wait(team, folder, deadline)
        for rank in range(ranks):
            if said := _read(folder / f"stdout{rank}"):
                lines = said.removesuffix("\n").replace("\n", f"\nrank {rank}: ")
                print(f"rank {rank}: {lines}")
        if not all(exit.well for exit in ended.values()):
            raise RuntimeError(_first_failure(ranks, folder, ended))
        if len(ended) < ranks:
            raise TimeoutError(_who_waits(ranks, folder, ended, timeout))
        return [torch.load(folder / f"value{r}", weights_only=False) for r in range(ranks)]


# ------------------------------------------------------------------ the function travels


class _Source(NamedTuple):
    """A function on its way to another process."""

    name: str
    text: str

    def compile(self) -> CodeType:
        """Return the code of its definition; annotations are not evaluated, as in this module."""
        # Under an `if` an indented function can stay as it is, with the texts in it.
        tree = ast.parse(f"if 1:\n{self.text}" if self.text[0].isspace() else self.text)
        if self.text[0].isspace():
            ast.increment_lineno(tree, -1)  # errors count the function's own lines
        code: CodeType = compile(tree, f"<{self.name}>", "exec")
        return code

    def unpack(self) -> Any:
        """Define the function, here and now, and let error messages find its lines."""
        file = f"<{self.name}>"
        linecache.cache[file] = (len(self.text), None, self.text.splitlines(True), file)
        names: dict[str, Any] = {"__name__": "__main__", **_GIVEN}
        exec(self.compile(), names)
        return names[self.name]


def _is_from_main(value: object) -> bool:
    """Return whether this is a function of the notebook or script, which no rank can import."""
    return isinstance(value, FunctionType) and value.__module__ == "__main__"


def _pack(function: Callable[..., Any]) -> _Source:
    """Return the source of a function; raise if it would not run elsewhere."""
    if not isinstance(function, FunctionType) or function.__name__ == "<lambda>":
        given = getattr(function, "__name__", f"a {type(function).__name__}")
        raise ValueError(
            f"{given} cannot travel to other processes; give a function made with def (its "
            "arguments can follow it)"
        )
    inner = inspect.unwrap(function)
    name = inner.__name__
    try:
        text = inspect.getsource(function)
        source = _Source(name, text)
        code = source.compile()
    except (OSError, SyntaxError, TypeError):
        raise ValueError(
            f"the source of {name} is not to be found; define it in a cell or in a file, on its "
            "own lines"
        ) from None
    if _wrappers(function) > len(re.findall(r"^\s*@", text.partition("def ")[0], re.MULTILINE)):
        raise ValueError(
            f"the source of {name} does not show what it is wrapped in; write the decorator above "
            "its def line, after an @"
        )
    given = {**vars(builtins), **_GIVEN}
    here = {**inner.__globals__, **dict.fromkeys(inner.__code__.co_freevars)}
    missing = sorted(
        used
        for used in _outside_names(code) - {name, "__name__"}
        # IPython wraps open; what else has the name of a builtin is the notebook's own.
        if used not in given or inspect.unwrap(here.get(used, given[used])) is not given[used]
    )
    if missing:
        raise ValueError(
            f"{name} uses {', '.join(missing)} from outside, and other processes do not have "
            "yours; pass it as an argument, or import or define it inside the function"
        )
    return source


def _wrappers(function: Any) -> int:
    """Return in how many others a function is wrapped."""
    count = 0
    while hasattr(function, "__wrapped__"):
        function, count = function.__wrapped__, count + 1
    return count


def _outside_names(code: CodeType) -> set[str]:
    """Return the names that this code and the functions in it take from outside."""
    used, made, parts = set(), set(), [code]
    for part in parts:  # which grow meanwhile by the functions in them
        parts.extend(inner for inner in part.co_consts if isinstance(inner, CodeType))
        steps = list(dis.get_instructions(part))
        own = {s.argval for s in steps if s.opname == "STORE_NAME"}
        for step in steps:
            if step.opname == "STORE_GLOBAL":
                made.add(step.argval)
            elif step.opname in _LOADS and step.argval not in own | made:
                used.add(step.argval)
    return used


def _send(parcel: list[Any], folder: Path) -> None:
    """Write the function and its arguments; raise for the first that cannot be sent."""
    try:
        _write_and_read(parcel, folder / "parcel")  # together, so that what they share stays shared
    except Exception:
        for position, value in enumerate(parcel):
            _save(value, folder / f"part{position}", f"argument {position} of the function")
        raise


def _save(value: Any, path: Path, name: str) -> None:
    """Write a value to a file; raise if it cannot be written or read again."""
    try:
        _write_and_read(value, path)
    except Exception as error:
        raise ValueError(
            f"{name} cannot be sent to another process ({error}); give tensors, arrays, numbers, "
            "texts, or lists of them"
        ) from None


def _write_and_read(value: Any, path: Path) -> None:
    """Write a value to a file and read it as the receiver will, but for its tensors' numbers."""
    torch.save(value, path)
    reader: Any = SimpleNamespace(__name__="reader", Unpickler=_Reader)
    torch.load(path, weights_only=False, mmap=True, pickle_module=reader)


class _Reader(pickle.Unpickler):
    """Read as a rank reads: it has what a script defines, not what a notebook defines."""

    def find_class(self, module: str, name: str) -> Any:
        main = sys.modules["__main__"]
        if module == "__main__" and not (main.__spec__ or getattr(main, "__file__", None)):
            raise ValueError(
                f"{name} is defined in the notebook; pass a function as an argument itself, of "
                "a model its state_dict"
            )
        return super().find_class(module, name)


# ------------------------------------------------------------------ in each rank


def _work(rank: int, ranks: int, place: str, deadline: float) -> None:
    """Be one of the ranks: the first thing that a new process is asked to do."""
    folder = Path(place)
    for number, name in ((1, "stdout"), (2, "stderr")):
        file = (folder / f"{name}{rank}").open("w", 1, encoding="utf-8", errors="backslashreplace")
        os.dup2(file.fileno(), number)  # for what is not written in Python
        setattr(sys, name, file)
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the caller, once interrupted, ends the ranks
    # Where the function keeps Python to itself, the thread that watches never runs.
    faulthandler.dump_traceback_later(
        max(1, deadline + _GRACE - time.monotonic()), exit=True, file=2
    )
    threading.Thread(target=_watch, args=(rank, folder, deadline), daemon=True).start()
    failed = False
    try:
        torch.set_num_threads(1)
        # Without a name of the interface gloo looks up the machine's name, and may leave it.
        if interface := {"linux": "lo", "darwin": "lo0"}.get(sys.platform):
            os.environ["GLOO_SOCKET_IFNAME"] = interface
        parcel = torch.load(folder / "parcel", weights_only=False)
        function, *arguments = (p.unpack() if isinstance(p, _Source) else p for p in parcel)
        dist.init_process_group(
            "gloo",
            store=dist.FileStore(str(folder / "store"), ranks),  # type: ignore[attr-defined]
            rank=rank,
            world_size=ranks,
            timeout=timedelta(seconds=deadline - time.monotonic() + 60),  # the caller's ends first
        )
        _write(folder / f"begun{rank}", "")
        with _Sent() as sent:
            value = function(*arguments)
        _save(Rank(value, sent.sizes), folder / f"value{rank}", "what the function returned")
        if dist.is_initialized():  # the function may have closed its connections
            dist.barrier()  # no connection closes while another rank still uses it
    except BaseException as error:
        failed = True
        _write(folder / f"error{rank}", _report(error))
    for stream in (sys.stdout, sys.stderr):
        with contextlib.suppress(Exception):  # the function may have closed it
            stream.flush()
    os._exit(failed)  # at once, whatever threads the function has left


class _Sent(TorchDispatchMode):
    """Write down the size in bytes of each tensor that is handed to a collective call."""

    @classmethod
    def _should_skip_dynamo(cls) -> bool:
        """Spare each rank the import of PyTorch's compiler, a second, at its first operation."""
        return False

    def __init__(self) -> None:
        super().__init__()
        self.sizes: list[int] = []

    def __torch_dispatch__(
        self,
        func: Any,
        types: tuple[type, ...],
        args: tuple[Any, ...] = (),
        kwargs: dict[str, Any] | None = None,
    ) -> Any:
        if any(kind.__name__ == "DTensor" for kind in types):
            return NotImplemented  # a tensor in parts says first what becomes of the parts
        if func.namespace in ("c10d", "_c10d_functional"):
            given = dict(zip((a.name for a in func._schema.arguments), args, strict=False))
            if given.keys() & {"process_group", "group_name"} and "recv" not in func.__name__:
                for name in ("tensors", "input", "inputs", "input_tensor", "input_tensors"):
                    if name in given:
                        self.sizes.append(sum(t.nbytes for t in tree_leaves(given[name])))
        return func(*args, **(kwargs or {}))


def _watch(rank: int, folder: Path, deadline: float) -> None:
    """Say where this rank waits when time is up; end it when the process that started it ends."""
    parent = multiprocessing.parent_process()
    assert parent is not None
    parent.join(max(0.0, deadline - time.monotonic()))
    if parent.is_alive():
        main = sys._current_frames()[threading.main_thread().ident or 0]
        for step in reversed(_own(traceback.extract_stack(main))):
            _write(folder / f"waiting{rank}", f"line {step.lineno}: {step.line}")
            break
        parent.join()
    shutil.rmtree(folder, ignore_errors=True)
    os._exit(1)


def _own(steps: Sequence[traceback.FrameSummary]) -> list[traceback.FrameSummary]:
    """Return the steps that came from the notebook; their files are called `<function>`."""
    return [step for step in steps if step.filename.startswith("<") and step.line]


def _report(error: BaseException) -> str:
    """Return whether an error is an echo, when it came and what it says, if it can say it."""
    try:
        return f"{_is_echo(error)}\n{time.monotonic()}\n{_tell(error)}"
    except Exception:
        return f"False\n{time.monotonic()}\n{type(error).__name__}"


def _tell(error: BaseException) -> str:
    """Return the error as Python prints it, with those lines only that came from the notebook."""
    lines = traceback.format_list(_own(traceback.extract_tb(error.__traceback__)))
    return "".join([*lines, *traceback.format_exception_only(error)])


def _is_echo(error: BaseException) -> bool:
    """Return whether this error only says that another rank is gone."""
    said = str(error).lower()
    return isinstance(error, RuntimeError) and any(
        words in said for words in ("by peer", "broken pipe", "connection was aborted")
    )


def _write(path: Path, text: str) -> None:
    """Write a file that is whole as soon as it is there."""
    path.with_suffix(".part").write_text(text, encoding="utf-8", errors="backslashreplace")
    path.with_suffix(".part").replace(path)


# ------------------------------------------------------------------ in the caller's process


class _Exit(NamedTuple):
    """How a rank ended, when that was noticed, and whether it had done its work."""

    code: int
    when: float
    well: bool


def _wait(context: Any, folder: Path, deadline: float) -> dict[int, _Exit]:
    """Wait until all ranks have ended, or one has failed, or time is up; then end the others."""
    ended: dict[int, _Exit] = {}
    team = context.processes
    deadline += _LAST_WORDS
    try:
        while len(ended) < len(team) and (left := deadline - time.monotonic()) > 0:
            wait([p.sentinel for rank, p in enumerate(team) if rank not in ended], left)
            for rank, process in enumerate(team):
                if rank not in ended and (code := process.exitcode) is not None:
                    well = code == 0 and (folder / f"value{rank}").exists()
                    ended[rank] = _Exit(code, time.monotonic(), well)
                    if not well:
                        deadline = min(deadline, time.monotonic() + _LAST_WORDS)
    finally:
        for process in team:
            process.kill()
        for process in team:
            process.join()
        for file in context.error_files:  # PyTorch writes one if `_work` raises, and leaves it
            Path(file).unlink(missing_ok=True)
    return ended


def _first_failure(ranks: int, folder: Path, ended: dict[int, _Exit]) -> str:
    """Say which rank failed first, and how."""
    failures = []
    for rank in range(ranks):
        if said := _read(folder / f"error{rank}"):
            echo, when, text = said.split("\n", 2)
            failures.append((echo == "True", float(when), rank, f"failed:\n{text}"))
        elif rank in ended and not ended[rank].well:
            text = _how_it_ended(ended[rank].code, _read(folder / f"stderr{rank}"))
            if not (folder / f"stdout{rank}").exists():
                text += '\nIn a script, call run_on under `if __name__ == "__main__":`.'
            failures.append((False, ended[rank].when, rank, text))
    _, _, rank, text = min(failures)
    return f"rank {rank} of {ranks} {text.rstrip()}"


def _how_it_ended(code: int, stderr: str) -> str:
    """Say how a process ended that left no word itself."""
    try:
        how = f"was ended by {signal.Signals(-code).name}"
    except ValueError:
        how = f"ended with exit code {code} before it returned"
    return f"{how}\n{stderr[-2000:]}"


def _who_waits(ranks: int, folder: Path, ended: dict[int, _Exit], timeout: float) -> str:
    """Say which ranks are still there, and what each of them waits for."""
    places = []
    for rank in set(range(ranks)) - set(ended):
        if (folder / f"value{rank}").exists():
            where = "has returned and waits for the others"
        else:
            line = _read(folder / f"waiting{rank}")
            begun = (folder / f"begun{rank}").exists()
            busy = "is at work where it cannot be asked" if begun else "has not begun"
            where = f"waits at {line}" if line else busy
        places.append(f"rank {rank} of {ranks} {where}\n")
    return (
        f"after {timeout:g} s\n{''.join(places)}Does every rank make the same collective calls in "
        "the same order? If they only need more time, give a longer timeout."
    )


def _read(path: Path) -> str:
    """Return what a rank wrote, "" if it wrote nothing."""
    return path.read_text(encoding="utf-8", errors="replace") if path.exists() else ""
