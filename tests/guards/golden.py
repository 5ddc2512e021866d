"""The golden numbers of the book, each recomputed by an oracle that does not import ``lib``.

An oracle is exact (fractions, sympy) or has 50 digits (mpmath). The decimal beside it is what the
book has always printed; a chapter that teaches the number must compute and print it.
"""

from __future__ import annotations

import functools
import io
import itertools
import math
import re
import tokenize
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

import mpmath
import sympy

from tests.guards import CHAPTERS, Finding, output_texts, place, read
from tests.guards.tokens import Number, clean, is_rounding, numbers, printed, quotes

BALLS = (0, 1, 0, 1, 1)  # white black white black black
# The logits that the articles print for one image, a 7: before and after training.
BEFORE = "0.0297 -0.0440 -0.0442 0.0194 0.0293 0.0036 -0.0047 0.0073 0.0407 -0.0544"
AFTER = "0.7090 -5.7430 2.7101 4.5032 -4.2269 0.7165 -9.6999 10.0532 -0.4749 2.4612"
# Decimals that the articles print, which a code cell may hold to compare itself with them.
ARTICLES = {"2.2604", "0.0053", "2.2936", "0.1009", "1.0732", "1.6094", "0.6931"}
_DPS = 50
_T = sympy.Symbol("theta")
_L = _T**3 * (1 - _T) ** 2

Exact = Fraction | mpmath.mpf


@dataclass(frozen=True)
class Golden:
    """A number of the book: its oracle, the decimal it rounds to, and who teaches it."""

    key: str
    oracle: Callable[[], Any]
    decimal: str
    unit: str = ""
    chapters: tuple[int, ...] = ()

    @functools.cached_property
    def number(self) -> Number:
        """The exact value: a fraction where there is one, else 45 digits."""
        with mpmath.workdps(_DPS):
            value = self.oracle()
            if isinstance(value, sympy.Rational):
                value = Fraction(int(value.p), int(value.q))
            if isinstance(value, int | Fraction):
                return Number(str(value), Fraction(value), None, 99, signed=True)
            digits = mpmath.nstr(value, 45, min_fixed=-99, max_fixed=99)
            return Number(digits, Fraction(digits), -40, 45, signed=True)


# --- the five balls -----------------------------------------------------------------------------


def _mle() -> sympy.Rational:
    (theta,) = sympy.solveset(sympy.diff(_L, _T), _T, sympy.Interval.open(0, 1))
    return theta


def _probability(balls: Iterable[int], theta: Fraction) -> Fraction:
    return math.prod((theta if ball else 1 - theta for ball in balls), start=Fraction(1))


def _likelihood(theta: Fraction = Fraction(3, 5)) -> Fraction:
    return _probability(BALLS, theta)


def _count_probability() -> Fraction:
    """Probability of three black among five: a sum over all 32 sequences."""
    sequences = itertools.product((0, 1), repeat=5)
    return sum((_probability(s, Fraction(3, 5)) for s in sequences if sum(s) == 3), Fraction(0))


def _entropy(p: Sequence[Any]) -> Any:
    return -mpmath.fsum(_mp(x) * mpmath.log(_mp(x)) for x in p if x)


def _cross(p: Sequence[Any], q: Sequence[Any]) -> Any:
    return -mpmath.fsum(_mp(x) * mpmath.log(_mp(y)) for x, y in zip(p, q, strict=True) if x)


def _mp(x: Any) -> Any:
    return mpmath.mpf(x.numerator) / x.denominator if isinstance(x, Fraction) else mpmath.mpf(x)


def _bits(nats: Any) -> Any:
    return nats / mpmath.log(2)


def _sequential(prior: Fraction) -> Any:
    """Bits of the balls, each predicted from those before it, counts starting at ``prior``."""
    counts, product = [prior, prior], Fraction(1)
    for ball in BALLS:
        product *= counts[ball] / sum(counts)
        counts[ball] += 1
    return -_bits(mpmath.log(_mp(product)))


P_BALLS = (Fraction(2, 5), Fraction(3, 5))
HALF = (Fraction(1, 2), Fraction(1, 2))

# --- underflow: floating point imitated with whole numbers ---------------------------------------


