"""The golden numbers of the errata."""

from __future__ import annotations

from course.golden import Golden

GOLDEN: tuple[Golden, ...] = ()
# Numbers of the chapters that the errata compute and print.
REPEATED = (
    "seed001.ce",
    "seed001.ce_bits",
    "seed001.sq",
    "seed001.mse",
    "seed.before.nll7",
    "seed.before.nll8",
    "seed.before.mean_over_labels",
    "seed.before.kl_u_q",
    "seed.after.p7",
    "ln10",
)
