"""What a figure's function and a sample of it look like to a type checker."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from matplotlib.figure import Figure

Drawn = tuple[Figure, Any]
Draw = Callable[..., Drawn]
