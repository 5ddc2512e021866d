"""The golden numbers of the book: each recomputed by an oracle, printed where it is taught.

A chapter must compute what it prints: no code cell holds a golden decimal as a literal.
"""

from __future__ import annotations

import ast
import dataclasses
import functools
import io
import re
import tokenize
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from functools import partial
from pathlib import Path
from typing import Any

import mpmath
import sympy

from tests.guards import CHAPTERS, Finding, oracles, output_texts, place, read
from tests.guards.lint_code import constant, parse
from tests.guards.oracles import AFTER, ALICE, BEFORE, BOB, HALF, P_HAT, bits, log
from tests.guards.tokens import Number, clean, is_rounding, numbers, printed, quotes

DIGITS = 4  # a golden number is printed, or recognised in the code, with this many digits
FLOAT_DIGITS = 14  # more than these may differ between two floats of the same number
LOGITS = set(f"{BEFORE} {AFTER}".replace("-", "").split())
# What else the articles print. A code cell may hold it, to compare itself with them.
PRINTED = (
    *("0.1031", "0.0958", "0.1021", "0.1005", "0.0996", "0.1009", "0.1043", "0.0948", "0.9948"),
    *("2.2604", "2.2936", "0.0053", "1.6094", "0.6931", "1.0732"),
)


@dataclass(frozen=True)
class Golden:
    """A number of the book.

    ``decimal`` is what it rounds to, ``chapters`` are those that compute and print it. Without
    chapters it is kept for the oracle alone.
    """

    key: str
    decimal: str
    unit: str
    chapters: tuple[int, ...]
    oracle: Callable[[], Any]

    @functools.cached_property
    def number(self) -> Number:
        """The value: exact where it is a fraction, else to 40 decimals."""
        with mpmath.workdps(50):
            value = self.oracle()
            if isinstance(value, sympy.Rational):
                value = Fraction(int(value.p), int(value.q))
            if isinstance(value, int | Fraction):
                return Number(str(value), Fraction(value), None, 99)
            digits = mpmath.nstr(value, 45, min_fixed=-99, max_fixed=99)
            return Number(digits, Fraction(digits), -40, 45)


_ENTROPY = partial(oracles.entropy, P_HAT)
_CE_HALF = partial(oracles.cross_entropy, P_HAT, HALF)
_SMOOTH = partial(oracles.entropy, oracles.SMOOTHED)

