"""Processes that are started from a notebook: what they return, and all the ways to fail."""

from __future__ import annotations

import functools
import linecache
import os
import signal
import subprocess
import sys
import tempfile
import threading
import time
import traceback
from collections.abc import Callable, Iterator
from pathlib import Path
from queue import Empty
from types import ModuleType
from typing import Any
from urllib.error import HTTPError

import nbformat
import numpy as np
import psutil
import pytest
import torch
import torch.distributed as dist
from jupyter_client.manager import start_new_kernel
from torch import Tensor
from torch.nn import functional as F

from lib import parallel
from lib.parallel import Rank, run_on
from tests.lib.references import refuses

ROOT = Path(parallel.__file__).parents[1]
#: How long a test waits for what takes a few seconds on a quiet machine.
PATIENCE = 300.0

# ------------------------------------------------------------------ what cannot travel

FACTOR = 3.0


def define(source: str, **names: Any) -> Any:
    """Return the last function that a cell defines, with a source that can be found."""
    file = f"<cell {source}>"
    linecache.cache[file] = (len(source), None, source.splitlines(True), file)
    exec(compile(source, file, "exec"), names)
    return list(names.values())[-1]


def with_global(x: Tensor) -> Tensor:
    return FACTOR * helper(x)


def helper(x: Tensor) -> Tensor:
    return x


def with_default(x: Tensor, factor: float = FACTOR) -> Tensor:
    return factor * x


def with_class(x: Tensor) -> Any:
    class Inner(Rank):
        factor = FACTOR

    return Inner


def with_inner(x: Tensor) -> list[Tensor]:
    def inner(x: Tensor) -> Tensor:
        return np.exp(x)

    return [inner(x) for _ in range(2)]


def closure() -> Callable[[], float]:
    factor = 2.0

    def inner() -> float:
        return factor

    return inner


@parallel.torch.no_grad()
def decorated(x: Tensor) -> Tensor:
    return x


@pytest.mark.parametrize(
    ("function", "name", "names"),
    [
        (with_global, "with_global", "FACTOR, helper"),
        (with_default, "with_default", "FACTOR"),
        (with_class, "with_class", "FACTOR, Rank"),
        (with_inner, "with_inner", "np"),
        (closure(), "inner", "factor"),
        (decorated, "decorated", "parallel"),
        (define("from numpy import sum\ndef total(x): return sum(x)"), "total", "sum"),
        (define("def more():\n    global n\n    n += 1"), "more", "n"),
        (define("F = 2.0\ndef half(x): return x / F"), "half", "F"),
        (define("def f(dist):\n    def g(): return dist\n    return g\ng = f(2.0)"), "g", "dist"),
    ],
)
def test_names_from_outside_are_refused_by_name(function, name: str, names: str) -> None:
    with refuses(
        f"{name} uses {names} from outside, and other processes do not have yours; pass it as an "
        "argument, or import or define it inside the function"
    ):
        run_on(2, function, torch.ones(2))


@pytest.mark.parametrize(
    ("function", "name"),
    [(lambda x: x, "<lambda>"), (len, "len"), (Rank, "Rank"), (Rank(1, [2]), "a Rank")],
)
def test_what_was_not_made_with_def_is_refused(function, name: str) -> None:
    with refuses(
        f"{name} cannot travel to other processes; give a function made with def (its arguments "
        "can follow it)"
    ):
        run_on(2, function, torch.ones(2))


def test_a_helper_of_the_notebook_is_held_to_the_same_rules(monkeypatch) -> None:
    monkeypatch.setattr(with_global, "__module__", "__main__")
    with pytest.raises(ValueError, match=r"^with_global uses FACTOR, helper from outside"):
        run_on(2, helper, with_global)


def test_a_function_without_source_is_refused() -> None:
    names: dict[str, Any] = {}
    exec("def made(): pass", names)
    with refuses(
        "the source of made is not to be found; define it in a cell or in a file, on its own lines"
    ):
        run_on(2, names["made"])


def test_a_function_whose_source_does_not_show_its_wrapper_is_refused() -> None:
    with refuses(
        "the source of helper does not show what it is wrapped in; write the decorator above its "
        "def line, after an @"
    ):
        run_on(2, torch.no_grad()(helper), torch.ones(2))
    one = define(
        "import torch\n@torch.no_grad()\ndef one(): return torch.is_inference_mode_enabled()"
    )
    with refuses(
        "the source of one does not show what it is wrapped in; write the decorator above its "
        "def line, after an @"
    ):
        run_on(2, torch.inference_mode()(one))


