"""Run the chapters under every kernel set of this processor, and compare what they print.

The committed outputs must come out of each: printed digits are rounded well inside what float64
guarantees, so they do not depend on the order in which a processor adds. The last run changes the
last bits of every sum at random (``course/perturbed.py``); it finds the decimals that another
processor would print otherwise, and the cells that depend on equality of floats or on sums in
float32, where no such processor is at hand.

Usage: python scripts/test_cpu.py [--only WORD] [--jobs N] [NOTEBOOK ...]
"""

from __future__ import annotations

import argparse
import copy
import json
import os
import subprocess
import sys
import time
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import nbformat
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError

from course.contents import ROOT
from course.kernels import (
    KERNEL_SETS,
    Difference,
    differences,
    environment,
    reason_not_supported,
    this_machine,
    unmarked,
)

CELL_TIMEOUT_SECONDS = 600
SEED = 0
FIRST_CELL = "from course import perturbed\n_watch = perturbed.start({seed})"
LAST_CELL = "print(perturbed.report(_watch))"
# Some results with all their bits: where they differ, another kernel was at work.
PROBE = """
import hashlib, json, math
import numpy as np, torch
x = np.random.default_rng(0).normal(size=(200, 300))
t = torch.from_numpy(x)
results = {
    "NumPy's sums": x.sum(axis=1), "NumPy's exp": np.exp(x), "NumPy's log": np.log(np.abs(x)),
    "NumPy's products": x @ x.T, "torch's sums": t.sum(1).numpy(), "torch's exp": t.exp().numpy(),
    "torch's softmax": t.softmax(1).numpy(), "torch's products": (t @ t.T).numpy(),
    "torch's float32 sums": t.float().softmax(1).numpy(),
    "math.exp, math.log": np.array([f(abs(v)) for v in x.ravel() for f in (math.exp, math.log)]),
}
print(json.dumps({k: hashlib.sha256(np.ascontiguousarray(v).tobytes()).hexdigest()
                  for k, v in results.items()}))
"""


@dataclass(frozen=True)
class Run:
    """What one chapter printed under one kernel set."""

    differences: list[Difference]
    unmarked: list[str]
    seconds: float


def execute(path: Path, perturbed: bool, environment: Mapping[str, str]) -> Run:
    """Run one notebook in a kernel of its own and compare it with what is committed.

    Parameters
    ----------
    path : Path
        An executed notebook. It is not changed.
    perturbed : bool
        Whether the last bits are changed at random.
    environment : mapping of str to str
        The kernel's variables; it reads them when it starts.

    Returns
    -------
    Run
    """
    committed = nbformat.read(path, as_version=4)
    notebook = copy.deepcopy(committed)
    if perturbed:
        first = nbformat.v4.new_code_cell(FIRST_CELL.format(seed=SEED))
        notebook.cells = [first, *notebook.cells, nbformat.v4.new_code_cell(LAST_CELL)]
    client = NotebookClient(
        notebook,
        kernel_name="python3",
        timeout=CELL_TIMEOUT_SECONDS,
        allow_errors=True,
        extra_arguments=["--log-level=ERROR"],  # a warning of each kernel would hide the report
        resources={"metadata": {"path": str(path.parent)}},
    )
    start = time.perf_counter()
    client.execute(env=dict(environment))
    seconds = time.perf_counter() - start
    events: list[tuple[int, str]] = []
    cells: list[Any] = notebook.cells
    if perturbed:
        opening, *cells, closing = notebook.cells
        if any(output.output_type == "error" for output in opening.outputs + closing.outputs):
            raise CellExecutionError.from_cell_and_msg(
                opening, (opening.outputs or closing.outputs)[0]
            )
        events = [(number, what) for number, what in json.loads(closing.outputs[0].text)]
    return Run(
        differences(path.stem, committed.cells, cells),
        unmarked(path.stem, committed.cells, events),
        seconds,
    )


def probe(environment: Mapping[str, str]) -> dict[str, str]:
    """Return a checksum of each result of `PROBE` in a process with these variables."""
    command = [sys.executable, "-c", PROBE]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
    result: dict[str, str] = json.loads(done.stdout)
    return result


def main() -> int:
    """Run the chapters under all kernel sets. Return 1 if anything differs."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n\n")[0])
    parser.add_argument("notebooks", nargs="*", type=Path)
    parser.add_argument("--only", default="", help="kernel sets whose name holds this word")
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1, help="runs at a time")
    arguments = parser.parse_args()
    paths = arguments.notebooks or sorted((ROOT / "chapters").glob("*.ipynb"))
    machine = this_machine()
    asked = [kernels for kernels in KERNEL_SETS if arguments.only in kernels.name]
    if not asked:
        names = ", ".join(kernels.name for kernels in KERNEL_SETS)
        print(f"no kernel set is called so; there are: {names}", file=sys.stderr)
        return 2
    settings = {
        kernels.name: environment(kernels, machine, os.environ)
        for kernels in asked
        if not reason_not_supported(kernels, machine)
    }
    own = probe(environment(KERNEL_SETS[0], machine, os.environ))
    total = 0
    with ThreadPoolExecutor(arguments.jobs) as pool:
        waiting = {
            kernels.name: [
                pool.submit(execute, path.resolve(), kernels.perturbed, settings[kernels.name])
                for path in paths
            ]
            for kernels in asked
            if kernels.name in settings
        }
        for kernels in asked:
            if reason := reason_not_supported(kernels, machine):
                print(f"{kernels.name:<26} not run: {reason}", flush=True)
                continue
            try:
                runs = [future.result() for future in waiting[kernels.name]]
            except Exception as error:
                error.add_note(f"This happened under the kernel set '{kernels.name}'.")
                raise
            columns = [
                f"{path.stem[:2]} " + ("differs" if run.differences else "equal")
                for path, run in zip(paths, runs, strict=True)
            ]
            seconds = sum(run.seconds for run in runs)
            if kernels.perturbed:
                bits = "the last bits of every sum are changed"
            else:
                found = probe(settings[kernels.name])
                other = [name for name in own if own[name] != found[name]]
                bits = f"other last bits: {', '.join(other) or 'none'}"
            print(f"{kernels.name:<26} {', '.join(columns)} ({seconds:.0f} s; {bits})", flush=True)
            for run in runs:
                total += len(run.differences) + len(run.unmarked)
                for difference in run.differences:
                    print(f"  {difference}")
                for line in run.unmarked:
                    print(f'  {line}; mend it, or say in its metadata "float_reason": "..."')
    left_out = ", ".join(kernels.name for kernels in asked if kernels.name not in settings)
    print(f"{len(settings)} kernel sets run; not run on this processor: {left_out or 'none'}")
    print(f"{total} to mend" if total else "every printed output is the committed one")
    return int(total > 0)


if __name__ == "__main__":
    sys.exit(main())
