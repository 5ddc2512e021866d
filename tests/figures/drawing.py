"""Types of figure functions and of samples that call them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from matplotlib.figure import Figure

Drawn = tuple[Figure, Any]
Draw = Callable[..., Drawn]
