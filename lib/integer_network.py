"""A network in whole numbers: the same tables for the coder on every machine.

Floats are added in another order on another processor, and a rounded share may then differ by a
unit, which ruins the rest of a file (chapter 7). Whole numbers do not depend on the order.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

import numpy as np
from numpy.typing import ArrayLike, NDArray

from lib._checks import as_array, as_float, check_integer, is_integer, raise_where
from lib.coding import fences, weights


@dataclass(frozen=True)
class IntegerNetwork:
    """A dense ReLU network in whole numbers: the same scores on every machine.

    Attributes
    ----------
    layers : tuple of (ndarray of int64 (in, out), ndarray of int64 (out,))
        Weights in units of ``2**-bits``; biases in the units that their layer's sums have.
    unit : int
        The scores are counted in 1/unit nats.
    """

    layers: tuple[tuple[NDArray[np.int64], NDArray[np.int64]], ...]
    unit: int

    @classmethod
    def rounded(
        cls, layers: Sequence[tuple[ArrayLike, ArrayLike]], bits: int = 6
    ) -> IntegerNetwork:
        """Return a float network with its weights rounded to multiples of ``2**-bits``.

        Parameters
        ----------
        layers : sequence of (weights (in, out), biases (out,))
            A network for inputs from 0 to 1.
        bits : int
            From 0 to 16.

        Raises
        ------
        ValueError
            For no layers, shapes that do not fit, weights that are not finite, other `bits`, or
            a network whose sums int64 might not hold.
        """
        check_integer(bits, "bits", 0)
        if bits > 16 or not layers:
            raise ValueError(f"bits is {bits}, layers {len(layers)}; give 0 to 16, and a layer")
        unit, largest = 255, 255  # a byte b stands for the input b / 255
        found: list[tuple[NDArray[np.int64], NDArray[np.int64]]] = []
        for n, (W_float, b_float) in enumerate(layers):
            W, b = as_float(W_float, f"weights {n}"), as_float(b_float, f"biases {n}")
            if W.ndim != 2 or b.shape != W.shape[1:] or (n and len(W) != len(found[-1][1])):
                raise ValueError(
                    f"layer {n} has shapes {W.shape}, {b.shape}; give (in, out), (out,)"
                )
            unit <<= int(bits)
            rounded = []
            for array, scale, name in ((W, 1 << int(bits), "weights"), (b, unit, "biases")):
                raise_where(~np.isfinite(array), array, f"{name} {n}", "give finite numbers")
                scaled = np.rint(array.astype(np.float64) * scale)
                too_large = np.abs(scaled) > 2.0**53
                raise_where(too_large, array, f"{name} {n}", "too large to be counted exactly")
                rounded.append(scaled.astype(np.int64))
            # in Python's integers, which cannot overflow
            column_sums = np.abs(rounded[0]).astype(object).sum(axis=0) * largest
            largest = max(column_sums + np.abs(rounded[1]).astype(object), default=0)
            if largest >= 1 << 62:
                raise ValueError(f"layer {n} could reach {largest}, too much for int64; lower bits")
            found.append((rounded[0], rounded[1]))
        return cls(tuple(found), unit)

    def scores(self, images: NDArray[np.uint8]) -> NDArray[np.int64]:
        """Return the scores of images of bytes (n, ...), in 1/unit nats, shape (n, K)."""
        images = as_array(images, "images")
        if images.dtype != np.uint8:
            raise ValueError(f"images are {images.dtype}; give bytes, not yet divided")
        h = images.reshape(len(images), -1).astype(np.int64)
        for n, (W, b) in enumerate(self.layers):
            if h.shape[1] != len(W):
                raise ValueError(f"images have {h.shape[1]} bytes; this network takes {len(W)}")
            h = (np.maximum(h, 0) if n else h) @ W + b
        return h

    def tables(
        self, images: NDArray[np.uint8], temperature: Fraction = Fraction(1)
    ) -> list[list[int]]:
        """Return the table of each image, its scores divided by an exact temperature.

        Parameters
        ----------
        images : ndarray of uint8, shape (n, ...)
            Bytes.
        temperature : Fraction or int
            Above 0.

        Raises
        ------
        ValueError
            For images of other types or sizes, or a temperature that is not exact or not above 0.
        """
        if not (isinstance(temperature, Fraction) or is_integer(temperature)) or temperature <= 0:
            raise ValueError(f"temperature is {temperature!r}; give a Fraction above 0")
        T = Fraction(temperature)
        over, under = 10 * T.denominator, self.unit * T.numerator
        rows = self.scores(images).tolist()  # Python's integers, which cannot overflow
        # rounded to whole tenths, halves up
        return [
            fences(weights([(2 * over * z + under) // (2 * under) for z in row])) for row in rows
        ]