def test_an_error_in_an_indented_function_names_the_functions_own_line() -> None:
    fails = define("if True:\n    def fails():\n        nothing = 0\n        return 1 / nothing\n")
    with pytest.raises(ZeroDivisionError) as failure:
        parallel._pack(fails).unpack()()
    step = traceback.extract_tb(failure.value.__traceback__)[-1]
    assert (step.lineno, step.line) == (3, "return 1 / nothing")


@pytest.mark.parametrize(
    ("ranks", "timeout", "message"),
    [
        (0, 60.0, "ranks is 0; give an integer of at least 1"),
        (2.0, 60.0, "ranks is 2.0; give an integer of at least 1"),
        (True, 60.0, "ranks is True; give an integer of at least 1"),
        (2, 0, "timeout is 0; give a number of seconds above 0 and below 1000000"),
        (2, float("nan"), "timeout is nan; give a number of seconds above 0 and below 1000000"),
        (2, 1e7, "timeout is 10000000.0; give a number of seconds above 0 and below 1000000"),
        (2, "9", "timeout is '9'; give a number of seconds above 0 and below 1000000"),
    ],
)
def test_numbers_that_make_no_sense_are_refused(ranks, timeout, message: str) -> None:
    with refuses(message):
        run_on(ranks, helper, torch.ones(2), timeout=timeout)


def test_an_argument_that_cannot_be_sent_is_refused() -> None:
    with pytest.raises(
        ValueError, match=r"^argument 2 of the function cannot be sent to another process \(.*lock"
    ):
        run_on(2, helper, torch.ones(2), threading.Lock())


def test_an_argument_that_could_not_be_read_again_is_refused() -> None:
    with pytest.raises(
        ValueError,
        match=r"^argument 1 of the function cannot be sent .*\(HTTPError.__init__\(\) missing",
    ):
        run_on(2, helper, HTTPError("u", 404, "m", {}, None))  # type: ignore[arg-type]


def test_an_argument_with_a_function_or_class_of_the_notebook_in_it_is_refused(monkeypatch) -> None:
    notebook: Any = ModuleType("__main__")
    exec("def twice(x): return 2 * x\nclass Model: pass", vars(notebook))
    monkeypatch.setitem(sys.modules, "__main__", notebook)
    for value, name in (
        ([notebook.twice], "twice"),
        (functools.partial(notebook.twice, 2), "twice"),
        (notebook.Model(), "Model"),
        (notebook.Model, "Model"),
    ):
        with refuses(
            f"argument 2 of the function cannot be sent to another process ({name} is defined in "
            "the notebook; pass a function as an argument itself, of a model its state_dict); "
            "give tensors, arrays, numbers, texts, or lists of them"
        ):
            run_on(2, helper, torch.ones(2), value)


def everything_inside(n: int = 3, *, kind: Unheard = None) -> float:  # noqa: F821
    """Use what travels along: torch, dist, F, builtins, imports and itself."""
    import math

    class Pair:
        first = torch.ones(2)
        both = (first, first)

    def again(n: int) -> Nowhere:  # noqa: F821
        return everything_inside(n - 1) if n else math.pi

    return again(n) + F.relu(Pair.first).sum() - len(Pair.both) + dist.is_available()


#: A function with texts in which each space counts.
TEXTS = 'def texts(): return ("""a\n    \n  b""", "c")\n'


@pytest.mark.parametrize(
    "function",
    [
        everything_inside,
        define("import torch\n@torch.no_grad()\ndef off(): return torch.is_grad_enabled()"),
        define("def count():\n    global counter\n    counter = 2\n    return counter"),
        define("def name(): return open.__name__", open=functools.wraps(open)(lambda: None)),
        define(TEXTS),
        define("if True:\n    " + TEXTS),
    ],
    ids=lambda function: function.__name__,
)
def test_what_a_function_brings_along_is_not_refused(function) -> None:
    assert parallel._pack(function).unpack()() == function()


# ------------------------------------------------------------------ what comes back


