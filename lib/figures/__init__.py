"""The figures that are too long for a cell: a function for each, a module per chapter.

Every function returns ``(fig, axes)`` and does not change matplotlib's settings, except
:func:`use_house_style`, which a chapter calls once, in its first cell.
"""

from lib.figures.style import use_house_style as use_house_style