_ROWS: tuple[tuple[str, str, str, tuple[int, ...], Callable[[], Any]], ...] = (
    # the five balls
    ("balls.mle", "0.6", "", (1,), oracles.mle),
    ("balls.likelihood", "0.03456", "", (1, 2), oracles.likelihood),
    ("balls.likelihood_half", "0.03125", "", (1,), lambda: oracles.likelihood(Fraction(1, 2))),
    (
        *("balls.ratio", "1.10592", "", (1,)),
        lambda: oracles.likelihood() / oracles.likelihood(Fraction(1, 2)),
    ),
    ("balls.count_probability", "0.3456", "", (1,), oracles.three_black_of_five),
    ("balls.area", "0.0166666667", "", (1,), oracles.area),
    ("balls.area_logit", "0.0833333333", "", (), partial(oracles.area, logit=True)),
    ("balls.loglik", "-3.3650583350", "nats", (2,), lambda: log(oracles.likelihood())),
    (
        *("balls.mean_nll", "0.6730116670", "nats per ball", (2, 4)),
        lambda: -log(oracles.likelihood()) / 5,
    ),
    ("balls.entropy", "0.6730116670", "nats", (3,), _ENTROPY),
    ("balls.entropy_bits", "0.9709505945", "bits", (3,), lambda: bits(_ENTROPY())),
    ("balls.ce_half", "0.6931471806", "nats", (3, 4), _CE_HALF),
    ("balls.kl_half", "0.0201355136", "nats", (3,), lambda: _CE_HALF() - _ENTROPY()),
    (
        *("balls.kl_half_reverse", "0.0204109973", "nats", (3,)),
        lambda: oracles.cross_entropy(HALF, P_HAT) - oracles.entropy(HALF),
    ),
    ("balls.logit", "0.4054651081", "", (4,), lambda: log(Fraction(3, 2))),
    ("balls.code_bits", "4.8547529723", "bits", (), lambda: -bits(log(oracles.likelihood()))),
    *(
        (f"balls.{rule}_bits", decimal, "bits", (), partial(oracles.sequential_bits, prior))
        for rule, decimal, prior in (
            ("laplace", "5.9068905956", Fraction(1)),
            ("kt", "6.4150374993", Fraction(1, 2)),
        )
    ),
    # where products die
    *(
        (f"underflow.{form}", ball, "balls", (2,), partial(oracles.balls_zero, form))
        for form, ball in (("f64", "1108"), ("f32", "156"), ("f16", "26"))
    ),
    *(
        (f"underflow.halves.{form}", n, "balls", (2,), partial(oracles.first_zero, HALF, form))
        for form, n in (("f64", "1075"), ("f32", "150"), ("f16", "25"))
    ),
    ("gaussian.const", "0.9189385332", "nats", (2,), lambda: log(2 * mpmath.pi) / 2),
    # information
    ("ln10", "2.3025850930", "nats", (3, 5), lambda: log(10)),
    ("log2_10", "3.3219280949", "bits", (3,), lambda: bits(log(10))),
    ("seed001.ce", "1.6094379124", "nats", (3,), lambda: -log(Fraction(1, 5))),
    ("seed001.ce_bits", "2.3219280949", "bits", (3,), lambda: -bits(log(Fraction(1, 5)))),
    ("bob.own", "1.75", "bits", (3,), lambda: bits(oracles.entropy(BOB))),
    ("bob.alice", "2.25", "bits", (3,), lambda: bits(oracles.cross_entropy(ALICE, BOB))),
    ("alice.own", "1.75", "bits", (3,), lambda: bits(oracles.entropy(ALICE))),
    ("alice.bob", "2.375", "bits", (3,), lambda: bits(oracles.cross_entropy(BOB, ALICE))),
    ("deck.suit", "2", "bits", (3,), lambda: bits(log(4))),
    ("deck.card", "5.7004", "bits", (3,), lambda: bits(log(52))),
    ("deck.order", "225.5810", "bits", (3,), lambda: bits(log(mpmath.fac(52)))),
    # softmax, and the articles' image of a 7
    ("seed.before.nll7", "2.2940866", "nats", (4, 5), lambda: oracles.nll(BEFORE, 7)),
    ("seed.before.p7", "0.1008535", "", (4,), lambda: oracles.softmax(BEFORE)[7]),
    ("seed.before.nll8", "2.2606866", "nats", (5,), lambda: oracles.nll(BEFORE, 8)),
    ("seed.before.p8", "0.1042789", "", (4,), lambda: oracles.softmax(BEFORE)[8]),
    (
        *("seed.before.mean_over_labels", "2.3031165640", "nats", (5,)),
        lambda: mpmath.fsum(oracles.nll(BEFORE, label) for label in range(10)) / 10,
    ),
    (
        *("seed.before.kl_u_q", "0.0005314710", "nats", (5,)),
        lambda: oracles.cross_entropy(oracles.UNIFORM_10, oracles.softmax(BEFORE)) - log(10),
    ),
    (
        *("seed.before.lse", "2.3013865640", "", (4,)),
        lambda: oracles.lse(oracles.logits(BEFORE)),
    ),
    ("seed.after.p7", "0.9947852230", "", (4, 5), lambda: oracles.softmax(AFTER)[7]),
    ("seed.after.nll7", "0.0052284214", "nats", (4, 5), lambda: oracles.nll(AFTER, 7)),
    (
        *("seed.after.entropy", "0.0371509722", "nats", (5,)),
        lambda: oracles.entropy(oracles.softmax(AFTER)),
    ),
    ("seed001.sq", "1.04", "", (4,), oracles.squared_error),
    ("seed001.mse", "0.3466666667", "", (4,), lambda: oracles.squared_error() / 3),
    ("dbl.floor10", "1.4611501717", "nats", (4, 5), lambda: log(mpmath.e + 9) - 1),
    ("dbl.ceil10", "2.4611501717", "nats", (4,), lambda: log(mpmath.e + 9)),
    ("dbl.seed.before", "2.3017369", "nats", (4,), lambda: oracles.double_softmax(BEFORE)),
    ("dbl.seed.after", "1.4656038", "nats", (4,), lambda: oracles.double_softmax(AFTER)),
    ("mse.maxgrad", "0.2962962963", "", (4,), oracles.largest_gradient),
    ("mse.escape.ce", "11", "steps", (4,), partial(oracles.escape, "ce")),
    ("mse.escape.mse", "11034", "steps", (4,), partial(oracles.escape, "mse")),
    # beyond the five chapters
    ("ls.floor", "0.5002880351", "nats", (), _SMOOTH),
    ("ls.gap", "4.5108595065", "", (), lambda: log(Fraction(91, 100) / Fraction(1, 100))),
    ("focal2.report", "0.5378", "", (), oracles.focal_report),
)
GOLDEN = tuple(Golden(*row) for row in _ROWS)


def agrees(golden: Golden) -> bool:
    """Tell whether the oracle rounds to the decimal, to its last digit."""
    (shown,) = numbers(golden.decimal)
    assert shown.place is not None
    return is_rounding(shown.value, shown.place, golden.number.value)


