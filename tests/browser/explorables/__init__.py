"""Expected texts of each explorable for a setting, and the effects of keys and pointers.

The numbers are computed by ``lib`` and formatted as in the explorable. Each module describes the
explorable of the same name: ``expected``, ``KNOWN``, ``KEYS`` and ``DRAGS``, and where the reader
has to predict before the presets appear, ``OPENING`` and ``SECRET``; where something moves,
``MOTION``.
"""

from __future__ import annotations

from importlib import import_module

from lib.explorables import STATE
from tests.explorables.places import places

_MODULES = {name: import_module(f"{__name__}.{name}") for name in STATE}
#: What each shows for a setting.
SHOWN = {name: module.expected for name, module in _MODULES.items()}
#: Numbers of the book that must appear, whatever lib says: explorable, preset, selector, text.
KNOWN = [(name, *known) for name, module in _MODULES.items() for known in module.KNOWN]
#: By keyboard: a preset, and the keys that are pressed after it.
KEYS = {name: module.KEYS for name, module in _MODULES.items()}
#: By pointer, after the same preset.
DRAGS = {name: module.DRAGS for name, module in _MODULES.items()}
#: Buttons to press, by their names, from the start until the answer and the presets are shown.
OPENING = {name: getattr(module, "OPENING", ()) for name, module in _MODULES.items()}
#: Selectors of the answer, or "text ...", of which nothing is in the document before.
SECRET = {name: getattr(module, "SECRET", ()) for name, module in _MODULES.items()}
#: Where something moves, what sets it in motion from the start: controls and keys.
MOTION = {name: module.MOTION for name, module in _MODULES.items() if hasattr(module, "MOTION")}
#: Page, explorable, and what the page itself sets.
PLACES = [(f"{place.page}.html", place.name, place.state) for place in places()]
