"""Hidden checks of the exercises of chapter 7. Marked: canary-hidden-coding."""

from __future__ import annotations

import heapq
import math
from fractions import Fraction
from itertools import accumulate, pairwise, product

import numpy as np
from check import agree
from scipy.special import log_softmax

from hidden import exercise, raises, reason

LIB = ("lib.coding",)  # all that these exercises ask for stands there


def _prefix_code(rng, splits):
    """Return words of a full prefix code, in random order, but one that is left out."""
    words = [""]
    for _ in range(splits):
        word = words.pop(int(rng.integers(len(words))))
        words += [f"{word}0", f"{word}1"]
    rng.shuffle(words)
    return words[1:]


def _owned(word, radix=2):
    """Return (low, width) of a word's piece."""
    width = Fraction(1, radix ** len(word))
    return int(f"0{word}", radix) * width, width


def _bits(rng, length):
    return "".join(map(str, rng.integers(0, 2, size=length)))


@exercise("7.1", example=lambda f: f(["0", "10", "110", "111"]), forbidden=LIB)
def pieces(f, rng):
    def got(words):
        return [tuple(pair) for pair in f(list(words))]

    words = _prefix_code(rng, int(rng.integers(8, 14)))
    words.sort(reverse=True)  # not the order of the strip
    owned = [_owned(word) for word in words]
    with reason(
        "stumbles over the empty word", "It has no digit, and owns everything: (0, 1).", "7.1"
    ):
        f([""])
    # No reason names a crash on these: they are as valid as any.
    f(list(words)), f(["10"]), f(["0", "10"]), f([])
    with reason("gives the right end", "The second number of a pair is the piece's width.", "7.1"):
        assert got(words) != [(low, low + width) for low, width in owned]
    with reason("sorts the words", "Answer in the order in which they were given.", "7.1"):
        assert got(words) != sorted(owned)
    with reason(
        "reads the words from the back",
        "The first bit halves the strip; the later ones halve what is left.",
        "7.1",
    ):
        assert got(words) != [_owned(word[::-1]) for word in words]
    with reason(
        "gives all words the same width",
        "A word of L bits owns a piece of width 2^−L, whatever the others are.",
        "7.1",
    ):
        assert len({width for _, width in got(words)}) > 1
    with reason(
        "finds other pieces",
        "This fails for a few short words. One cause may be digits that stand in another place: "
        "the first is worth 1/2, the second 1/4.",
        "7.1",
    ):
        assert got(words) == owned
    with reason(
        "gives the empty word a piece only", "Nothing is asked, so the whole strip is left.", "7.1"
    ):
        assert got([""]) == [(0, 1)]
    with reason("works in floats", "Of a long word a float keeps 53 bits: use Fractions.", "7.1"):
        for length in (60, 1100):
            long = f"1{_bits(rng, length)}1"
            assert got([long, "0"]) == [_owned(long), (0, Fraction(1, 2))]
    start = _bits(rng, int(rng.integers(2, 6)))
    longer = f"{start}{_bits(rng, 3)}"
    apart = f"{start[:-1]}{1 - int(start[-1])}"
    with reason("accepts the same word twice", "Two messages would own one piece: refuse.", "7.1"):
        assert raises(lambda: f(["10", "0", "10"]))
        assert raises(lambda: f(["", ""]))
        assert raises(lambda: f([start, apart, start]))
    with reason(
        "adds up the widths",
        "They sum to no more than 1 here, and still one word begins another: refuse.",
        "7.1",
    ):
        assert raises(lambda: f([start, longer])) or raises(lambda: f([longer, start]))
    with reason(
        "looks in one direction only",
        "The word that begins the other may come first or last in the list.",
        "7.1",
    ):
        for pair in ([start, longer], [longer, start], ["0", "01"], ["01", "0"]):
            assert raises(lambda pair=pair: f(pair))
    with reason(
        "compares neighbours only", "A word may begin any other of the list, not the next.", "7.1"
    ):
        assert raises(lambda: f([start, apart, longer]))
        assert raises(lambda: f([longer, apart, start]))
        assert raises(lambda: f(["0", "10", "01"]))
        assert raises(lambda: f(["01", "11", "10", "0"]))
    with reason("forgets what the empty word begins", "It begins every word there is.", "7.1"):
        assert raises(lambda: f(["", start]))
        assert raises(lambda: f([start, ""]))
    with reason("accepts other digits", "A codeword holds nothing but 0 and 1.", "7.1"):
        assert all(raises(lambda bad=bad: f(["0", bad])) for bad in ("12", "1x", "21"))
    with reason(
        "leaves the characters to int()",
        "int() forgives underscores, spaces, signs and a 0b in front: look at each character.",
        "7.1",
    ):
        for bad in ("1_0", "0b1", " 1", "1 ", "1\n", "+1", "-1", "1٠"):
            assert raises(lambda bad=bad: f([bad]))
    with reason("misses a piece", "This fails for many words, in any order.", "7.1"):
        for _ in range(20):
            words = _prefix_code(rng, int(rng.integers(0, 40)))
            assert got(words) == [_owned(word) for word in words]


def _pmf(rng, K):
    """Return K probabilities above 0, as Fractions over 101: a prime, so no piece is a word's."""
    cuts = [0, *np.sort(1 + rng.choice(100, size=K - 1, replace=False)).tolist(), 101]
    return [Fraction(b - a, 101) for a, b in pairwise(cuts)]


def _piece(symbols, pmf):
    """Return (low, width) of a message's piece."""
    starts = [Fraction(0), *accumulate(pmf)]
    low, width = Fraction(0), Fraction(1)
    for s in symbols:
        low, width = low + width * starts[s], width * pmf[s]
    return low, width