def _rounded(x: Fraction, bits: int, smallest: int) -> Fraction:
    """Round to the nearest float of ``bits`` bits, subnormals down to 2**smallest, ties to even."""
    if x == 0:
        return x
    exponent = x.numerator.bit_length() - x.denominator.bit_length()
    if Fraction(2) ** exponent > x:
        exponent -= 1
    step = Fraction(2) ** max(exponent - bits + 1, smallest)
    return round(x / step) * step  # Python rounds a fraction half to even


FORMATS = {"f64": (53, -1074), "f32": (24, -149), "f16": (11, -24)}


def _first_zero(factors: Sequence[Fraction], form: str) -> int:
    """Return the number of factors after which the running product is exactly 0."""
    bits, smallest = FORMATS[form]
    floats = [_rounded(factor, bits, smallest) for factor in factors]
    product = Fraction(1)
    for count, factor in enumerate(itertools.cycle(floats), start=1):
        product = _rounded(product * factor, bits, smallest)
        if product == 0:
            return count
    raise AssertionError("unreachable")


def _balls_zero(form: str) -> int:
    return _first_zero([P_BALLS[ball] for ball in BALLS], form)


# --- softmax --------------------------------------------------------------------------------------


def _logits(text: str) -> list[Any]:
    return [mpmath.mpf(token) for token in text.split()]


def _lse(z: Sequence[Any]) -> Any:
    return mpmath.log(mpmath.fsum(mpmath.exp(x) for x in z))


def _nll(text: str, label: int) -> Any:
    z = _logits(text)
    return _lse(z) - z[label]


def _softmax(text: str) -> list[Any]:
    z = _logits(text)
    return [mpmath.exp(x - _lse(z)) for x in z]


def _double(text: str) -> Any:
    q = _softmax(text)
    return _lse(q) - q[7]


def _escape(loss: str) -> int:
    """Return the steps of gradient descent (rate 1) from the score -10 until it is positive."""
    t, steps = mpmath.mpf(-10), 0
    with mpmath.workdps(25):
        while t <= 0:
            q = 1 / (1 + mpmath.exp(-t))
            t += 1 - q if loss == "ce" else 2 * q * (1 - q) ** 2
            steps += 1
    return steps


def _max_gradient() -> sympy.Rational:
    slope = 2 * _T * (1 - _T) ** 2
    return max(slope.subs(_T, root) for root in sympy.solve(sympy.diff(slope, _T), _T))


def _focal_report() -> Any:
    """Return what minimises the expected focal loss (gamma 2) when the truth is 0.6."""

    def expected(q: Any) -> Any:
        return -(3 * (1 - q) ** 2 * mpmath.log(q) + 2 * q**2 * mpmath.log(1 - q)) / 5

    return mpmath.findroot(lambda q: mpmath.diff(expected, q), 0.55)


def _squared(m: tuple[str, ...] = ("0.6", "0.2", "0.2")) -> Fraction:
    return sum(((Fraction(a) - b) ** 2 for a, b in zip(m, (0, 0, 1), strict=True)), Fraction(0))


BOB = (Fraction(1, 2), Fraction(1, 4), Fraction(1, 8), Fraction(1, 8))
ALICE = (Fraction(1, 8), Fraction(1, 2), Fraction(1, 4), Fraction(1, 8))
SMOOTHED = (Fraction(91, 100), *[Fraction(1, 100)] * 9)
_part = functools.partial