def shows(number: Number, golden: Golden) -> bool:
    """Tell whether a printed number is this golden number: exactly, or rounded to 4+ digits."""
    wanted = golden.number.value
    if number.place is None or number.value == wanted:
        return number.value == wanted
    return number.digits >= DIGITS and is_rounding(number.value, number.place, wanted)


def missing(path: Path, chapter: int) -> list[Finding]:
    """Find the golden numbers that a chapter teaches and does not print."""
    found = [
        number
        for cell in read(path).cells
        if cell.cell_type == "code"
        for _, text in output_texts(cell)
        for number in printed(text)
        if number.text.lstrip("-") not in LOGITS  # the logit 2.4612 is not ln(e + 9)
    ]
    return [
        Finding(
            path.name,
            f"the golden number {golden.key} = {golden.decimal} {golden.unit}".rstrip()
            + " is in no output",
            f"print it from a computation, rounded correctly, with {DIGITS} digits or more.",
        )
        for golden in GOLDEN
        if chapter in golden.chapters and not any(shows(number, golden) for number in found)
    ]


def code_literals(source: str) -> Iterator[str]:
    """Yield the numbers that code holds, those inside its strings included, comments left out."""
    try:
        tokens = list(tokenize.generate_tokens(io.StringIO(source).readline))
    except (tokenize.TokenError, SyntaxError):  # a magic: read the text itself
        yield from (number.text for number in numbers(re.sub(r"#.*", "", source)))
        return
    for token in tokens:
        if token.type == tokenize.NUMBER:
            yield token.string.replace("_", "")
        elif tokenize.tok_name[token.type] in ("STRING", "FSTRING_MIDDLE"):
            yield from (number.text for number in numbers(clean(token.string)))


def folded(source: str) -> Iterator[tuple[str, Fraction, int]]:
    """Yield (text, value, digits) of arithmetic on plain numbers, such as 67.3012 / 100.

    ``digits`` is how many significant digits its longest decimal has. Where no decimal has
    ``DIGITS`` of them, the expression computes: 0.6**3 * 0.4**2 and 1 / 60 are left out. An integer
    counts as a decimal where everything else is a power of ten: 673012 / 10**6.
    """
    tree, source = parse(source)
    for node in ast.walk(tree):
        value = constant(node) if isinstance(node, ast.BinOp) else None
        if not value:
            continue
        text = " ".join((ast.get_source_segment(source, node) or "").split())
        found = [number for number in numbers(text) if number.text not in LOGITS | set(PRINTED)]
        decimals = [n for n in found if "." in n.text or "e" in n.text.lower()]
        others = [n for n in found if n.digits >= DIGITS]
        if len(others) == 1 and all(n.digits <= 1 for n in found if n is not others[0]):
            decimals.append(others[0])
        digits = max((number.digits for number in decimals), default=0)
        if digits >= DIGITS:
            yield text, value, digits


def is_near(value: Fraction, digits: int, golden: Golden) -> bool:
    """Tell whether a value of so many digits is a golden one: less than 1 in its last digit off."""
    wanted = abs(golden.number.value)
    size = int(mpmath.floor(mpmath.log10(mpmath.mpf(wanted.numerator) / wanted.denominator)))
    return abs(abs(value) - wanted) < Fraction(10) ** (size + 1 - min(digits, FLOAT_DIGITS))


def is_typed(number: Number, golden: Golden) -> bool:
    """Tell whether a number of the code is a golden one: rounded, cut off, or a float's repr."""
    cut = dataclasses.replace(number, truncated=True)
    if quotes(number, golden.number) or quotes(cut, golden.number):
        return True
    return number.digits > FLOAT_DIGITS and is_near(number.value, FLOAT_DIGITS, golden)


def literals(path: Path) -> list[Finding]:
    """Find golden decimals typed into code cells instead of being computed there."""
    found = []
    for index, cell in enumerate(read(path).cells, start=1):
        if cell.cell_type != "code":
            continue
        typed = [
            (golden.key, text)
            for text in code_literals(cell.source)
            if text.lstrip("-") not in LOGITS | set(PRINTED)
            for number in numbers(text)
            if number.digits >= DIGITS
            for golden in GOLDEN
            if is_typed(number, golden)
        ] + [
            (golden.key, text)
            for text, value, digits in folded(cell.source)
            for golden in GOLDEN
            if is_near(value, digits, golden)
        ]
        keys = {text: key for key, text in reversed(typed)}  # the first golden number of a text
        found += [
            Finding(
                place(path, index, cell),
                f"the golden number {key} stands in the code as {text}",
                "compute it; a figure's label takes it from an f-string.",
            )
            for text, key in keys.items()
        ]
    return found


def check(path: Path) -> list[Finding]:
    """Return the findings of this guard in one chapter."""
    chapter = next((n for n, p in CHAPTERS.items() if p.name == path.name), 0)
    return missing(path, chapter) + literals(path)