@exercise(
    "7.2",
    example=lambda f: f(Fraction(15, 64), [Fraction(2, 5), Fraction(3, 5)], 5),
    forbidden=LIB,
)
def read_point(f, rng):
    def read(point, pmf, n):
        return list(f(point, list(pmf), n))

    def inside(symbols, pmf):
        low, width = _piece(symbols, pmf)
        return low + width * Fraction(int(rng.integers(1, 2**20)), 2**20)

    def message(pmf, n):
        return rng.integers(len(pmf), size=n).tolist()

    dial = [Fraction(2, 5), Fraction(3, 5)]
    falling = [Fraction(6, 10), Fraction(3, 10), Fraction(1, 10)]
    mixed = [falling[1], falling[2], falling[0]]
    with reason("stumbles over n = 0", "No symbol is asked for: the empty list.", "7.2"):
        assert read(inside([], dial), dial, 0) == []
    read(inside([0, 1], dial), dial, 2), read(Fraction(0), dial, 3), read(Fraction(2, 5), dial, 1)
    s = [0, 1, 1, 0, *message(dial, 4)]
    with reason(
        "never stretches the piece",
        "After a symbol the strip is what that symbol owns, and it is divided anew.",
        "7.2",
    ):
        assert len(set(read(inside(s, dial), dial, len(s)))) > 1
    s = [0, 1, 2, 0, 2, *message(mixed, 6)]
    with reason("knows two colours only", "There may be three symbols and more.", "7.2"):
        point = inside([2, 2, 1], mixed)
        assert read(point, mixed, 3) != [1, 1, 1]
        assert max(read(point, mixed, 3)) > 1
    with reason(
        "puts the likeliest symbol first", "Symbol 0 owns the left end, then comes 1.", "7.2"
    ):
        order = sorted(range(3), key=lambda k: -mixed[k])
        point = inside(s, mixed)
        sorted_pmf = [mixed[k] for k in order]
        other = [order[k] for k in _read(point, sorted_pmf, len(s))]
        assert read(point, mixed, len(s)) != other
    with reason("begins at the right end", "Symbol 0 owns the left end, then comes 1.", "7.2"):
        point = inside(s, mixed)
        other = [2 - k for k in _read(point, mixed[::-1], len(s))]
        assert read(point, mixed, len(s)) != other
    with reason(
        "reads another message",
        "This fails for a few symbols. One cause may be a point that does not move along when "
        "its piece is stretched.",
        "7.2",
    ):
        for shares in (dial, falling, mixed, _pmf(rng, 5)):
            s = message(shares, 4)
            assert read(inside(s, shares), shares, 4) == s
    pmf = _pmf(rng, 4)
    with reason(
        "works in floats", "Sixty symbols need more than 53 binary digits: use Fractions.", "7.2"
    ):
        for _ in range(3):
            s = message(pmf, 60)
            assert read(inside(s, pmf), pmf, 60) == s
    messages = [s for n in range(1, 5) for s in product(range(3), repeat=n)]
    lows = [_piece(s, falling)[0] for s in messages]
    with reason(
        "stops at an end",
        "A point that has reached 0 still lies in a piece: go on until n symbols are read.",
        "7.2",
    ):
        for s, low in zip(messages, lows, strict=True):
            assert len(read(low, falling, len(s))) == len(s)
    with reason(
        "gives an end to the piece on its left",
        "This fails where a point is the end of a piece: the piece on its right holds it. One "
        "cause may be a point that is rounded on the way.",
        "7.2",
    ):
        for s, low in zip(messages, lows, strict=True):
            assert read(low, falling, len(s)) == list(s)
    with reason(
        "reads what never comes", "A symbol of probability 0 owns nothing, not even an end.", "7.2"
    ):
        half, zero = Fraction(1, 2), Fraction(0)
        for gap in ([half, zero, half], [zero, half, half], [half, half, zero]):
            for s in product([k for k in range(3) if gap[k]], repeat=3):
                assert read(_piece(s, gap)[0], gap, 3) == list(s)
                assert read(inside(s, gap), gap, 3) == list(s)
        assert read(Fraction(1, 3), [zero, Fraction(1), zero], 4) == [1] * 4
    with reason(
        "compares in floats",
        "This fails just below a fence, where a float is already rounded up to it.",
        "7.2",
    ):
        for s in messages:
            low, width = _piece(s, falling)
            assert read(low + width * (1 - Fraction(1, 10**40)), falling, len(s)) == list(s)
    with reason(
        "rounds on the way",
        "This fails for some hundred symbols. One cause may be a Fraction that is made shorter.",
        "7.2",
    ):
        for n in (300, 400):
            s = message(pmf, n)
            low, width = _piece(s, pmf)
            assert read(inside(s, pmf), pmf, n) == s
            assert read(low + width * (1 - Fraction(1, 10**300)), pmf, n) == s
            assert read(low, pmf, n) == s
    with reason("accepts 1", "The strip reaches up to 1, and 1 belongs to nobody.", "7.2"):
        assert raises(lambda: f(Fraction(1), dial, 3))
    with reason("accepts points beyond 1", "They lie outside the strip: refuse.", "7.2"):
        assert raises(lambda: f(Fraction(int(rng.integers(4, 9)), 3), dial, 3))
    with reason("accepts points below 0", "They lie outside the strip: refuse.", "7.2"):
        assert raises(lambda: f(Fraction(-1, 10**30), dial, 3))
        assert raises(lambda: f(Fraction(-int(rng.integers(1, 9)), 3), dial, 3))
    with reason(
        "looks at the point only when it reads a symbol",
        "A point outside the strip is refused, even if no symbol is asked for.",
        "7.2",
    ):
        assert raises(lambda: f(Fraction(2), dial, 0))
        assert raises(lambda: f(Fraction(-1, 3), dial, 0))


def _read(point, pmf, n):
    starts = [Fraction(0), *accumulate(pmf)]
    symbols = []
    for _ in range(n):
        s = next(k for k in reversed(range(len(pmf))) if starts[k] <= point)
        symbols.append(s)
        point = (point - starts[s]) / pmf[s]
    return symbols


def _fits(word, low, width, radix):
    """Return whether a word's whole piece lies in [low, low + width)."""
    start, size = _owned(word, radix)
    return low <= start and start + size <= low + width


