"""Arithmetic coding: from a distribution to a file and back, without losing a bit.

Chapter 7 writes the core out. The functions here do the same, and also check what they are given,
keep long messages fast and refuse damaged files. Whatever sender and receiver must agree on is a
whole number: no float takes part in `fences`, `encode`, `decode`, `save` or `load`.

A *codebook* is a function of the symbols so far, that returns the table for the next one: whole
numbers 0 = F[0] <= F[1] <= ... <= F[K] = 2**total_bits, where symbol k owns the units from F[k] to
F[k + 1]. It is called once for every position, in order, and must not change the list that it is
given. Everything that is refused here raises a ValueError.
"""

from __future__ import annotations

import math
import zlib
from bisect import bisect_right
from collections.abc import Callable, Sequence
from decimal import ROUND_HALF_EVEN, Context, Decimal
from fractions import Fraction
from itertools import accumulate
from numbers import Real
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from lib._checks import as_array, as_float, check_integer, is_integer, raise_where

Codebook = Callable[[Sequence[int]], Sequence[int]]

TOTAL_BITS = 16  # a table divides 2**16 units among its symbols
WIDTH_BITS = 64  # binary digits of the width that are kept
_PUT_ASIDE = 4096  # a long message's older digits no longer take part in additions
_CHECKSUM_BYTES = 4


# ------------------------------------------------------------------ exact pieces of the strip
def interval(symbols: ArrayLike, pmf: Sequence[Any]) -> tuple[Fraction, Fraction]:
    """Return where the piece of a message begins, and how wide it is: its probability.

    Parameters
    ----------
    symbols : array_like of int, shape (n,)
        The message; symbols are counted from 0.
    pmf : sequence of Fraction, int or str
        The exact probability of each symbol, such as ``"3/5"``. The float 0.6 is not 3/5, so floats
        are refused.

    Returns
    -------
    tuple of Fraction
        Low and width: the piece is [low, low + width), within [0, 1).

    Raises
    ------
    ValueError
        For floats, negative numbers, a sum that is not 1, or a symbol that `pmf` does not have.

    Examples
    --------
    >>> print(*interval([0, 1, 0, 1, 1], ["2/5", "3/5"]))
    692/3125 108/3125
    """
    exact = []
    for k, share in enumerate(_listed(pmf, "pmf")):
        exact.append(_exact(share, f"pmf[{k}]"))
        if exact[k] < 0:
            raise ValueError(f"pmf[{k}] is {_short(exact[k])}; probabilities cannot be negative")
    if sum(exact) != 1:
        raise ValueError(f"pmf sums to {_short(sum(exact))}; probabilities must sum to 1")
    starts = [Fraction(0), *accumulate(exact)]
    low, width = Fraction(0), Fraction(1)
    for n, symbol in enumerate(_check_symbols(symbols)):
        _check_symbol(symbol, len(exact), n)
        low += width * starts[symbol]
        width *= exact[symbol]
    return low, width


def codeword(low: Fraction, width: Fraction) -> str:
    """Return the shortest bits whose own piece lies within [low, low + width).

    L bits with the value c own the piece from c / 2**L to (c + 1) / 2**L. So no two messages with
    separate pieces have codewords of which one begins the other.

    Parameters
    ----------
    low, width : Fraction
        A piece of the strip [0, 1), as `interval` returns it. Floats are refused, as there.

    Returns
    -------
    str
        ceil(-log2 width) characters "0" and "1", or one more; if there are several, the first.

    Raises
    ------
    ValueError
        For floats, or if the piece is empty or not within [0, 1).

    References
    ----------
    MacKay (2003), section 6.2.

    Examples
    --------
    >>> codeword(Fraction(692, 3125), Fraction(108, 3125))
    '001111'
    """
    low, width = _exact(low, "low"), _exact(width, "width")
    if not (low >= 0 and width > 0 and low + width <= 1):
        raise ValueError(
            f"from {_short(low)}, {_short(width)} wide, is not a piece of the strip from 0 to 1"
        )
    L = (math.ceil(1 / width) - 1).bit_length()  # the smallest with 2**-L <= width
    while True:
        c = math.ceil(low * (1 << L))
        if c + 1 <= (low + width) * (1 << L):
            return f"{c:0{L}b}" if L else ""
        L += 1