GOLDEN = (
    Golden("balls.mle", _mle, "0.6", "", (1,)),
    Golden("balls.likelihood", _likelihood, "0.03456", "", (1, 2)),
    Golden("balls.likelihood_half", _part(_likelihood, Fraction(1, 2)), "0.03125", "", (1,)),
    Golden("balls.ratio", lambda: _likelihood() / _likelihood(Fraction(1, 2)), "1.10592", "", (1,)),
    Golden("balls.count_probability", _count_probability, "0.3456", "", (1,)),
    Golden("balls.area", lambda: sympy.integrate(_L, (_T, 0, 1)), "0.0166666667", "", (1,)),
    Golden(
        "balls.area_logit",
        lambda: sympy.integrate(sympy.cancel(_L / (_T * (1 - _T))), (_T, 0, 1)),
        "0.0833333333",
    ),
    Golden("balls.loglik", lambda: mpmath.log(_mp(_likelihood())), "-3.3650583350", "nats", (2,)),
    Golden(
        "balls.mean_nll",
        lambda: -mpmath.log(_mp(_likelihood())) / 5,
        "0.6730116670",
        "nats per ball",
        (2, 4),
    ),
    Golden("balls.entropy", lambda: _entropy(P_BALLS), "0.6730116670", "nats", (3,)),
    Golden("balls.entropy_bits", lambda: _bits(_entropy(P_BALLS)), "0.9709505945", "bits", (3,)),
    Golden("balls.ce_half", lambda: _cross(P_BALLS, HALF), "0.6931471806", "nats", (3, 4)),
    Golden(
        "balls.kl_half",
        lambda: _cross(P_BALLS, HALF) - _entropy(P_BALLS),
        "0.0201355136",
        "nats",
        (3,),
    ),
    Golden(
        "balls.kl_half_reverse",
        lambda: _cross(HALF, P_BALLS) - _entropy(HALF),
        "0.0204109973",
        "nats",
        (3,),
    ),
    Golden("balls.logit", lambda: mpmath.log(_mp(Fraction(3, 2))), "0.4054651081", "", (4,)),
    Golden(
        "balls.code_bits", lambda: -_bits(mpmath.log(_mp(_likelihood()))), "4.8547529723", "bits"
    ),
    Golden("balls.laplace_bits", _part(_sequential, Fraction(1)), "5.9068905956", "bits"),
    Golden("balls.kt_bits", _part(_sequential, Fraction(1, 2)), "6.4150374993", "bits"),
    Golden("underflow.f64", _part(_balls_zero, "f64"), "1108", "balls", (2,)),
    Golden("underflow.f32", _part(_balls_zero, "f32"), "156", "balls", (2,)),
    Golden("underflow.f16", _part(_balls_zero, "f16"), "26", "balls", (2,)),
    Golden("underflow.halves.f64", _part(_first_zero, HALF, "f64"), "1075", "balls", (2,)),
    Golden("underflow.halves.f32", _part(_first_zero, HALF, "f32"), "150", "balls", (2,)),
    Golden("underflow.halves.f16", _part(_first_zero, HALF, "f16"), "25", "balls", (2,)),
    Golden("gaussian.const", lambda: mpmath.log(2 * mpmath.pi) / 2, "0.9189385332", "nats", (2,)),
    Golden("ln10", lambda: mpmath.log(10), "2.3025850930", "nats", (3, 5)),
    Golden("log2_10", lambda: _bits(mpmath.log(10)), "3.3219280949", "bits", (3,)),
    Golden("seed001.ce", lambda: mpmath.log(5), "1.6094379124", "nats", (3,)),
    Golden("seed001.ce_bits", lambda: _bits(mpmath.log(5)), "2.3219280949", "bits", (3,)),
    Golden("seed001.sq", _squared, "1.04", "", (4,)),
    Golden("seed001.mse", lambda: _squared() / 3, "0.3466666667", "", (4,)),
    Golden("bob.own", lambda: _bits(_entropy(BOB)), "1.75", "bits", (3,)),
    Golden("bob.alice_in_bobs", lambda: _bits(_cross(ALICE, BOB)), "2.25", "bits", (3,)),
    Golden("bob.alice_own", lambda: _bits(_entropy(ALICE)), "1.75", "bits", (3,)),
    Golden("bob.bob_in_alices", lambda: _bits(_cross(BOB, ALICE)), "2.375", "bits", (3,)),
    Golden("deck.suit", lambda: _bits(mpmath.log(4)), "2", "bits", (3,)),
    Golden("deck.card", lambda: _bits(mpmath.log(52)), "5.7004", "bits", (3,)),
    Golden("deck.order", lambda: _bits(mpmath.log(mpmath.fac(52))), "225.5810", "bits", (3,)),
    Golden("seed.before.nll7", _part(_nll, BEFORE, 7), "2.2940866", "nats", (4, 5)),
    Golden("seed.before.p7", lambda: _softmax(BEFORE)[7], "0.1008535", "", (4,)),
    Golden("seed.before.nll8", _part(_nll, BEFORE, 8), "2.2606866", "nats", (5,)),
    Golden("seed.before.p8", lambda: _softmax(BEFORE)[8], "0.1042789", "", (4,)),
    Golden(
        "seed.before.mean_over_labels",
        lambda: mpmath.fsum(_nll(BEFORE, k) for k in range(10)) / 10,
        "2.3031165640",
        "nats",
        (5,),
    ),
    Golden(
        "seed.before.kl_u_q",
        lambda: _cross([Fraction(1, 10)] * 10, _softmax(BEFORE)) - mpmath.log(10),
        "0.0005314710",
        "nats",
        (5,),
    ),
    Golden("seed.before.lse", lambda: _lse(_logits(BEFORE)), "2.3013865640", "", (4,)),
    Golden("seed.after.p7", lambda: _softmax(AFTER)[7], "0.9947852230", "", (4, 5)),
    Golden("seed.after.nll7", _part(_nll, AFTER, 7), "0.0052284214", "nats", (4, 5)),
    Golden("seed.after.entropy", lambda: _entropy(_softmax(AFTER)), "0.0371509722", "nats", (5,)),
    Golden("dbl.floor10", lambda: mpmath.log(mpmath.e + 9) - 1, "1.4611501717", "nats", (4, 5)),
    Golden("dbl.ceil10", lambda: mpmath.log(mpmath.e + 9), "2.4611501717", "nats", (4,)),
    Golden("dbl.seed.before", _part(_double, BEFORE), "2.3017369", "nats", (4,)),
    Golden("dbl.seed.after", _part(_double, AFTER), "1.4656038", "nats", (4,)),
    Golden("ls.floor", lambda: _entropy(SMOOTHED), "0.5002880351", "nats"),
    Golden("ls.gap", lambda: mpmath.log(91), "4.5108595065"),
    Golden("mse.maxgrad", _max_gradient, "0.2962962963", "", (4,)),
    Golden("mse.escape.ce", _part(_escape, "ce"), "11", "steps", (4,)),
    Golden("mse.escape.mse", _part(_escape, "mse"), "11034", "steps", (4,)),
    Golden("focal2.report", _focal_report, "0.5378"),
)