@exercise("7.3", example=lambda f: f(Fraction(692, 3125), Fraction(108, 3125), 2), forbidden=LIB)
def codeword(f, rng):
    radix = int(rng.integers(3, 8))
    pmf = _pmf(rng, 3)
    # Away from both ends of the strip, where rounding would tell on its own.
    owned = [_piece((1, *s), pmf) for s in product(range(3), repeat=3)]
    several = (2, radix, 10)

    def words(radix, pieces=owned):
        return [str(f(low, width, radix)) for low, width in pieces]

    f(Fraction(1, 2), Fraction(1, 2), 2), f(Fraction(0), Fraction(1, 7), radix), words(10)
    with reason("returns no string", "Join the digits to one string.", "7.3"):
        assert isinstance(f(Fraction(1, 3), Fraction(1, 5), radix), str)
    with reason(
        "sends something for nothing", 'Who owns the whole strip sends no digit: "".', "7.1"
    ):
        assert all(f(Fraction(0), Fraction(1), r) == "" for r in several)
    with reason(
        "ignores the radix", "A line with other digits has other words: divide by radix.", "7.1"
    ):
        assert words(10) != words(2)
    with reason(
        "loses the zeros in front", "They say how far left the piece lies: send them.", "7.3"
    ):
        low, width = Fraction(1, 10**4), Fraction(3, 10**4)
        assert all(str(f(low, width, r)).startswith("00") for r in several)
    with reason(
        "hopes for zeros to follow",
        "All that may follow must stay inside: the word's whole piece, not its left end.",
        "7.3",
    ):
        for r in several:
            for (_, width), word in zip(owned, words(r), strict=True):
                assert _owned(word, r)[1] <= width
    with reason(
        "ends outside the piece",
        "This fails for short messages: what the word owns is not all theirs. One cause may be a "
        "length that is always rounded up from −log width.",
        "7.3",
    ):
        for r in several:
            for (low, width), word in zip(owned, words(r), strict=True):
                assert _fits(word, low, width, r)
    with reason(
        "sends a digit too many",
        "This fails because a shorter word fits. Try the lengths from 0 on, and take the first "
        "that has a word inside.",
        "7.3",
    ):
        for r in several:
            for (low, width), word in zip(owned, words(r), strict=True):
                if word:
                    first = math.ceil(low * r ** (len(word) - 1))
                    assert first + 1 > (low + width) * r ** (len(word) - 1)
    with reason(
        "takes a logarithm in floats",
        "This fails where the piece is exactly a word's: ceil(log) may be one too many.",
        "7.3",
    ):
        for r in range(2, 11):
            for L in range(1, 12):
                size = Fraction(1, r**L)
                assert len(f(1 - size, size, r)) == L
    with reason(
        "takes a later word", "Of several that are equally short, the first on the strip.", "7.3"
    ):
        for r in several:
            for (low, _), word in zip(owned, words(r), strict=True):
                start, size = _owned(word, r)
                assert start - size < low
    long = _piece(rng.integers(3, size=150).tolist(), pmf)
    start = Fraction(int(rng.integers(10**9)), 10**9 + 7)
    with reason(
        "works in floats",
        "This fails for a long message. One cause may be a float: keep to Fractions.",
        "7.3",
    ):
        for r in several:
            assert f(*long, r) == _codeword(*long, r)
    with reason(
        "breaks for the longest messages",
        "This fails for pieces below 1e-308. One cause may be a float: math.log makes one of a "
        "Fraction. Or there is a limit to the length.",
        "7.3",
    ):
        for digits in (330, 1050):
            piece = start, Fraction(1, 3 * 10**digits)
            assert f(*piece, 10) == _codeword(*piece, 10)
    with reason("misses the word", "The shortest word whose whole piece lies inside.", "7.3"):
        for r in range(2, 11):
            for low, width in [
                *owned,
                _piece((0, 0), pmf),
                _piece((2, 2, 2), pmf),
                (Fraction(1, 2), Fraction(1, 2)),
            ]:
                assert f(low, width, r) == _codeword(low, width, r)
    with reason("accepts an empty piece", "No number lies in it, so no word does.", "7.3"):
        assert raises(lambda: f(Fraction(1, 3), Fraction(0), 2))
        assert raises(lambda: f(Fraction(1), Fraction(0), radix))
    with reason("accepts a negative width", "Its right end lies left of its left end.", "7.3"):
        assert raises(lambda: f(Fraction(1, 2), Fraction(-1, 4), 2))
    with reason("accepts what begins left of 0", "The strip begins at 0: refuse.", "7.1"):
        assert raises(lambda: f(Fraction(-1, 10**20), Fraction(1, 2), 2))
        assert raises(lambda: f(Fraction(-1, 2), Fraction(1), radix))
    with reason("accepts what reaches beyond 1", "The strip ends at 1: refuse.", "7.1"):
        assert raises(lambda: f(Fraction(1, 2), Fraction(1, 2) + Fraction(1, 10**20), 2))
        assert raises(lambda: f(Fraction(3, 2), Fraction(1, 2), radix))


