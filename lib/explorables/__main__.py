"""Draw the still pictures anew: ``python -m lib.explorables`` writes each ``still.html``."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path

from lib.explorables import STATE


def drawn(name: str) -> str:
    """Return the still picture of an explorable as its ``still.py`` draws it."""
    return str(import_module(f"lib.explorables.{name}.still").draw())


if __name__ == "__main__":
    for name in STATE:
        file = Path(__file__).parent / name / "still.html"
        file.write_text(drawn(name), encoding="utf-8")