def agrees(golden: Golden) -> bool:
    """Tell whether the oracle rounds to the decimal, to its last digit."""
    (shown,) = printed(golden.decimal)
    assert shown.place is not None
    return is_rounding(shown.value, shown.place, golden.number.value)


def shows(number: Number, golden: Golden) -> bool:
    """Tell whether a printed number is this golden number, to 4 digits or exactly."""
    wanted = golden.number.value
    if number.place is None or number.value == wanted:
        return number.value == wanted
    return number.digits >= 4 and is_rounding(number.value, number.place, wanted)


def missing(path: Path, chapter: int) -> list[Finding]:
    """Find the golden numbers that a chapter teaches and does not print."""
    cells = [cell for cell in read(path).cells if cell.cell_type == "code"]
    found = [n for cell in cells for _, text in output_texts(cell) for n in printed(text)]
    return [
        Finding(
            path.name,
            f"the golden number {golden.key} = {golden.decimal} {golden.unit}".rstrip()
            + " is in no output",
            "print it from a computation, rounded correctly, with 4 digits or more.",
        )
        for golden in GOLDEN
        if chapter in golden.chapters and not any(shows(n, golden) for n in found)
    ]


def _literals(source: str) -> Iterator[str]:
    """Yield the numbers that code holds, those inside its strings included, comments left out."""
    try:
        tokens = list(tokenize.generate_tokens(io.StringIO(source).readline))
    except (tokenize.TokenError, SyntaxError):  # a cell with a magic
        tokens = []
        source = re.sub(r"#.*", "", source)
        yield from (number.text for number in numbers(source))
    for token in tokens:
        if token.type == tokenize.NUMBER:
            yield token.string.replace("_", "")
        elif token.type == tokenize.STRING or "FSTRING_MIDDLE" in tokenize.tok_name[token.type]:
            yield from (number.text for number in numbers(clean(token.string)))


def literals(path: Path) -> list[Finding]:
    """Find golden decimals typed into code cells instead of being computed there."""
    found = []
    for index, cell in enumerate(read(path).cells, start=1):
        if cell.cell_type != "code":
            continue
        for text in _literals(cell.source):
            if text in ARTICLES:
                continue
            for number in numbers(text):
                hit = next(
                    (g for g in GOLDEN if number.digits >= 4 and quotes(number, g.number)), 0
                )
                if hit:
                    found.append(
                        Finding(
                            place(path, index, cell),
                            f"the golden number {hit.key} stands in the code as {text}",
                            "compute it; a figure's label takes it from an f-string.",
                            text,
                        )
                    )
    return found


def check(path: Path) -> list[Finding]:
    """Return the findings of this guard in one chapter."""
    chapter = next((n for n, p in CHAPTERS.items() if p.name == path.name), 0)
    return missing(path, chapter) + literals(path)
