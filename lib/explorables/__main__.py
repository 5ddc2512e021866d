"""Redraw the still pictures: ``python -m lib.explorables`` writes each ``still.html``."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path

from lib.explorables import STATE


def draw_still(name: str) -> str:
    """Return the still picture that an explorable's ``still.py`` draws."""
    return str(import_module(f"lib.explorables.{name}.still").draw())


if __name__ == "__main__":
    for name in STATE:
        file = Path(__file__).parent / name / "still.html"
        file.write_text(draw_still(name), encoding="utf-8")