@pytest.fixture
def odd_folders(tmp_path: Path, monkeypatch) -> Iterator[None]:
    """A temporary folder with a space and an umlaut, a working folder that must stay empty."""
    scratch, here = tmp_path / "für Züge", tmp_path / "nur lesen"
    scratch.mkdir()
    here.mkdir()
    here.chmod(0o555)
    monkeypatch.setattr(tempfile, "tempdir", str(scratch))
    monkeypatch.chdir(here)
    yield
    assert list(scratch.iterdir()) == []
    assert list(here.iterdir()) == []


@pytest.fixture(autouse=True)
def none_left() -> Iterator[None]:
    """No rank is left over. (Python's own tracker of resources stays.)"""
    yield
    left = [p for p in psutil.Process().children() if "spawn_main" in " ".join(p.cmdline())]
    assert left == []


def talk(x: Tensor, name: str) -> dict[str, Any]:
    import os
    import sys

    import psutil

    rank = dist.get_rank()
    print(f"{name} {rank}\nsecond line")
    sys.stderr.write("not for the reader\n")
    os.write(2, b"nor this\n")
    x += rank
    dist.all_reduce(x)
    parts = [torch.zeros(2) for _ in range(dist.get_world_size())]
    dist.all_gather(parts, torch.full((2,), float(rank)))
    return {
        "rank": rank,
        "sum": x,
        "parts": torch.stack(parts),
        "array": x.numpy() ** 2,
        "threads": torch.get_num_threads(),
        "addresses": {c.laddr.ip for c in psutil.Process().net_connections() if c.laddr},
    }


@pytest.mark.slow
def test_ranks_talk_and_return(odd_folders, capfd) -> None:
    ranks = 3  # 1, 2 and 4 in tests/chapters/test_08_losses.py
    x = torch.arange(3, dtype=torch.float64)
    results = run_on(ranks, talk, x, "Ä", timeout=PATIENCE)
    assert [result.value["rank"] for result in results] == list(range(ranks))
    expected = ranks * np.arange(3.0) + sum(range(ranks))
    for value, sent in results:
        np.testing.assert_array_equal(value["sum"].numpy(), expected)
        assert isinstance(value["array"], np.ndarray)
        np.testing.assert_array_equal(value["array"], expected**2)
        np.testing.assert_array_equal(value["parts"][:, 0].numpy(), np.arange(ranks))
        assert sent == [3 * 8, 2 * 4]
        assert value["threads"] == 1
        assert value["addresses"]
        assert value["addresses"] <= {"127.0.0.1", "::1"}
    np.testing.assert_array_equal(x.numpy(), np.arange(3.0))  # each rank has its own copy
    said = capfd.readouterr()
    assert said.out == "".join(
        f"rank {rank}: Ä {rank}\nrank {rank}: second line\n" for rank in range(ranks)
    )
    assert said.err == ""


def every_collective(x: Tensor) -> None:
    import torch.distributed._functional_collectives as functional

    ranks = dist.get_world_size()
    many = [torch.ones(3, 2) for _ in range(ranks)]
    dist.all_reduce(x)
    dist.broadcast(x, 0)
    dist.reduce(x, 0)
    dist.all_gather(many, many[0].clone())
    dist.all_gather_into_tensor(torch.empty(ranks * 4), x)
    dist.reduce_scatter_tensor(x, torch.ones(ranks * 4))
    dist.all_to_all(many, [m.clone() for m in many])
    (dist.send if dist.get_rank() == 0 else dist.recv)(x, 1 - dist.get_rank())
    functional.all_reduce(x, "sum", dist.group.WORLD).sum()
    dist.barrier()


@pytest.mark.slow
def test_bytes_of_every_collective_call_are_counted() -> None:
    first, second = run_on(2, every_collective, torch.ones(4), timeout=PATIENCE)
    common = [16, 16, 16, 24, 16, 32, 48]
    assert first.sent == [*common, 16, 16]
    assert second.sent == [*common, 16]  # it has received, not sent


def much(size: int) -> Tensor | None:
    print("x" * 1_000_000)
    dist.barrier()
    return torch.ones(size, dtype=torch.uint8) if dist.get_rank() else None


@pytest.mark.slow
def test_much_is_printed_and_returned(odd_folders, capfd) -> None:
    size = 100_000_000
    first, second = run_on(2, much, size, timeout=PATIENCE)
    assert first.value is None
    assert second.value.numel() == second.value.sum().item() == size
    assert len(capfd.readouterr().out) == 2 * (1_000_000 + len("rank 0: \n"))


