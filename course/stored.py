"""Write what a script has computed, or compare it with the file that is there."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path


def write_or_compare(target: Path, text: str, arguments: Sequence[str]) -> int:
    """Write a text into a file; with ``--check`` among the arguments, compare and say so.

    Parameters
    ----------
    target : Path
        The stored file.
    text : str
        What was computed anew.
    arguments : sequence of str
        The script's arguments.

    Returns
    -------
    int
        The script's exit status: 1 if the file differs, else 0.
    """
    if "--check" not in arguments:
        target.write_text(text, encoding="utf-8")
        return 0
    same = target.read_text(encoding="utf-8") == text
    print("the same" if same else f"differs: run `python {sys.argv[0]}`")
    return 0 if same else 1
