"""The standard output of a graded kernel: a cell may print so much and no more."""

from __future__ import annotations

from typing import Any

from ipykernel.iostream import OutStream

MOST = 2**20  # characters a cell


class LimitedStream(OutStream):
    """An output stream that raises an error once a cell has printed more than `MOST` characters."""

    _printed = 0

    def set_parent(self, parent: Any) -> None:
        """Begin to count anew with each cell."""
        self._printed = 0
        super().set_parent(parent)

    def write(self, string: str) -> int:
        """Write, or raise when the cell has printed too much already."""
        self._printed += len(string)
        if self._printed > MOST:
            raise OSError(f"this cell printed more than {MOST:,} characters; it was stopped")
        return int(super().write(string) or 0)
