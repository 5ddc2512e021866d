"""Run the chapters and supplements and store their outputs in a normal form.

Running an unchanged chapter again on the same machine changes no byte: no times, no Python
version, printed lines merged into one stream, keys sorted, cell ids kept.

Usage: python -m course.execute [NOTEBOOK ...]      (default: all of them)
"""

from __future__ import annotations

import argparse
import os
import sys
import time
from concurrent.futures import ThreadPoolExecutor, as_completed
from pathlib import Path
from typing import Any

import nbformat
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError

from course.contents import ROOT
from course.kernels import ONE_THREAD
from website.streams import joined

CELL_TIMEOUT_SECONDS = 120
KERNEL = {"display_name": "Python 3", "language": "python", "name": "python3"}


def normalise(notebook: Any) -> None:
    """Put an executed notebook into its normal form, in place.

    Parameters
    ----------
    notebook : NotebookNode
        An executed notebook, nbformat 4.5.
    """
    # The kernel reports its Python version here, which differs from machine to machine. What the
    # book says of the chapter stays; see course/contents.py.
    facts = {key: notebook.metadata[key] for key in ("course",) if key in notebook.metadata}
    notebook.metadata = {"kernelspec": KERNEL, "language_info": {"name": "python"}, **facts}
    for cell in notebook.cells:
        cell.metadata.pop("execution", None)
        if cell.cell_type != "code":
            cell.pop("attachments", None)
            continue
        cell.outputs = joined(cell.outputs)  # how often the kernel flushed is a matter of timing


def to_bytes(notebook: Any) -> bytes:
    """Return the notebook as the bytes that are committed: sorted keys, one space, UTF-8."""
    return f"{nbformat.writes(notebook, version=4).rstrip()}\n".encode()


def execute(path: Path) -> float:
    """Execute one notebook in its own folder and store it. Return the seconds it took."""
    notebook = nbformat.read(path, as_version=4)
    client = NotebookClient(
        notebook,
        kernel_name="python3",
        timeout=CELL_TIMEOUT_SECONDS,
        record_timing=False,
        resources={"metadata": {"path": str(path.parent)}},
    )
    start = time.perf_counter()
    client.execute()
    seconds = time.perf_counter() - start
    normalise(notebook)
    path.write_bytes(to_bytes(notebook))
    return seconds


def main() -> int:
    """Execute the notebooks named on the command line, or all of the book."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n\n")[0])
    parser.add_argument("notebooks", nargs="*", type=Path)
    paths = parser.parse_args().notebooks or sorted((ROOT / "chapters").glob("*.ipynb"))
    # One thread, as everywhere in the book: the kernel inherits it.
    for variable, one in ONE_THREAD.items():
        os.environ.setdefault(variable, one)
    # A thread for each core only waits: the notebook's cells run in a kernel of its own.
    failed = False
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        runs = {pool.submit(execute, path.resolve()): path for path in paths}
        for run in as_completed(runs):
            try:
                print(f"{runs[run].stem:<24} {run.result():6.1f} s", flush=True)
            except CellExecutionError as error:
                failed = True
                left = f"{runs[run]}: a cell failed; the file is left as it was."
                print(f"{left}\n{error}", file=sys.stderr)
    return int(failed)


if __name__ == "__main__":
    sys.exit(main())
