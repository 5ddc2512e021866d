r"""Read the numbers in a text: prose, LaTeX, Markdown tables, printed outputs.

A number is read whole: ``0.6730`` is never found inside ``0.67301``. Thousands may be grouped by
thin, hard or plain spaces, ``\,``, ``{,}`` or commas.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction

_SUPERSCRIPTS = str.maketrans("⁻⁰¹²³⁴⁵⁶⁷⁸⁹", "-0123456789")
_THIN = "\u2009\u202f\u00a0"
# Applied in this order.
_LATEX = (
    (r"\{,\}", ","),
    (r"\\[td]?frac\s*\{\s*(\d+)\s*\}\s*\{\s*(\d+)\s*\}", r"\1/\2"),
    (r"\\[td]?frac\s*(\d)\s*(\d)(?!\d)", r"\1/\2"),
    (r"\\[,!]|\\ ", "\u202f"),
    (r"\\%", "%"),
    (r"\\(?:times|cdot)(?![A-Za-z])", "×"),
    (r"\\l?dots(?![A-Za-z])", "…"),
    (r"\.\.\.", "…"),
    (r"\^\s*\{\s*([-\u2212]?\s*\d+)\s*\}", r"^\1"),
    (r"\}\s*\{", " / "),
    (r"\\(?:text|mathrm|mathbf|mathit|mathsf|operatorname)\s*\{([^{}]*)\}", r" \1 "),
    (r"\\[A-Za-z]+", " "),
    (r"[{}$]", " "),
)
_NUMBER = re.compile(
    rf"""
    (?P<sign>(?<![\w)\]%.])[-\u2212])?         # a sign, not a binary minus or a hyphen
    (?<![A-Za-z0-9_])(?<![0-9]\.)              # not the tail of a name or of another number
    (?: (?P<whole>[0-9]{{1,3}}(?:[,{_THIN}\ ][0-9]{{3}})+(?![0-9])|[0-9]+)
        (?P<part>\.[0-9]+(?:[{_THIN}][0-9]{{3}})*)?
      | (?P<bare>\.[0-9]+) )
    (?: [eE](?P<exp>[-+]?[0-9]+)
      | \s?[×·]\s?10\^\s?(?P<power>[-\u2212]?[0-9]+) )?
    """,
    re.VERBOSE,
)
_POWER_OF_TEN = re.compile(r"(?<![0-9.])10\^\s?[-\u2212]?[0-9]+")


@dataclass(frozen=True)
class Number:
    """A number as written in a text.

    ``place`` is the power of ten of the last digit written (None: exact, such as a fraction),
    ``digits`` counts the significant digits (of an integer, without its trailing zeros).
    """

    text: str
    value: Fraction
    place: int | None
    digits: int
    signed: bool = False
    percent: bool = False
    truncated: bool = False  # "0.1666…" is truncated, not rounded
    start: int = 0
    end: int = 0
    parts: tuple[Number, ...] = ()  # "100 200" may be one number or two


def exact(value: Fraction | int) -> Number:
    """Return a number that is known exactly."""
    return Number(str(value), Fraction(value), None, 99)


def clean(text: str) -> str:
    """Return Markdown or LaTeX as plain text in which every number can be read."""
    for pattern, plain in _LATEX:
        text = re.sub(pattern, plain, text)
    return re.sub(
        "(?<=10)[⁻⁰¹²³⁴⁵⁶⁷⁸⁹]+", lambda match: "^" + match[0].translate(_SUPERSCRIPTS), text
    )


def numbers(text: str) -> Iterator[Number]:
    """Yield the numbers of a text returned by ``clean``, except bare powers of ten."""
    text = _POWER_OF_TEN.sub(
        lambda match: match[0] if _has_factor(text, match.start()) else " " * len(match[0]), text
    )
    for match in _NUMBER.finditer(text):
        yield _number(match, text)


def _has_factor(text: str, start: int) -> bool:
    return bool(re.search(r"[0-9]\s?[×·]\s?$", text[:start]))


def _number(match: re.Match[str], text: str) -> Number:
    whole, part = match["whole"] or "", match["part"] or match["bare"] or ""
    decimals = re.sub("[^0-9]", "", part)
    plain = re.sub("[^0-9]", "", whole)
    ten = int((match["exp"] or match["power"] or "0").replace("\u2212", "-"))
    value = Fraction(int((plain + decimals) or "0")) * Fraction(10) ** (ten - len(decimals))
    significant = (plain + decimals).lstrip("0")
    if not part and ten == 0:
        significant = significant.rstrip("0")
    after = text[match.end() :]
    negative = bool(match["sign"]) and not re.match("/[0-9]", after)  # the fraction has the sign
    pieces = [] if part else re.split("[, ]", whole)  # thin spaces always group digits
    return Number(
        text=match[0],
        value=-value if negative else value,
        place=ten - len(decimals),
        digits=len(significant),
        signed=negative,
        percent=bool(re.match(rf"[{_THIN} ]?%", after)),
        truncated=after.startswith("…"),
        start=match.start(),
        end=match.end(),
        parts=tuple(next(numbers(piece)) for piece in pieces) if len(pieces) > 1 else (),
    )


def fractions(text: str) -> Iterator[Number]:
    """Yield the fractions a/b of a text, as exact values."""
    for match in re.finditer(r"(?<![\w./])([-\u2212]?[0-9]+)/([0-9]+)(?![\w./])", text):
        if int(match[2]):
            yield exact(Fraction(int(match[1].replace("\u2212", "-")), int(match[2])))


def printed(text: str) -> list[Number]:
    """Return every number in a printed text, in each possible reading."""
    text = clean(text)
    found = list(fractions(text))
    for number in numbers(text):
        found += [number, *number.parts]
    return found


def is_rounding(
    shown: Fraction, at: int, source: Fraction, known: int | None = None, *, cut: bool = False
) -> bool:
    """Return whether ``shown``, whose last digit is at 10**at, is ``source`` rounded there.

    ``known`` is the place of the last digit of the source, if that is rounded itself.
    """
    if known is not None and at < known:
        return False  # more digits are shown than are known
    unit = Fraction(10) ** at
    if cut:
        return 0 <= abs(source) - abs(shown) < unit and shown * source >= 0
    error = abs(shown - source)
    # At an exact tie both rounding away from zero and rounding to even are accepted.
    tie = error == unit / 2 and (abs(shown) > abs(source) or shown / unit % 2 == 0)
    return error < unit / 2 or tie


def quotes(shown: Number, source: Number) -> bool:
    """Return whether a number in the text is the correct rounding of a printed one.

    Without a sign in the text the absolute values are compared; a percentage may quote a printed
    share and vice versa. An integer that ends in 00 may be rounded to its zeros.
    """
    assert shown.place is not None
    places = {shown.place}
    if shown.place == 0 and shown.digits >= 3:
        zeros = re.search("0*$", str(shown.value))
        places |= {len(zeros[0])} if zeros and len(zeros[0]) >= 2 else set()
    scales = {0}
    if shown.percent and not source.percent:
        scales.add(-2)
    if source.percent and not shown.percent:
        scales.add(2)
    value = source.value if shown.signed else abs(source.value)
    return any(
        is_rounding(
            shown.value * Fraction(10) ** s, at + s, value, source.place, cut=shown.truncated
        )
        for at in places
        for s in scales
    )