# ------------------------------------------------------------------ whole-number tables
def fences(weights: Sequence[int], total_bits: int = TOTAL_BITS) -> list[int]:
    """Return the table for whole-number weights: the fences between the symbols' units.

    F[k] = k + (2**total_bits - K) (w[0] + ... + w[k - 1]) // (w[0] + ... + w[K - 1])

    Symbol k owns the units from F[k] to F[k + 1]: at least one, and more than (2**total_bits - K)
    times its share of the weights.

    Parameters
    ----------
    weights : sequence of int, length K
        At least 0, of any size, not all 0.
    total_bits : int
        From 1 to 32. There are 2**total_bits units, at least one for each symbol.

    Returns
    -------
    list of int
        K + 1 fences, from 0 to 2**total_bits.

    Raises
    ------
    ValueError
        For weights that are not whole numbers, negative or all 0, for more symbols than units, or
        for other `total_bits`.

    Examples
    --------
    >>> fences([2, 3])
    [0, 26214, 65536]
    """
    total_bits = _check_total_bits(total_bits)
    whole = _check_whole(weights, "weights")
    for k, weight in enumerate(whole):
        if weight < 0:
            raise ValueError(f"weights[{k}] is {weight}; weights cannot be negative")
    K, units = len(whole), 1 << total_bits
    if not 1 <= K <= units:
        raise ValueError(f"there are {K} weights for {units} units; give 1 to {units}")
    sums = [0, *accumulate(whole)]
    if sums[-1] == 0:
        raise ValueError("all weights are 0; at least one must say how to divide the units")
    return [k + (units - K) * c // sums[-1] for k, c in enumerate(sums)]


def _powers() -> tuple[int, ...]:
    """Return round(2**32 exp(-d / 10)) for d = 0, 1, ... as far as it is not 0, and one 0.

    The module decimal rounds exp correctly, so every machine has the same numbers. Every operation
    is given the whole context: what is left out would come from settings that a program may change.
    """
    context = Context(50, ROUND_HALF_EVEN, -999_999, 999_999, 1, 0, flags=[], traps=[])
    found = [1 << 32]
    while found[-1]:
        power = context.exp(context.scaleb(Decimal(-len(found)), Decimal(-1)))
        scaled = context.multiply(power, Decimal(1 << 32))
        found.append(int(context.to_integral_value(scaled)))
    return tuple(found)


_POWERS = _powers()


def weights(tenths: Sequence[int]) -> list[int]:
    """Return whole-number weights for logits in whole tenths of a nat: softmax without floats.

    Parameters
    ----------
    tenths : sequence of int, length K
        Ten times the logits, rounded.

    Returns
    -------
    list of int
        round(2**32 exp(-d / 10)) for a logit that is d tenths below the largest.

    Raises
    ------
    ValueError
        If there are none, or they are not whole numbers.

    Examples
    --------
    >>> weights([10, 0])
    [4294967296, 1580030169]
    """
    whole = _check_whole(tenths, "tenths")
    if not whole:
        raise ValueError("there are no tenths; give one for each symbol")
    top = max(whole)
    return [_POWERS[min(top - t, len(_POWERS) - 1)] for t in whole]


def tables(logits: ArrayLike, temperature: float = 1.0) -> list[list[int]]:
    """Return the table of each row of logits, rounded to tenths of a nat.

    After the rounding everything is whole. It makes it unlikely, not impossible, that two machines
    get different tables from logits that differ in their last digits; a network from
    `lib.integer_network` has no floats at all.

    Parameters
    ----------
    logits : array_like of float, shape (N, K)
        In nats, one row for each symbol of the message.
    temperature : float
        The logits are divided by it, before they are rounded.

    Returns
    -------
    list of list of int
        N rows of K + 1 fences, for `static`.

    Raises
    ------
    ValueError
        For logits that are not finite, have another shape or more than 2**53 tenths, or a
        temperature that is not a finite number above 0.
    """
    z = as_float(logits, "logits")
    if z.ndim != 2 or z.shape[1] == 0:
        raise ValueError(f"logits have shape {z.shape}; give (N, K), one row for each symbol")
    raise_where(~np.isfinite(z), z, "logits", "a table needs finite numbers")
    T = _as_real(temperature)
    if not 0 < T < math.inf:
        raise ValueError(f"temperature is {temperature!r}; give a finite number above 0")
    with np.errstate(over="ignore"):
        tenths = np.rint(10 * z.astype(np.float64) / T)
    raise_where(np.abs(tenths) > 2.0**53, z, "logits", "its tenths cannot be counted in float64")
    return [fences(weights(row)) for row in tenths.astype(np.int64).tolist()]


# ------------------------------------------------------------------ codebooks
def static(rows: Sequence[Sequence[int]]) -> Codebook:
    """Return the codebook that has a table for every position beforehand."""
    if not isinstance(rows, Sequence | np.ndarray):
        raise ValueError(
            f"rows are a {type(rows).__name__}; give a list that has a table for each position"
        )

    def codebook(past: Sequence[int]) -> Sequence[int]:
        if len(past) >= len(rows):
            raise ValueError(f"there are tables for {len(rows)} symbols; the message is longer")
        return rows[len(past)]

    return codebook


def counting(K: int, start: Fraction | float = 1, total_bits: int = TOTAL_BITS) -> Codebook:
    """Return the codebook that knows nothing of K symbols at first, and counts as it goes.

    Parameters
    ----------
    K : int
        How many symbols there are. Their counts are taken anew for every symbol, so that a message
        of n symbols takes K n**2 / 2 comparisons.
    start : Fraction, int or float
        A multiple of 1/2 above 0, what each count begins with. 1 is Laplace's rule, 1/2 that of
        Krichevsky and Trofimov (1981).
    total_bits : int
        As in `fences`.

    Raises
    ------
    ValueError
        For K below 1 or above the number of units, another `start` or `total_bits`.
    """
    check_integer(K, "K", 1)
    units = 1 << _check_total_bits(total_bits)
    if units < K:
        raise ValueError(f"K is {K}, but there are only {units} units, and each symbol needs one")
    exactly = is_integer(start) or isinstance(start, Fraction)
    begin = _exact(start, "start") if exactly else _as_real(start)
    if not 0 < begin < math.inf or (twice := 2 * Fraction(begin)).denominator != 1:
        raise ValueError(f"start is {start!r}; give 1/2, 1, 3/2, ...")
    first = int(twice)
    return lambda past: fences([first + 2 * past.count(k) for k in range(K)], total_bits)


# ------------------------------------------------------------------ the coder
class _Piece:
    """The piece of the strip that is left, [low, low + width) / 2**places; first it is all of it.

    `width` always has WIDTH_BITS binary digits. `low` is exact: Python's integers carry by
    themselves. In a long message its older digits are put aside, so that additions stay short.
    """

    def __init__(self) -> None:
        self.low, self.width, self.places = 0, 1 << (WIDTH_BITS - 1), WIDTH_BITS - 1
        self._aside: list[tuple[int, int]] = []

    def narrow(self, table: list[int], symbol: int, unit: int) -> int:
        """Keep the symbol's share; return by how many digits the piece was then magnified."""
        self.low += unit * table[symbol]
        width = unit * (table[symbol + 1] - table[symbol])
        grow = WIDTH_BITS - width.bit_length()
        self.low, self.width, self.places = self.low << grow, width << grow, self.places + grow
        if self.places > _PUT_ASIDE:
            self._aside.append((self.low, self.places))
            self.low, self.places = 0, 0
        return grow

    def codeword(self) -> str:
        """Return what `codeword` returns for this piece."""
        low, places = 0, 0
        for digits, count in [*self._aside, (self.low, self.places)]:
            low, places = (low << count) + digits, places + count
        # A piece 2**63 wide or wider holds an aligned one of 2**63 or of 2**62.
        drop = WIDTH_BITS - 1
        c = -(-low >> drop)
        if (c + 1) << drop > low + self.width:
            drop -= 1
            c = -(-low >> drop)
        L = places - drop
        return f"{c:0{L}b}" if L else ""


def encode(symbols: ArrayLike, codebook: Codebook, total_bits: int = TOTAL_BITS) -> str:
    """Return the codeword of a message.

    Parameters
    ----------
    symbols : array_like of int, shape (n,)
        The message; n is not part of the codeword.
    codebook : callable
        Gives the table for each position, see the module's description.
    total_bits : int
        The tables' last fence is ``2**total_bits``.

    Returns
    -------
    str
        Characters "0" and "1": at least `ideal_bits`, and fewer than two more. Rounding the width
        adds less than 2**(total_bits - 62) bits a symbol to that.

    Raises
    ------
    ValueError
        For symbols that are not whole numbers or that the table does not have, a symbol without
        units, or a table that is not one.

    References
    ----------
    Rissanen (1976); Witten, Neal & Cleary (1987). The coder is this book's.

    Examples
    --------
    >>> encode([0, 1, 0, 1, 1], lambda past: [0, 26214, 65536])
    '001111'
    """
    total_bits = _check_total_bits(total_bits)
    _check_codebook(codebook)
    piece, past = _Piece(), list[int]()
    for symbol in _check_symbols(symbols):
        table = _check_table(codebook(past), total_bits, len(past))
        _check_symbol(symbol, len(table) - 1, len(past))
        if table[symbol] == table[symbol + 1]:
            raise ValueError(
                f"symbol {symbol} at position {len(past)} has no units in its table; nothing that "
                "the codebook calls impossible can be coded"
            )
        piece.narrow(table, symbol, piece.width >> total_bits)
        past.append(symbol)
    return piece.codeword()


def sample(bits: str, codebook: Codebook, n: int, total_bits: int = TOTAL_BITS) -> list[int]:
    """Return the n symbols that any bits lead to: of the codeword, what was encoded.

    Bits that run out are followed by zeros, bits that are left over do not matter. Fair coin flips
    lead to each message with its probability (MacKay, 2003, page 118).

    Parameters
    ----------
    bits : str
        Characters "0" and "1".
    codebook, total_bits
        As for `encode`.
    n : int
        How many symbols to read.

    Returns
    -------
    list of int
        Symbols that have units in their tables.

    Raises
    ------
    ValueError
        For other characters, a negative n, or a table that is not one.
    """
    return _read(bits, codebook, n, total_bits)[0]


def decode(bits: str, codebook: Codebook, n: int, total_bits: int = TOTAL_BITS) -> list[int]:
    """Return the message whose codeword these bits are, and no others.

    The message is encoded again and compared, so a codeword that was cut or lengthened is always
    refused. One that was altered, or is read with the wrong codebook, may be the codeword of
    another message: only spare bits can tell, as `save` adds them.

    Parameters
    ----------
    bits : str
        What `encode` returned.
    codebook, total_bits
        The same as there.
    n : int
        The length of the message.

    Returns
    -------
    list of int
        The message.

    Raises
    ------
    ValueError
        If the bits are not a codeword of n symbols, n is negative, or a table is not one.
    """
    symbols, word = _read(bits, codebook, n, total_bits)
    if word != bits:
        raise ValueError(
            f"these {len(bits)} bits are not the codeword of a message of {n} symbols: some are "
            "missing, added or changed, or the codebook is another one"
        )
    return symbols


def _read(bits: str, codebook: Codebook, n: int, total_bits: int) -> tuple[list[int], str]:
    """Return the n symbols to which the bits lead, and their codeword."""
    _check_bits(bits)
    check_integer(n, "n", 0)
    total_bits = _check_total_bits(total_bits)
    _check_codebook(codebook)
    piece, past, place = _Piece(), list[int](), WIDTH_BITS - 1
    offset = int("0" + bits[:place].ljust(place, "0"), 2)  # from low to the number read
    while len(past) < n:
        table = _check_table(codebook(past), total_bits, len(past))
        unit = piece.width >> total_bits
        # Less than a unit of the width lies beyond the last fence. No codeword leads there.
        offset = min(offset, (unit << total_bits) - 1)
        symbol = bisect_right(table, offset // unit) - 1
        offset -= unit * table[symbol]
        grow = piece.narrow(table, symbol, unit)
        fresh = bits[place : place + grow].ljust(grow, "0")
        offset, place = (offset << grow) + int("0" + fresh, 2), place + grow
        past.append(symbol)
    return past, piece.codeword()


def ideal_bits(symbols: ArrayLike, codebook: Codebook, total_bits: int = TOTAL_BITS) -> float:
    """Return the surprise at a message under its tables, in bits; inf for a symbol without units.

    Parameters and errors are those of `encode`.
    """
    total_bits = _check_total_bits(total_bits)
    _check_codebook(codebook)
    past, terms = list[int](), []
    for symbol in _check_symbols(symbols):
        table = _check_table(codebook(past), total_bits, len(past))
        _check_symbol(symbol, len(table) - 1, len(past))
        units = table[symbol + 1] - table[symbol]
        terms.append(total_bits - math.log2(units) if units else math.inf)
        past.append(symbol)
    return math.fsum(terms)


# ------------------------------------------------------------------ files
def pack(bits: str) -> bytes:
    """Return bits as bytes, first bit first; the last byte is filled up with zeros."""
    _check_bits(bits)
    filled = bits + "0" * (-len(bits) % 8)
    return int("0" + filled, 2).to_bytes(len(filled) // 8, "big")


def unpack(data: bytes) -> str:
    """Return bytes as bits, eight for each."""
    if not isinstance(data, bytes | bytearray):
        raise ValueError(f"data are a {type(data).__name__}; give bytes")
    return f"{int.from_bytes(data, 'big'):0{8 * len(data)}b}" if data else ""


def save(
    path: str | Path, symbols: ArrayLike, codebook: Codebook, total_bits: int = TOTAL_BITS
) -> int:
    """Write a message into a file that `load` can check; return the file's size in bytes.

    The file has four bytes of CRC-32 (most significant first), over the number of symbols in eight
    bytes and each symbol in four, and then the packed codeword.

    Parameters
    ----------
    path : str or Path
        The file, which is replaced.
    symbols, codebook, total_bits
        As for `encode`.

    Raises
    ------
    ValueError
        As `encode`.
    """
    message = _check_symbols(symbols)
    body = pack(encode(message, codebook, total_bits))
    return Path(path).write_bytes(_checksum(message) + body)


def load(path: str | Path, codebook: Codebook, n: int, total_bits: int = TOTAL_BITS) -> list[int]:
    """Return the message of a file, if it is undamaged and the codebook the right one.

    Parameters
    ----------
    path : str or Path
        A file that `save` wrote.
    codebook, n, total_bits
        As for `decode`.

    Raises
    ------
    ValueError
        If the file is not exactly what `save` would write for the message read from it. Damage and
        wrong codebooks escape this by accident with a chance of one in about four billion;
        somebody who means to deceive can make them escape.
    OSError
        If the file cannot be read.
    """
    check_integer(n, "n", 0)
    data = Path(path).read_bytes()
    given, body = data[:_CHECKSUM_BYTES], data[_CHECKSUM_BYTES:]
    # No symbol costs more than total_bits. What is longer would be unpacked and read for nothing.
    _check_codebook(codebook)
    fits = 8 * len(body) < (_check_total_bits(total_bits) + 1) * int(n) + 16
    symbols, word = _read(unpack(body), codebook, n, total_bits) if fits else ([], "")
    if not fits or given != _checksum(symbols) or body != pack(word):
        raise ValueError(
            f"{Path(path).name} is damaged, does not hold {n} symbols, or has another codebook; "
            "ask for it again, or compare the codebooks"
        )
    return symbols


def _checksum(symbols: list[int]) -> bytes:
    numbers = [len(symbols).to_bytes(8, "big"), *(symbol.to_bytes(4, "big") for symbol in symbols)]
    return zlib.crc32(b"".join(numbers)).to_bytes(_CHECKSUM_BYTES, "big")


# ------------------------------------------------------------------ checks of arguments
def _check_symbols(symbols: ArrayLike) -> list[int]:
    array = as_array(symbols, "symbols")
    if array.ndim == 1 and array.dtype.kind == "f":
        raise_where(np.rint(array) != array, array, "symbols", "give whole numbers")
    if array.ndim != 1 or (array.dtype.kind not in "iu" and array.size):
        raise ValueError(
            f"symbols are {array.dtype} of shape {array.shape}; give whole numbers, in one row"
        )
    return [int(symbol) for symbol in array.tolist()]


def _check_symbol(symbol: int, K: int, n: int) -> None:
    if not 0 <= symbol < K:
        raise ValueError(f"symbol {symbol} at position {n} is outside 0..{K - 1}")


def _check_whole(values: Sequence[int], name: str) -> list[int]:
    listed = _listed(values, name)
    for k, value in enumerate(listed):
        if type(value) is not int and not is_integer(value):
            raise ValueError(f"{name}[{k}] is {value!r}; give whole numbers")
    return [int(value) for value in listed]


def _listed(values: Sequence[Any], name: str) -> list[Any]:
    try:
        return list(values)
    except TypeError:
        raise ValueError(f"{name} are {values!r:.40}; give a list") from None


def _exact(value: Any, name: str) -> Fraction:
    """Return a Fraction of Python's own integers; NumPy's would overflow."""
    wanted = "give a Fraction, 0 or 1, or text like '3/5'"
    if not isinstance(value, Fraction | str) and not is_integer(value):
        raise ValueError(f"{name} is {value!r}; {wanted}")
    try:
        if isinstance(value, str) and "e" in value.lower():  # 1e-999999999 has a billion digits
            raise ValueError
        exact = Fraction(value)
    except (ValueError, ZeroDivisionError):
        raise ValueError(f"{name} is {value!r}; {wanted}") from None
    return Fraction(int(exact.numerator), int(exact.denominator))


def _short(exact: Fraction | int) -> str:
    """Write a fraction for a message; of a long one, only how long it is."""
    parts = Fraction(exact).as_integer_ratio()
    digits = max(part.bit_length() for part in parts)
    return str(exact) if digits <= 64 else f"a fraction of {digits} binary digits"


def _as_real(value: Any) -> float:
    """Return a real number as a float: infinite if it is too large, NaN if it is anything else."""
    if not isinstance(value, Real) or isinstance(value, bool | np.bool_):
        return math.nan
    try:
        return float(value)
    except OverflowError:
        return math.inf


def _check_codebook(codebook: Codebook) -> None:
    if not callable(codebook):
        raise ValueError(
            f"the codebook is a {type(codebook).__name__}; give a function of the symbols so far, "
            "such as static(rows), which has a table for each position"
        )


def _check_table(fence: Sequence[int], total_bits: int, n: int) -> list[int]:
    if type(fence) is not list and not isinstance(fence, Sequence | np.ndarray):
        raise ValueError(
            f"the table at position {n} is {fence!r:.40}; the codebook must return a list of fences"
        )
    if any(type(value) is not int for value in fence):
        fence = _whole_fences(fence, n)
    table = list(fence)
    if len(table) < 2 or table[0] != 0 or table[-1] != 1 << total_bits or table != sorted(table):
        raise ValueError(
            f"the table at position {n} must rise from 0 to 2**{total_bits} without falling; it "
            f"has {len(table)} fences{', ' + str(table) if len(table) < 12 else ''}"
        )
    return table


def _whole_fences(fence: Sequence[int], n: int) -> list[int]:
    for k, value in enumerate(fence):
        if not is_integer(value):
            raise ValueError(
                f"fence {k} of the table at position {n} is {value!r}; give whole numbers"
            )
    return [int(value) for value in fence]


def _check_total_bits(total_bits: int) -> int:
    if not is_integer(total_bits) or not 1 <= total_bits <= 32:
        raise ValueError(f"total_bits is {total_bits!r}; give an integer from 1 to 32")
    return int(total_bits)  # NumPy's integers would overflow


def _check_bits(bits: str) -> None:
    if not isinstance(bits, str):
        raise ValueError(f"bits are {bits!r:.40}; give a text of 0 and 1")
    if bits.strip("01"):
        place = len(bits) - len(bits.lstrip("01"))
        raise ValueError(f"bits[{place}] is {bits[place]!r}; give a text of 0 and 1")
