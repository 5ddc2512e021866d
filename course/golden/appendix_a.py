"""The golden numbers of Appendix A."""

from __future__ import annotations

from course.golden import Golden

GOLDEN: tuple[Golden, ...] = ()
# Numbers of the chapters that the appendix computes and prints.
REPEATED = (
    *(f"underflow.{form}" for form in ("f64", "f32", "f16")),
    *(f"underflow.halves.{form}" for form in ("f64", "f32", "f16")),
    "balls.kl_half",
    "balls.kl_half_reverse",
    "seed.after.nll7",
    "dbl.seed.after",
)
