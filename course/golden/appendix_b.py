"""The golden numbers of Appendix B."""

from __future__ import annotations

from course.golden import Golden

GOLDEN: tuple[Golden, ...] = ()
# Numbers of the chapters that the appendix computes and prints.
REPEATED = ("dbl.floor10",)
