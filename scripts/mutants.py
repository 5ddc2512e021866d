"""Break the project in known ways, one line at a time, and demand that a named test notices.

``tests/mutants.toml`` lists the mutations. Each is made in a copy of its own, in a temporary
folder, and must fail exactly the test that stands beside it; before, all of these tests must pass
in a copy without a mutation. (Libraries for mutation testing make mutations of their own, of Python
alone; here each is chosen, and some are in JavaScript, HTML and JSON.)

The copy comes first on the path, before the finder of an editable install, so that ``lib`` and its
neighbours come from the copy, in every process that a test starts too. Each mutant has a process of
its own, forked from one that has loaded the slow libraries once: most tests here take less time
than ``import torch``.

Usage: python scripts/mutants.py [--only WORD] [--jobs N]
"""

from __future__ import annotations

import argparse
import gc
import multiprocessing
import os
import shutil
import sys
import tempfile
import time
import tomllib
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
LIST = "tests/mutants.toml"
NOT_COPIED = (".git", ".venv", "node_modules", "_build", "build", "*_cache", ".hypothesis")
PYTEST = ("-q", "-rs", "--override-ini=addopts=", "-p", "no:cacheprovider")
# No plugins of pytest and nothing that they import: pytest must load those to rewrite assertions.
PRELOADED = (
    *("pytest", "torch", "scipy.special", "scipy.optimize", "sympy", "matplotlib.pyplot"),
    *("nbformat", "jupyter_client", "zmq", "coverage", "bs4", "mpmath", "psutil"),
)
SECONDS = 300
PASSED, FAILED = 0, 1  # pytest's exit status


@dataclass(frozen=True)
class Mutant:
    """One line of one file, what it becomes, and the test that must fail then."""

    file: str
    before: str
    after: str
    test: str
    why: str

    def __str__(self) -> str:
        return f"{self.file}: {self.before} -> {self.after}"

    def mutated(self, root: Path) -> str:
        """Return the file as it becomes.

        Raises
        ------
        ValueError
            If the old text is not found exactly once, or the new one is the same.
        """
        text = (root / self.file).read_text(encoding="utf-8")
        found = text.count(self.before)
        if found != 1 or self.before == self.after:
            what = f"is found {found} times" if found != 1 else "changes nothing"
            raise ValueError(f"{LIST}: {self.before!r} {what} in {self.file}; write it anew")
        return text.replace(self.before, self.after)


def mutants(root: Path = ROOT) -> list[Mutant]:
    """Return the committed list."""
    entries = tomllib.loads((root / LIST).read_text(encoding="utf-8"))["mutant"]
    return [Mutant(**entry) for entry in entries]


@contextmanager
def copied(source: Path) -> Iterator[Path]:
    """Yield a copy of the project in a temporary folder; its compiled modules stay valid."""
    with tempfile.TemporaryDirectory(prefix="mutant-") as folder:
        copy = Path(folder, "copy")
        shutil.copytree(source, copy, symlinks=True, ignore=shutil.ignore_patterns(*NOT_COPIED))
        yield copy


def _pytest(copy: Path, arguments: list[str], log: Path) -> None:
    """Run pytest in a copy, in this process, and end it."""
    os.chdir(copy)
    os.environ["PYTHONPATH"] = str(copy)
    sys.path.insert(0, str(copy))
    # What the tests without a mutation compile serves all the others: the copies are for that.
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    sys.dont_write_bytecode = False
    gc.freeze()  # what is loaded already stays; pytest collects garbage five times at its end
    with log.open("w", encoding="utf-8") as file:
        os.dup2(file.fileno(), 1)
        os.dup2(file.fileno(), 2)
    import pytest

    sys.exit(pytest.main(arguments))


def run(copy: Path, tests: Sequence[str], *options: str) -> tuple[int | None, str]:
    """Run tests in a copy; return pytest's exit status, None where it takes too long, and words."""
    server = multiprocessing.get_context("forkserver")
    server.set_forkserver_preload(list(PRELOADED))
    with tempfile.TemporaryDirectory(prefix="mutant-log-") as folder:
        log = Path(folder, "log.txt")
        process = server.Process(target=_pytest, args=(copy, [*PYTEST, *options, *tests], log))
        process.start()
        process.join(SECONDS)
        if process.is_alive():
            process.kill()
            process.join()
            return None, f"longer than {SECONDS} s"
        return process.exitcode, log.read_text(encoding="utf-8", errors="replace")


def fault(mutant: Mutant, clean: Path) -> str:
    """Return why a mutant does not count as found; empty if its test fails, as it should."""
    with copied(clean) as copy:
        (copy / mutant.file).write_text(mutant.mutated(copy), encoding="utf-8")
        status, words = run(copy, [mutant.test], "-x")
    if status == PASSED:
        return f"survives {mutant.test}, which passes all the same"
    return "" if status == FAILED else f"{mutant.test} could not be run:\n{words}"


def faults(chosen: list[Mutant], root: Path = ROOT, jobs: int = 2) -> list[str]:
    """Return what is wrong with the mutants or their tests; say which are found meanwhile."""
    for mutant in chosen:
        mutant.mutated(root)
    tests = list(dict.fromkeys(mutant.test for mutant in chosen))
    shares = [share for share in (tests[i::jobs] for i in range(jobs)) if share]
    with copied(root) as clean, ThreadPoolExecutor(jobs) as pool:
        for status, words in pool.map(run, [clean] * len(shares), shares):
            if status != PASSED:
                return [f"tests fail without any mutation:\n{words}"]
            if "SKIPPED" in words:
                return [f"tests are skipped here, and would find nothing:\n{words}"]
        found = []
        problems = pool.map(fault, chosen, [clean] * len(chosen))
        for mutant, problem in zip(chosen, problems, strict=True):
            print("FAULT " if problem else "found ", mutant, flush=True)
            if problem:
                found.append(f"{mutant}\n    {problem}\n    {mutant.why}")
        return found


def main() -> None:
    """Try the list, or what of it holds a word."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--only", default="", help="mutants of which file, test or words hold this")
    parser.add_argument("--jobs", type=int, default=2, help="how many at a time")
    options = parser.parse_args()
    chosen = [m for m in mutants() if options.only in f"{m} {m.test} {m.why}"]
    if not chosen:
        sys.exit(f"no mutant of {LIST} holds {options.only!r}")
    for variable in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
        os.environ[variable] = "1"
    start = time.monotonic()
    problems = faults(chosen, jobs=options.jobs)
    print(f"{len(chosen)} mutants in {time.monotonic() - start:.0f} s")
    if problems:
        sys.exit("\n".join(problems))


if __name__ == "__main__":
    main()
