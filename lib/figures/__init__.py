"""The figures that are too long for a cell: one function each, in one module a chapter.

Every function returns ``(fig, axes)`` and leaves matplotlib's state alone, except
:func:`use_house_style`, which a chapter calls once, in its first cell.
"""

from lib.figures.style import use_house_style as use_house_style