@pytest.mark.slow
def test_two_at_once_from_threads(odd_folders) -> None:
    results: dict[int, list[Rank]] = {}

    def start(n: int) -> None:
        results[n] = run_on(2, talk, torch.full((1,), n), "", timeout=PATIENCE)

    threads = [threading.Thread(target=start, args=(n,)) for n in (10, 20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for n in (10, 20):
        assert [rank.value["sum"].item() for rank in results[n]] == [2 * n + 1] * 2


# ------------------------------------------------------------------ failures


def unhappy(x: Tensor) -> None:
    if dist.get_rank() == 1:
        raise ValueError("rank one is unhappy: ß")
    dist.all_reduce(x)


def speechless(x: Tensor) -> None:
    import os
    import sys
    import time

    class Speechless(Exception):
        def __str__(self) -> str:
            raise KeyError

    if dist.get_rank() == 0:
        sys.stdout.close()
        os._exit = None  # type: ignore[assignment]  # so that PyTorch ends it, and writes a file
        raise Speechless
    time.sleep(1000)


def killed(x: Tensor) -> None:
    import os
    import signal

    if dist.get_rank() == 1:
        os.kill(os.getpid(), signal.SIGKILL)
    dist.all_reduce(x)


def leaves(x: Tensor) -> None:
    import sys

    if dist.get_rank() == 0:
        sys.exit(0)
    dist.all_reduce(x)


def vanishes(x: Tensor) -> None:
    import os
    import threading

    threading.Thread(target=threading.Event().wait).start()  # would keep a process alive
    if dist.get_rank() == 0:
        os._exit(0)
    dist.all_reduce(x)


def cannot_return(x: Tensor) -> Any:
    from urllib.error import HTTPError

    return HTTPError("u", 404, "m", {}, None) if dist.get_rank() == 0 else None


#: What the message of each begins with.
FAILURES = {
    unhappy: (
        'rank 1 of 2 failed:\n  File "<unhappy>", line 3, in unhappy\n'
        '    raise ValueError("rank one is unhappy: ß")\nValueError: rank one is unhappy: ß'
    ),
    speechless: "rank 0 of 2 failed:\nSpeechless",
    killed: "rank 1 of 2 was ended by SIGKILL",
    leaves: 'rank 0 of 2 failed:\n  File "<leaves>", line 5, in leaves\n    sys.exit(0)\nSystem',
    vanishes: "rank 0 of 2 ended with exit code 0 before it returned",
    cannot_return: (
        "rank 0 of 2 failed:\nValueError: what the function returned cannot be sent to another "
        "process (HTTPError.__init__() missing "
    ),
}


@pytest.mark.slow
@pytest.mark.parametrize("function", FAILURES, ids=lambda function: function.__name__)
def test_the_first_failure_is_shown(function, odd_folders, capfd) -> None:
    before = time.monotonic()
    with pytest.raises(RuntimeError) as caught:
        run_on(2, function, torch.ones(2), timeout=4 * PATIENCE)
    assert time.monotonic() - before < PATIENCE
    said = str(caught.value)
    assert said.startswith(FAILURES[function])
    assert "/" not in said
    assert capfd.readouterr() == ("", "")


def another_size(x: Tensor) -> None:
    dist.all_reduce(torch.ones(5 - 2 * dist.get_rank()))


@pytest.mark.slow
def test_what_a_rank_wrote_last_is_shown_when_it_could_not_say_more(odd_folders, capfd) -> None:
    """Tensors of different sizes make gloo end a process in which Python is not asked."""
    with pytest.raises(RuntimeError, match=r"(?s)^rank [01] of 2 .*op.preamble.length"):
        run_on(2, another_size, torch.ones(2), timeout=PATIENCE)
    assert capfd.readouterr() == ("", "")


def all_wait(x: Tensor) -> None:
    if dist.get_rank() == 0:
        dist.all_reduce(x)
    if dist.get_rank() == 1:
        sum(range(10**13))  # in which Python does nothing else


@pytest.mark.slow
def test_ranks_that_wait_are_named(odd_folders) -> None:
    for timeout in (6, 30, PATIENCE):  # a machine may need long to start three processes
        with pytest.raises(TimeoutError) as caught:
            run_on(3, all_wait, torch.ones(2), timeout=timeout)
        if "has not begun" not in str(caught.value):
            break
    assert str(caught.value) == (
        f"after {timeout:g} s\n"
        "rank 0 of 3 waits at line 3: dist.all_reduce(x)\n"
        "rank 1 of 3 is at work where it cannot be asked\n"
        "rank 2 of 3 has returned and waits for the others\n"
        "Does every rank make the same collective calls in the same order? If they only need more "
        "time, give a longer timeout."
    )


# ------------------------------------------------------------------ in a notebook


def cell(source: str, said: str = "") -> Any:
    outputs = [nbformat.v4.new_output("stream", name="stdout", text=said)] if said else []
    return nbformat.v4.new_code_cell(source, outputs=outputs, execution_count=1)


@pytest.mark.slow
def test_a_notebook_runs_under_nbval(tmp_path: Path) -> None:
    """nbval executes it in a kernel and compares all that was printed, stderr included."""
    folder = tmp_path / "ein Überblick"
    folder.mkdir()
    notebook = nbformat.v4.new_notebook(
        cells=[
            cell(
                "import torch\nfrom lib.parallel import run_on\n\n\ndef twice(x):\n    return 2 * x"
            ),
            cell(
                "def add(x, change):\n    import os\n    import sys\n\n"
                "    open(os.devnull).close()\n"
                "    print('hello', file=sys.stderr)\n    print('hello')\n"
                "    dist.all_reduce(x)\n    return change(x)\n\n\n"
                "print([(rank.value.tolist(), rank.sent) for rank in run_on(2, add, "
                "torch.ones(2), twice)])",
                "rank 0: hello\nrank 1: hello\n[([4.0, 4.0], [8]), ([4.0, 4.0], [8])]\n",
            ),
            cell(
                "def add(x):\n    return twice(x)\n\n\n"
                "try:\n    run_on(2, add, torch.ones(2))\n"
                "except ValueError as error:\n    print(error)",
                "add uses twice from outside, and other processes do not have yours; pass it as an "
                "argument, or import or define it inside the function\n",
            ),
            cell(
                "try:\n    run_on(2, twice, [twice])\n"
                "except ValueError as error:\n    print(str(error).split(';')[0])",
                "argument 1 of the function cannot be sent to another process (twice is defined in "
                "the notebook\n",
            ),
        ],
        metadata={"kernelspec": {"name": "python3", "display_name": "", "language": "python"}},
    )
    path = folder / "zwei Ränge.ipynb"
    nbformat.write(notebook, path)
    options = ["-p", "no:cacheprovider", "--nbval", "--nbval-current-env", "--rootdir", str(folder)]
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", *options, str(path)],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "4 passed" in done.stdout


SLEEP = """
import torch
from lib.parallel import run_on

def sleep(folder):
    import os, pathlib, time
    here = pathlib.Path(folder, f"rank{dist.get_rank()}")
    here.with_suffix(".part").write_text(str(os.getpid()))
    here.with_suffix(".part").replace(here)
    time.sleep(1000)

run_on(2, sleep, FOLDER, timeout=900)
"""


def until(ready: Callable[[], Any], seconds: float = PATIENCE) -> Any:
    """Wait until something is true, and return it."""
    deadline = time.monotonic() + seconds
    while not (found := ready()):
        assert time.monotonic() < deadline, "nothing happened"
        time.sleep(0.02)
    return found


def started(folder: Path) -> list[int]:
    """Return the ids of two processes that sleep, once both do."""
    paths = [folder / f"rank{rank}" for rank in range(2)]
    until(lambda: all(path.exists() for path in paths))
    return [int(path.read_text()) for path in paths]


def gone(ids: list[int]) -> bool:
    return not any(psutil.pid_exists(i) for i in ids)


def streams(client: Any) -> Iterator[str]:
    """Yield what the kernel has printed."""
    while True:
        try:
            message = client.get_iopub_msg(timeout=0.5)
        except Empty:
            return
        if message["msg_type"] == "stream":
            yield message["content"]["text"]


@pytest.mark.slow
def test_no_rank_outlives_an_interrupt_or_a_killed_kernel(tmp_path: Path) -> None:
    """Popen within: a real kernel; it is interrupted as Jupyter does it, then killed."""
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    environment = os.environ | {name: str(scratch) for name in ("TMPDIR", "TEMP", "TMP")}
    manager, client = start_new_kernel(env=environment, cwd=str(tmp_path))
    ids: list[int] = []
    try:
        first, second = tmp_path / "first", tmp_path / "second"
        for folder in (first, second):
            folder.mkdir()
        number = client.execute(SLEEP.replace("FOLDER", repr(str(first))))
        ids = started(first)
        manager.interrupt_kernel()
        reply = client.get_shell_msg(timeout=PATIENCE)
        while reply["parent_header"]["msg_id"] != number:  # late answers to the first greetings
            reply = client.get_shell_msg(timeout=PATIENCE)
        assert reply["content"]["ename"] == "KeyboardInterrupt"
        until(lambda: gone(ids))
        assert not list(streams(client))

        client.execute(SLEEP.replace("FOLDER", repr(str(second))))
        ids = started(second)
        assert [path.name[:6] for path in scratch.glob("ranks-*")] == ["ranks-"]
        os.kill(manager.provisioner.pid, signal.SIGKILL)
        # A rank wakes at once. `make mutants`, where none does, waits no longer than for others.
        until(lambda: gone(ids), 90)
        assert list(scratch.glob("ranks-*")) == []
    finally:
        for rank in filter(psutil.pid_exists, ids):  # or whoever reads our output waits for them
            os.kill(rank, signal.SIGKILL)
        client.stop_channels()
        manager.shutdown_kernel(now=True)


@pytest.mark.slow
def test_a_script_without_a_main_part_is_told_so(tmp_path: Path) -> None:
    """Each process reads the script again, and would start processes of its own."""
    script = tmp_path / "script.py"
    script.write_text(
        "from lib.parallel import run_on\n\n\ndef f():\n    pass\n\n\nrun_on(2, f)\n",
        encoding="utf-8",
    )
    run = subprocess.Popen([sys.executable, script], cwd=ROOT, stderr=subprocess.PIPE, text=True)
    _, said = run.communicate(timeout=PATIENCE)
    assert run.returncode == 1
    assert said.rstrip().endswith('call run_on under `if __name__ == "__main__":`.')


#: What a script defines, its ranks have too; the function closes all that it has been given.
SCRIPT = """
import functools
import sys
import torch
from lib.parallel import run_on

class Model:
    factor = 2

def twice(model, x):
    return model.factor * x

def f(some):
    import sys
    print()
    dist.destroy_process_group()
    sys.stdout.close()
    return some[0](torch.ones(1)).item()

if __name__ == "__main__":
    print(run_on(1, f, [functools.partial(twice, Model())], timeout=TIMEOUT)[0].value)
"""


@pytest.mark.slow
def test_the_ranks_of_a_script_know_what_it_defines(tmp_path: Path) -> None:
    script = tmp_path / "script.py"
    script.write_text(SCRIPT.replace("TIMEOUT", str(PATIENCE)), encoding="utf-8")
    run = subprocess.Popen(
        [sys.executable, script],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    assert run.communicate(timeout=PATIENCE)[0] == "rank 0: \n2.0\n"


#: A rank that ends the script which started it, and keeps Python to itself.
ORPHAN = """
import sys
from lib import parallel

parallel._GRACE = 0  # seconds

def orphan(path):
    import os, pathlib, signal
    pathlib.Path(path).write_text(str(os.getpid()))
    os.kill(os.getppid(), signal.SIGKILL)
    sum(range(10**13))

if __name__ == "__main__":
    parallel.run_on(1, orphan, sys.argv[1], timeout=float(sys.argv[2]))
"""


@pytest.mark.slow
def test_a_rank_that_keeps_python_to_itself_ends_soon_after_the_time(tmp_path: Path) -> None:
    script, path = tmp_path / "orphan.py", tmp_path / "id"
    script.write_text(ORPHAN, encoding="utf-8")
    environment = os.environ | {name: str(tmp_path) for name in ("TMPDIR", "TEMP", "TMP")}
    for timeout in (6, 30, PATIENCE):  # a machine may need long to start a process
        command = [sys.executable, script, path, str(timeout)]
        subprocess.Popen(command, cwd=ROOT, env=environment, stderr=subprocess.DEVNULL).wait()
        if path.exists():
            break
    rank = int(path.read_text())
    try:
        until(lambda: gone([rank]), timeout + 30)
    finally:
        if psutil.pid_exists(rank):
            os.kill(rank, signal.SIGKILL)