def _codeword(low, width, radix):
    """Return the word of a piece, its digits found one by one."""
    L = 0
    while math.ceil(low * radix**L) + 1 > (low + width) * radix**L:
        L += 1
    number = math.ceil(low * radix**L)
    digits = [number // radix ** (L - 1 - k) % radix for k in range(L)]
    return "".join(map(str, digits))


def _cost(counts, fences):
    """Return the bits of a message with these counts under a table."""
    M = fences[-1]
    units = [b - a for a, b in pairwise(fences)]
    return math.fsum(c * math.log2(M / u) for c, u in zip(counts, units, strict=True) if c)


def _least(counts, total_bits):
    """Return the fewest bits that a table may cost, unit by unit from the best buyer."""
    M = 2**total_bits
    units = [1] * len(counts)
    heap = [(-count, k) for k, count in enumerate(counts)]
    heapq.heapify(heap)
    for _ in range(M - len(counts)):
        k = heap[0][1]
        units[k] += 1
        heapq.heapreplace(heap, (-counts[k] * math.log2(1 + 1 / units[k]), k))
    return _cost(counts, [0, *accumulate(units)])


def _shared(counts, total_bits, gain):
    """Return the units that symbols get one by one, each who gains most by it."""
    units = [1] * len(counts)
    for _ in range(2**total_bits - len(counts)):
        gains = [gain(c, u) for c, u in zip(counts, units, strict=True)]
        units[gains.index(max(gains))] += 1
    return units


def _one_best(count):
    """Return the best units of a symbol beside another, or 0 if two tables are equally good."""
    costs = sorted((_cost([1, count], [0, u, 16]), u) for u in range(1, 16))
    return costs[0][1] if costs[1][0] - costs[0][0] > 1e-6 else 0


def _contested(rng):
    """Return counts for which a rule that is nearly right costs more than the best table."""

    def nearly(c, u):
        return c / math.sqrt(u * (u + 1))

    hard = [(counts, 4) for counts, _ in _misled(rng, lambda c: _shared(c, 4, nearly))]
    return hard + [([1, *rng.integers(0, 31, size=5).tolist()], b) for b in range(3, 9)]


def _misled(rng, build):
    """Return counts, and the units that a rule gives them, where that costs too much."""
    found = []
    while len(found) < 4:
        counts = rng.integers(1, 61, size=int(rng.integers(3, 7))).tolist()
        units = build(counts)
        if _cost(counts, [0, *accumulate(units)]) > _least(counts, 4) * (1 + 1e-6):
            found.append((counts, units))
    return found


def _filled_up(counts):
    """Return 16 units that begin with the shares rounded down, and what is left to the best."""
    units = [max(1, 16 * c // sum(counts)) for c in counts]
    while sum(units) < 16:
        gains = [c * math.log2(1 + 1 / u) for c, u in zip(counts, units, strict=True)]
        units[gains.index(max(gains))] += 1
    while sum(units) > 16:
        losses = [
            c * math.log2(u / (u - 1)) if u > 1 else math.inf
            for c, u in zip(counts, units, strict=True)
        ]
        units[losses.index(min(losses))] -= 1
    return units


@exercise("7.4", example=lambda f: f([2, 3], 16), forbidden=LIB)
def best_table(f, rng):
    def table(counts, total_bits):
        found = list(f(list(counts), total_bits))
        fences = [int(fence) for fence in found]
        assert fences == found
        return fences

    def good(counts, total_bits):
        fences = table(counts, total_bits)
        assert all(a < b for a, b in pairwise(fences))
        assert (fences[0], fences[-1], len(fences)) == (0, 2**total_bits, len(counts) + 1)
        least = _least(counts, total_bits)
        return _cost(counts, fences) <= least + 1e-9 * max(1, least)

    some = rng.integers(1, 30, size=4).tolist()
    table([2, 3], 6), table([*some, 0], 5), table([4], 3)
    with reason(
        "returns the units", "Return the fences, which are the sums of the units so far.", "7.5"
    ):
        fences = table([*some, 1], 6)
        assert sum(fences) != 64 or fences[-1] == 64
    with reason(
        "misses the total",
        "The last fence is M, whatever was rounded: 2**total_bits units are given away.",
        "7.5",
    ):
        for counts, b in (([1, 1, 1], 4), ([10**6, 1, 1, 1], 8), (some, 5), (some, 10)):
            fences = table(counts, b)
            assert (fences[0], fences[-1]) == (0, 2**b)
    with reason(
        "gives nothing to what does not occur",
        "The next message may hold it: one unit, even for a count of 0.",
        "7.5",
    ):
        for counts in ([*some, 0], [0, *some], [7, 0, 5]):
            fences = table(counts, 6)
            assert all(fences[k] < fences[k + 1] for k, c in enumerate(counts) if c == 0)
    with reason(
        "lets the last symbol pay", "What rounding leaves over or takes concerns them all.", "7.5"
    ):
        fences = table([2, 2, 2, 2, 2, 2, 1], 4)
        assert fences[-1] - fences[-2] <= fences[1] - fences[0]
    with reason(
        "rounds rare symbols away",
        "This fails because a symbol that occurs owns no unit, and could not be coded.",
        "7.5",
    ):
        for counts in ([10**6, 1, 1, 1], [1, 1, 10**6], [1, 10**9, 1, *some]):
            assert all(a < b for a, b in pairwise(table(counts, 6)))
    with reason(
        "cannot give each symbol one unit", "With K = M there is one table: 0, 1, 2, …, M.", "7.5"
    ):
        assert table([5] * 8, 3) == list(range(9))
        assert table([*rng.integers(0, 9, size=15).tolist(), 1], 4) == list(range(17))
        assert table([3], 1) == [0, 2]
    with reason(
        "takes the rule of the coder",
        "That rule gives a unit to each and divides the rest by share, rounding every fence down; "
        "another table may cost less.",
        "7.5",
    ):
        cases = [rng.integers(1, 12, size=int(rng.integers(3, 6))).tolist() for _ in range(20)]
        ruled = [
            [k + (16 - len(c)) * s // sum(c) for k, s in enumerate(accumulate([0, *c]))]
            for c in cases
        ]
        assert [table(c, 4) for c in cases] != ruled
    with reason(
        "breaks with large counts", "Counts up to 10^15 are allowed: Python's integers do.", "7.5"
    ):
        table([*rng.integers(10**14, 10**15, size=3).tolist(), 1], 5)
    pairs = {c: _one_best(c) for c in range(1, 25)}
    more = {c: table([1, c], 4)[1] - units for c, units in pairs.items() if units}
    with reason(
        "favours the rare symbols",
        "This fails where a unit is worth more to the more frequent symbol: compare what the next "
        "unit saves each, in bits.",
        "7.5",
    ):
        assert max(more.values()) <= 0
    with reason(
        "favours the frequent symbols",
        "This fails where a unit is worth more to the rarer symbol: compare what the next unit "
        "saves each, in bits.",
        "7.5",
    ):
        assert min(more.values()) >= 0
    with reason(
        "never takes a unit back",
        "This fails where a share that is rounded down is already one unit too many: a unit fewer "
        "there, and one more elsewhere, costs less.",
        "7.5",
    ):
        for counts, units in _misled(rng, _filled_up):
            assert table(counts, 4) != [0, *accumulate(units)]
    with reason(
        "finds a dearer table",
        "This fails because another table costs less. One cause may be a saving that is only "
        "about right: a unit more saves c log2((u + 1)/u) bits.",
        "7.5",
    ):
        assert all(good(counts, b) for counts, b in _contested(rng))
        assert good(rng.integers(10**14, 10**15, size=3).tolist(), 8)
        assert good([10**15, 1, 1, 0], 16)
        assert good(rng.integers(0, 3000, size=4).tolist(), 16)
        assert good([0, 1], 1)
        assert good([7], 16)
        assert all(good(rng.integers(1, 1000, size=300).tolist(), 10) for _ in range(3))
        assert good([1, *rng.integers(0, 300, size=19).tolist()], 10)
    with reason("accepts a negative count", "Nothing occurs less than 0 times: refuse.", "7.5"):
        assert raises(lambda: f([3, -1, 5], 4))
        assert raises(lambda: f([-1, -2], 4))
        assert raises(lambda: f([0, -1], 4))
    with reason("accepts counts that are all 0", "Nothing says how to divide: refuse.", "7.5"):
        assert raises(lambda: f([0, 0, 0], 4))
        assert raises(lambda: f([0], 1))
    with reason("accepts no symbols", "Nobody is there to own a unit: refuse.", "7.5"):
        assert raises(lambda: f([], 3))
    with reason("accepts more symbols than units", "One of them would own nothing: refuse.", "7.5"):
        assert raises(lambda: f([1] * 9, 3))
        assert raises(lambda: f([1, 2, 3], 1))


UNITS = 65536


def _tables(rng, K, gaps=True):
    """Return tables for K symbols: the first, and one for each symbol before.

    With gaps, some symbols own no unit in them.
    """
    made = []
    for _ in range(K + 1):
        weights = rng.integers(1, 100, size=K) ** 3
        units = 1 + (UNITS - K) * weights // weights.sum()
        units[rng.integers(K)] *= rng.integers(2) if gaps else 1
        units[int(np.argmax(units))] += UNITS - units.sum()
        made.append([0, *accumulate(units.tolist())])
    return made[0], made[1:]


def _sent(symbols, first, after):
    """Return (low, width, places) of what a sender of these symbols has: low / 2**places."""
    table, low, width, places = first, 0, 2**63, 63
    for s in symbols:
        unit = width // UNITS
        low, width = low + unit * table[s], unit * (table[s + 1] - table[s])
        grow = 64 - width.bit_length()
        low, width, places = low << grow, width << grow, places + grow
        table = after[s]
    return low, width, places


def _drawn(bits, first, after, n):
    """Return the symbols that bits read as, or None if they belong to no message."""
    table, width, place, symbols = first, 2**63, 63, []
    offset = int(bits[:63].ljust(63, "0"), 2)
    while len(symbols) < n:
        unit = width // UNITS
        if offset // unit >= UNITS:
            return None
        s = next(k for k in reversed(range(len(table) - 1)) if table[k] <= offset // unit)
        offset, width = offset - unit * table[s], unit * (table[s + 1] - table[s])
        grow = 64 - width.bit_length()
        fresh = bits[place : place + grow].ljust(grow, "0")
        offset, width, place = (offset << grow) + int(f"0{fresh}", 2), width << grow, place + grow
        table = after[s]
        symbols.append(s)
    return symbols


@exercise(
    "7.5",
    example=lambda f: f("01", [0, 16384, 32768, 65536], [[0, 16384, 32768, 65536]] * 3, 1),
    forbidden=LIB,
)
def sample(f, rng):
    def read(bits, first, after, n):
        return list(f(bits, list(first), [list(table) for table in after], n))

    fair, even = [0, UNITS // 2, UNITS], [[0, UNITS // 2, UNITS]] * 2
    turn = [[0, 0, UNITS], [0, UNITS, UNITS]]
    thirds = [0, UNITS // 3, 2 * UNITS // 3, UNITS]
    K = int(rng.integers(4, 7))
    first, after = _tables(rng, K)
    flips = _bits(rng, 4000)
    with reason(
        "stumbles where no bit is needed",
        "This fails for a string without a bit and symbols that are nearly certain. One cause may "
        "be int() of no bit: a width of 64 binary digits is not doubled, and no bit is appended.",
        "7.5",
    ):
        read("", [0, UNITS], [[0, UNITS]], 3)
        read("", [0, UNITS - 1, UNITS], [[0, UNITS - 1, UNITS]] * 2, 9)
    read("011", fair, even, 3), read(flips[:63], [0, 40_000, UNITS, UNITS], [thirds] * 3, 3)
    with reason(
        "gives a fence to the symbol on its left",
        "The unit table[k] is the first that symbol k owns.",
        "7.5",
    ):
        for fence in (1, 26214, 32768, 65535):
            assert read(f"{fence:016b}", [0, fence, UNITS], even, 1) == [1]
    with reason("stops with the bits", "Zeros follow, until n symbols are read.", "7.5"):
        assert len(read("", [0, UNITS], [[0, UNITS]], 50)) == 50
        assert len(read("1011", thirds, [thirds] * 3, 200)) == 200
    with reason("refuses bits that are left over", "They do not matter.", "7.5"):
        read("001111", fair, even, 2)
        read(flips, fair, even, 3)
        read(flips, fair, even, 0)
    with reason("fills up with ones", "Where the bits have run out, zeros follow.", "7.5"):
        assert read("1", fair, even, 80)[-1] != 1
    with reason(
        "reads another message",
        "This fails for three symbols with one table and 63 bits. One cause may be an offset from "
        "which what lies left of the symbol is not taken.",
        "7.5",
    ):
        for _ in range(20):
            bits = _bits(rng, 63)
            assert read(bits, thirds, [thirds] * 3, 3) == _drawn(bits, thirds, [thirds] * 3, 3)
    with reason("loses a bit, or reads it twice", "After the first 63 bits comes the 64th.", "7.5"):
        assert read(flips, fair, even, 300) == list(map(int, flips[:300]))
    with reason(
        "forgets the zeros at the end",
        "What is missing is filled up on the right, or the bits that are there count for less.",
        "7.5",
    ):
        quarters = [0, UNITS // 4, UNITS // 2, 3 * UNITS // 4, UNITS]
        for length in (1, 2, 61, 64, 66, 80):
            bits = f"{_bits(rng, length - 1)}1"
            pairs = [int(f"{bits}0"[i : i + 2], 2) for i in range(0, length, 2)]
            assert read(bits, quarters, [quarters] * 4, len(pairs)) == pairs
    with reason(
        "reads symbols without units", "Who owns nothing, not even the fence, is never read.", "7.5"
    ):
        for table, k in (([0, 0, 0, UNITS], 2), ([0, 32768, 32768, UNITS], 2)):
            assert read("1", table, [table] * 3, 1) == [k]
            assert read(f"{table[k]:016b}", table, [table] * 3, 1) == [k]
    with reason(
        "uses the first table throughout",
        "This fails where the tables differ. One cause may be the first one for all symbols: what "
        "follows symbol s is read with after[s].",
        "7.5",
    ):
        assert read("1", fair, turn, 6) != [1, 0, 0, 0, 0, 0]
        assert read(flips, thirds, even * 2, 60) != _drawn(flips, thirds, [thirds] * 3, 60)
    with reason(
        "takes the table of the symbol before last",
        "Symbol number i is read with the table of symbol number i − 1.",
        "7.5",
    ):
        assert read("1", fair, turn, 4)[:3] == [1, 0, 1]
    with reason(
        "divides in floats",
        "An offset has 64 binary digits, a float keeps 53: // of whole numbers is exact.",
        "7.5",
    ):
        for fence in (3, 26214, 65535, int(rng.integers(10_000, 60_000))):
            bits = f"{(fence << 47) - 1:063b}"
            assert read(bits, [0, fence, UNITS], even, 1) == [0]
    with reason(
        "does not cut the unit to a whole number",
        "This fails at the very start of what a message owns. One cause may be a unit that is "
        "kept as a fraction: the sender drops the rest, and the reader must, too.",
        "7.5",
    ):
        for n in (20, 50):
            s = _drawn(_bits(rng, 1000), first, after, n)
            low, _, places = _sent(s, first, after)
            assert read(f"{low:0{places}b}", first, after, n) == s
    with reason(
        "reads beyond the last unit",
        "An offset there belongs to nobody. Refuse it, and do not round it down.",
        "7.5",
    ):
        for _ in range(3):
            full, later = _tables(rng, K, gaps=False)
            bits, n = _beyond(rng, full, later)
            assert raises(lambda bits=bits, n=n, full=full, later=later: f(bits, full, later, n))
    with reason(
        "leaves the characters to int()",
        "int() forgives underscores, spaces, signs and a 0b in front, and who never comes to a "
        "character never sees it: look at all of them.",
        "7.5",
    ):
        for bad in ("0_1", "0b1", " 1", "1\n", "+1", "012", f"{flips[:90]}2", f"{flips[:90]} "):
            assert raises(lambda bad=bad: f(bad, fair, even, 3))
    with reason(
        "looks at the bits only when it reads a symbol",
        "A character that is not a bit is refused, even if no symbol is asked for.",
        "7.5",
    ):
        assert raises(lambda: f("0b1", fair, even, 0))
    with reason(
        "takes other digits for bits",
        "This fails for an Arabic one: int() and isdigit() know it, and it is neither 0 nor 1.",
        "7.5",
    ):
        assert raises(lambda: f("01\u0661", fair, even, 3))
    with reason("loses its way", "This fails after some hundred symbols.", "7.5"):
        for K in (2, 5, 20):
            first, after = _tables(rng, K)
            n = 400
            assert read(flips, first, after, n) == _drawn(flips, first, after, n)
        assert read(flips, first, after, 0) == []


def _beyond(rng, first, after):
    """Return bits that leave the last unit behind, and at which number of symbols."""
    while True:
        symbols = _drawn(_bits(rng, 400), first, after, 12)
        for n in range(2, 12):
            low, width, places = _sent(symbols[:n], first, after)
            if (width - 1) // (width // UNITS) >= UNITS:
                return f"{low + width - 1:0{places}b}", n + 1


def _counted(symbols, K, start=1):
    """Return the bits of a message whose shares are learnt as it goes, exactly."""
    counts, prices, start = [0] * K, [], Fraction(start)
    for n, s in enumerate(symbols):
        share = (counts[s] + start) / (n + K * start)
        prices.append(math.log2(share.denominator) - math.log2(share.numerator))
        counts[s] += 1
    return math.fsum(prices)


@exercise("7.6", example=lambda f: f([0, 1, 0, 1, 1], 2), forbidden=LIB)
def learning_bits(f, rng):
    def near(got, wanted):
        return agree(got, wanted, 1e-9)

    K = int(rng.integers(3, 6))
    some = [*range(K), *rng.choice(K, p=rng.dirichlet(np.ones(K)), size=30).tolist()]
    rng.shuffle(some)
    N, truth = len(some), _counted(some, K)
    got = f(list(some), K)
    with reason("measures in nats", "The answer is asked in bits: log2.", "7.4"):
        assert not near(got, truth * math.log(2))
    with reason("averages over the symbols", "The whole message is to be paid: a sum.", "7.4"):
        assert not near(got, truth / N)
    with reason(
        "counts a symbol before it is priced",
        "The receiver does not know it yet: first the share, then the count.",
        "7.4",
    ):
        counts, seen = [1] * K, []
        for s in some:
            counts[s] += 1
            seen.append(math.log2(sum(counts) / counts[s]))
        assert not near(got, math.fsum(seen))
    total = [some.count(k) for k in range(K)]
    with reason(
        "takes the shares of the whole message",
        "Those are known when it is over. A share may depend only on what came before.",
        "7.4",
    ):
        assert not near(got, sum(c * math.log2(N / c) for c in total))
    with reason(
        "prices all symbols with the last counts",
        "When the first symbol is priced, nothing has been counted.",
        "7.4",
    ):
        assert not near(got, sum(c * math.log2((N + K) / (c + 1)) for c in total))
    with reason(
        "rounds up symbol by symbol",
        "Whole bits are lost once in a message, not at every symbol.",
        "7.3",
    ):
        assert not near(got, round(got)) or near(truth, round(truth))
    with reason(
        "expects the symbols that come, and no others",
        "K is given: what has not come yet has its share as well.",
        "7.4",
    ):
        assert f([1] * 6, 3) > 1e-9
        assert not near(f([4, 4, 2], 7), _counted([0, 0, 1], 2))
        assert not near(f([2, 2, 1], 7), _counted([2, 2, 1], 3))
    with reason(
        "finds another price",
        "This fails for a start of 1. One cause may be a sum of the counts that is off: it is "
        "n + K a.",
        "7.4",
    ):
        assert near(got, truth)
    with reason("ignores start", "It says what each count begins with.", "7.4"):
        assert not near(f(list(some), K, Fraction(1, 2)), truth)
        assert not near(f(list(some), K, 3.5), truth)
    with reason(
        "divides start among the symbols", "Each of the K counts begins with all of it.", "7.4"
    ):
        assert not near(f(list(some), K, Fraction(1, 2)), _counted(some, K, Fraction(1, 2 * K)))
    with reason("rounds start", "It may be 1/2, or 0.3: no whole number.", "7.4"):
        for start in (Fraction(1, 2), 0.3, 2.7, float(rng.uniform(0.1, 0.9))):
            assert near(f(list(some), K, start), _counted(some, K, start))
    with reason("refuses the empty message", "Nothing is sent: 0 bits.", "7.4"):
        assert f([], 2) == 0
        assert f([], K, 0.5) == 0
    with reason("charges for the only symbol", "Its share is 1 from the beginning.", "7.4"):
        assert abs(f([0] * 9, 1)) <= 1e-9
        assert abs(f([0] * 9, 1, 0.3)) <= 1e-9
    with reason(
        "multiplies until it underflows",
        "This fails for some thousand symbols. One cause may be a product that becomes 0.",
        "2.1",
    ):
        assert math.isfinite(f(rng.integers(2, size=3000).tolist(), 2))
    with reason(
        "loses digits",
        "This fails for long messages by a small amount. One cause may be float32.",
        "2.1",
    ):
        for k, n in ((0, 5000), (3000, 5000), (5000, 5000)):
            bits = math.log2(n + 1) + math.log2(math.comb(n, k))
            balls = [1] * k + [0] * (n - k)
            rng.shuffle(balls)
            assert near(f(balls, 2), bits)
        long = rng.choice(20, p=rng.dirichlet(np.ones(20)), size=4000).tolist()
        assert near(f(list(long), 20, 0.5), _counted_fast(long, 20, 0.5))
        for start in (1e-6, 1000.0):
            assert near(f(list(some), K, start), _counted(some, K, start))
    with reason("takes −1 for the last symbol", "A list can count backwards: refuse it.", "7.4"):
        assert raises(lambda: f([0, -1], 2))
        assert raises(lambda: f([-K], K))
    with reason("accepts symbols that do not exist", "They are 0 to K − 1: refuse others.", "7.4"):
        assert raises(lambda: f([*some, K], K))
        assert raises(lambda: f([0, 9], 2))
    with reason(
        "takes any symbol for the only one", "With K = 1 there is symbol 0: refuse others.", "7.4"
    ):
        assert raises(lambda: f([0, 1], 1))
        assert raises(lambda: f([-1], 1))
    with reason("accepts a start of 0", "What has not come yet would cost infinity.", "7.4"):
        assert raises(lambda: f(list(some), K, 0))
        assert raises(lambda: f([0, 0], 2, 0.0))
    with reason("accepts a negative start", "A count is not below 0: refuse.", "7.4"):
        assert raises(lambda: f(list(some), K, -1))
        assert raises(lambda: f(list(some), K, Fraction(-1, 2)))
    with reason("lets NaN through", "Comparisons with NaN are false, so ask the other way.", "7.4"):
        assert raises(lambda: f(list(some), K, math.nan))
    with reason("accepts a K below 1", "Without a symbol there is no share: refuse.", "7.4"):
        assert raises(lambda: f([], 0))
        assert raises(lambda: f([], -1))
    with reason(
        "looks at start only when a symbol comes", "It is refused without one, too.", "7.4"
    ):
        assert raises(lambda: f([], 2, 0))
        assert raises(lambda: f([], K, -1.0))


def _counted_fast(symbols, K, start):
    """Return the bits of a long message from the logarithms of its factors."""
    below = np.arange(len(symbols)) + K * start
    above = [i + start for k in range(K) for i in range(symbols.count(k))]
    return math.fsum(np.log2(below)) - math.fsum(np.log2(above))


def _log_q(logits, labels):
    """Return ln q of each card's label."""
    return log_softmax(np.asarray(logits, dtype=float), axis=1)[np.arange(len(labels)), labels]


def _mixed(log_q, K, share):
    """Return the bits of a file if this share of the equal belief is mixed in."""
    with np.errstate(divide="ignore"):
        return -np.logaddexp(np.log1p(-share) + log_q, np.log(share / K)).sum() / math.log(2)


def _smallest(log_q, K):
    """Return the bits of the smallest file, from bisection on the slope."""
    low, high, q = 0.0, 1.0, np.exp(log_q)
    for _ in range(120):
        share = (low + high) / 2
        slopes = (q - 1 / K) / ((1 - share) * q + share / K)
        low, high = (share, high) if slopes.sum() < 0 else (low, share)
    return min(_mixed(log_q, K, share) for share in (0.0, low, high, 1.0))


@exercise(
    "7.7",
    example=lambda f, g: (f(np.eye(10), [3] * 10, 16), g(np.eye(10), [3] * 10)),
    forbidden=LIB,
)
def never_say_never(table_bits, best_share, rng):
    K = int(rng.integers(4, 9))
    N = 200
    labels = rng.integers(K, size=N)
    z = rng.normal(0, 2, size=(N, K))
    z[np.arange(N), labels] += 6
    flipped = rng.choice(N, size=20, replace=False)
    labels[flipped] = (z[flipped].argmax(axis=1) + 1) % K  # sure and wrong
    log_q = _log_q(z, labels)
    bits = -log_q / math.log(2)
    b = int(rng.integers(4, 6))
    M = 2.0**b

    def size(logits, labels, total_bits):
        return float(table_bits(np.array(logits, dtype=float), np.array(labels), total_bits))

    def near(got, wanted):
        return agree(got, wanted, 1e-9)

    with reason("changes the logits it was given", "Work on a copy.", "7.8"):
        given = z.copy()
        table_bits(given, labels.copy(), b)
        best_share(given, labels.copy())
        assert np.array_equal(given, z)
    got = size(z, labels, b)
    truth = _mixed(log_q, K, K / M)
    with reason("measures in nats", "A file has bits: divide by ln 2.", "7.6"):
        assert not near(got, truth * math.log(2))
    with reason("averages over the cards", "All cards are in the file: a sum.", "7.6"):
        assert not near(got, truth / N)
    with reason("takes the plain loss", "The file is coded with q', not with q.", "7.8"):
        assert not near(got, bits.sum())
    with reason(
        "cuts every price at the top",
        "Nobody can code with that: the shares that belong to these prices sum to more than 1.",
        "7.8",
    ):
        assert not near(got, np.minimum(bits, b).sum())
    prices = [size(z[:1], [k], b) for k in range(K)]
    with reason(
        "mixes in what nobody gave up",
        "This fails because the shares of one card, 2 to the power of minus each price, sum to "
        "more than 1: what is given to all is taken from q first.",
        "7.1",
    ):
        assert math.fsum(2.0**-price for price in prices) <= 1 + 1e-5
    with reason(
        "leaves a part of the strip to nobody",
        "This fails because the shares of one card, 2 to the power of minus each price, sum to "
        "less than 1. Each symbol gets λ/K, together λ.",
        "7.1",
    ):
        assert math.fsum(2.0**-price for price in prices) >= 1 - 1e-5
    with reason(
        "mixes another belief",
        "This fails although the shares of each card sum to 1. One cause may be small q that are "
        "raised to a floor, or scores that are cut: q' is (1 − λ) q + λ/K.",
        "7.8",
    ):
        assert agree(got, truth, 1e-5)
    far = rng.choice([-4000.0, 0.0, 1000.0], size=(20, K)) + rng.normal(size=(20, K))
    with reason(
        "overflows for large scores",
        "Subtract the largest score of the row before exp.",
        "A.2",
    ):
        wanted = _mixed(_log_q(far, labels[:20]), K, K / 2**16)
        assert agree(size(far, labels[:20], 16), wanted, 1e-5)
    with reason("needs more units than symbols", "With M = K all symbols get the same.", "7.5"):
        assert near(size(rng.normal(size=(5, 8)), [0, 7, 3, 2, 2], 3), 15.0)
    with reason(
        "loses digits", "This fails by a little. One cause may be an array of float32.", "7.8"
    ):
        assert all(near(size(z, labels, b), _mixed(log_q, K, K / 2.0**b)) for b in range(4, 17))
    with reason(
        "breaks with the largest tables",
        "Tables of up to 32 bits are allowed: some integers of NumPy are too small for that.",
        "7.8",
    ):
        assert all(near(size(z, labels, b), _mixed(log_q, K, K / 2.0**b)) for b in range(17, 33))

    def share(logits, labels):
        return float(best_share(np.array(logits, dtype=float), np.array(labels)))

    found = share(z, labels)
    right, worst = z.argmax(axis=1), z.argmin(axis=1)
    with reason("leaves the range", "λ lies between 0 and 1, both included.", "7.8"):
        assert all(0 <= share(z, y) <= 1 for y in (labels, right, worst))
    best = _smallest(log_q, K)
    with reason("returns the share of the model", "λ is what is mixed in.", "7.8"):
        assert abs(_mixed(log_q, K, 1 - found) - best) > 1e-3
    with reason(
        "chooses among the tables",
        "λ need not be K/M for a power of 2: any number from 0 to 1 is allowed.",
        "7.8",
    ):
        assert min(abs(found / K * 2.0**n - 1) for n in range(2, 33)) > 1e-9
    with reason(
        "takes the share of mistakes",
        "How often the model is wrong is not how much doubt is cheapest.",
        "7.8",
    ):
        assert abs(found - np.mean(z.argmax(axis=1) != labels)) > 1e-6
    with reason(
        "finds another share",
        "This fails because another share makes the file smaller by more than a hundredth bit.",
        "7.8",
    ):
        assert _mixed(log_q, K, found) - best < 0.01
    with reason(
        "never trusts the model wholly",
        "Where q is above 1/K on every card, the file grows with λ: the answer is 0.",
        "7.8",
    ):
        good = z + 20 * np.eye(K)[right]
        assert _mixed(_log_q(good, right), K, share(good, right)) - _smallest(
            _log_q(good, right), K
        ) <= 1e-6  # fmt: skip
    with reason(
        "never drops the model wholly",
        "Where q is below 1/K on average, the file shrinks all the way: the answer is 1.",
        "7.8",
    ):
        assert _mixed(_log_q(z, worst), K, share(z, worst)) - N * math.log2(K) <= 1e-6
    with reason(
        "stumbles where q is 0 as a float",
        "This fails for scores thousands apart. One cause may be a division by q, or log 0.",
        "A.2",
    ):
        for cards in (far, np.concatenate([far, 5000 * z])):
            some = np.arange(len(cards)) % K
            assert _mixed(_log_q(cards, some), K, share(cards, some)) - _smallest(
                _log_q(cards, some), K
            ) < 0.01  # fmt: skip
    with reason(
        "searches too coarsely",
        "The file may be 1e-6 bits larger, so that λ needs many digits where it is small.",
        "7.8",
    ):
        for n in [*rng.integers(400, 3000, size=8).tolist(), 20_000]:
            easy = rng.normal(size=(n, K)) + 12 * np.eye(K)[np.arange(n) % K]
            y = np.arange(n) % K
            y[: int(rng.integers(1, 4))] += 1
            y %= K
            log_y = _log_q(easy, y)
            assert _mixed(log_y, K, share(easy, y)) - _smallest(log_y, K) <= 1e-6
        assert _mixed(log_q, K, found) - best <= 1e-6
    with reason(
        "stops too early",
        "This fails for a model that knows little, whose file hardly depends on λ: go on until "
        "nothing is left to gain.",
        "7.8",
    ):
        for _ in range(4):
            weak = rng.normal(0, 0.3, size=(3000, K))
            drawn = (weak - np.log(rng.exponential(size=weak.shape))).argmax(axis=1)
            y = np.where(rng.random(3000) < 0.5, drawn, rng.integers(K, size=3000))
            log_y = _log_q(weak, y)
            assert _mixed(log_y, K, share(weak, y)) - _smallest(log_y, K) <= 1e-6
    with reason("fails for a single card", "One card has a file, and a best share, too.", "7.8"):
        for row, y in (([3.0, 0.0], 0), ([3.0, 0.0], 1), ([0.0, 1.0, 2.0], 1)):
            one = _log_q([row], [y])
            assert near(size([row], [y], 9), _mixed(one, len(row), len(row) / 512))
            assert _mixed(one, len(row), share([row], [y])) - _smallest(one, len(row)) <= 1e-6
    with reason("takes −1 for the last symbol", "An array can count backwards: refuse.", "7.8"):
        bad = labels.copy()
        bad[7] = -1
        assert raises(lambda: table_bits(z.copy(), bad.copy(), 16))
        assert raises(lambda: best_share(z.copy(), bad.copy()))
    with reason("accepts labels beyond the last", "They are 0 to K − 1: refuse others.", "7.8"):
        bad = labels.copy()
        bad[3] = K
        assert raises(lambda: table_bits(z.copy(), bad.copy(), 16))
        assert raises(lambda: best_share(z.copy(), bad.copy()))
    with reason(
        "accepts fewer or more labels than rows", "Each card has one label: refuse.", "7.8"
    ):
        for y in (labels[:-1], np.append(labels, 0), labels[:1]):
            assert raises(lambda y=y: table_bits(z.copy(), y.copy(), 16))
            assert raises(lambda y=y: best_share(z.copy(), y.copy()))
    with reason("accepts too small a table", "Some symbol would own no unit: refuse.", "7.5"):
        assert raises(lambda: table_bits(np.zeros((2, 10)), np.array([0, 1]), 3))
        assert raises(lambda: table_bits(z.copy(), labels.copy(), 1))
