"""Every number in the text is one that a cell has printed, rounded correctly."""

from decimal import ROUND_HALF_EVEN, ROUND_HALF_UP, Decimal
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from course.guards import NOTEBOOKS, PAGES, README
from course.guards.prose_numbers import check, unknown
from course.guards.samples import ALT, code, figure, printed, save, text
from course.guards.tokens import Number, clean, numbers, quotes
from course.guards.tokens import printed as tokens


def unknown_numbers(prose: str, output: str) -> list[str]:
    return [number.text for number, _, _ in unknown(prose, tokens(output))]


@pytest.mark.parametrize("path", [*NOTEBOOKS, *PAGES, README], ids=lambda path: path.stem)
def test_chapter_or_page(path: Path) -> None:
    assert path.exists(), f"{path.name} is missing"
    found = check(path)
    assert not found, "\n".join(map(str, found))


# --- reading numbers --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ("1108", "1108"),
        ("1\u202f108", "1108"),
        ("1\u2009108", "1108"),
        ("1\u00a0108", "1108"),
        ("1 108", "1108"),
        ("1,108", "1108"),
        (r"$1\,108$", "1108"),
        (r"$1\ 108$", "1108"),
        ("$1{,}108$", "1108"),
        ("101 770", "101770"),
        (r"$23\,570.6$", "23570.6"),
        ("0.673\u202f012", "0.673012"),
        (".673012", "0.673012"),
        ("-3.365", "-3.365"),
        ("\u22123.365", "-3.365"),
        ("$= -3.365$", "-3.365"),
        ("($-3.365$)", "-3.365"),
        ("| −3.365 |", "-3.365"),
        ("1.23e-05", "0.0000123"),
        (r"$1.23\times10^{-5}$", "0.0000123"),
        (r"$1.23 \cdot 10^{-5}$", "0.0000123"),
        ("1.23·10⁻⁵", "0.0000123"),
        ("1.23 × 10⁻⁵", "0.0000123"),
        (r"$1.23\times10^{3}$", "1230"),
        ("**0.673**", "0.673"),
        ("`0.673`", "0.673"),
        ("θ=0.673", "0.673"),
        (r"$\mathrm{0.673}$", "0.673"),
        ("<td>0.673</td>", "0.673"),
        ("0.5 nats and 0.673.", "0.673"),
        ("ball 156", "156"),
    ],
)
def test_a_number_is_read(written: str, value: str) -> None:
    read = [number.value for number in numbers(clean(written)) if number.digits >= 3]
    assert read == [Fraction(value)]


@pytest.mark.parametrize(
    ("written", "values"),
    [
        ("0.693147 − 0.673012", [0.693147, 0.673012]),
        ("$0.693147-0.673012$", [0.693147, 0.673012]),
        ("2.295–2.315", [2.295, 2.315]),
        ("from 2.295-2.315", [2.295, 2.315]),
        (r"$\frac{108}{3125}$", [108, 3125]),
        ("108/3125", [108, 3125]),
        (r"$-\frac{108}{3125}$", [108, 3125]),
        ("(0.531,0.338)", [0.531, 0.338]),
        ("0.531, 0.338", [0.531, 0.338]),
        ("$0.531,\\,0.338$", [0.531, 0.338]),
        ("`float64` and x1000", []),
        ("$10^{-146}$, 10⁻¹⁴⁶ and 10^300", []),
        ("$0.5^{1075}$", [1075]),
        (r"$\log_{10} x$", []),
        ("10 000 and 8000 and 1 500", []),
        ("0.05, 0.00531", [0.00531]),
    ],
)
def test_adjacent_numbers_are_separated(written: str, values: list[float]) -> None:
    read = [float(number.value) for number in numbers(clean(written)) if number.digits >= 3]
    assert read == values


@given(st.integers(1000, 10**9), st.sampled_from(["\u202f", "\u2009", "\u00a0", " ", ",", r"\,"]))
def test_grouped_thousands_are_one_number(value: int, separator: str) -> None:
    written = f"{value:,}".replace(",", separator)
    (number,) = numbers(clean(f"There are {written} of them."))
    assert number.value == value


# --- rounding ---------------------------------------------------------------------------------

decimals = st.decimals(-10_000, 10_000, allow_nan=False, allow_infinity=False, places=8)


def number(value: Decimal | str) -> Number:
    (read,) = numbers(f"{value:f}" if isinstance(value, Decimal) else value)
    return read


@given(decimals, st.integers(0, 7), st.sampled_from([ROUND_HALF_EVEN, ROUND_HALF_UP]))
def test_every_correct_rounding_is_accepted(value: Decimal, places: int, how: str) -> None:
    rounded = value.quantize(Decimal(1).scaleb(-places), how)
    assume(rounded)  # "-0.00" has no sign to compare
    assert quotes(number(rounded), number(value))


@given(decimals, st.integers(1, 7), st.sampled_from([-1, 1]))
def test_one_unit_in_the_last_place_is_too_much(value: Decimal, places: int, way: int) -> None:
    unit = Decimal(1).scaleb(-places)
    even, up = (value.quantize(unit, how) for how in (ROUND_HALF_EVEN, ROUND_HALF_UP))
    wrong = even + way * unit
    assume(wrong != up)
    assume(wrong * value > 0)
    assert not quotes(number(wrong), number(value))


@given(decimals, st.integers(1, 7))
def test_more_digits_than_printed_are_refused(value: Decimal, places: int) -> None:
    rounded = value.quantize(Decimal(1).scaleb(-places))
    longer = rounded.quantize(Decimal(1).scaleb(-places - 1))
    assert not quotes(number(longer), number(rounded))


@given(st.integers(11, 10**6), st.integers(0, 99))
def test_a_piece_of_a_number_is_not_the_number(whole: int, hundredths: int) -> None:
    written = f"{whole}.{hundredths:02d}"
    assert not quotes(number(written[1:]), number(written))


@pytest.mark.parametrize(
    ("prose", "output"),
    [
        ("It is 0.673 nats.", "0.673012"),
        ("It is 0.6730 nats.", "0.673012"),
        ("It is 51.2 %.", "0.51234"),
        ("It is 51.2%.", "51.23 %"),
        (r"It is $51.2\,\%$.", "0.5120"),
        ("It is 0.512.", "51.2 %"),
        ("A loss of 3.365 nats.", "-3.365058"),
        ("It is −3.365 nats.", "-3.365058"),
        ("It is 0.125 or 0.135.", "0.1250 0.13450"),
        ("It is 0.134, at a tie.", "0.1345"),
        ("It is 1108.", "first zero at ball 1 108"),
        ("The balls 156, 150.", "156 150"),
        ("The balls 156,150.", "156 and 150"),
        ("In all 23 571, or about 23 600.", "23570.6"),
        ("It is 0.0346.", "108/3125"),
        (r"It is $\frac{108}{3125}$.", "108/3125"),
        (r"It is $\frac{108}{3125}$.", r"\frac{108}{3125}"),
        ("It is 0.1666… here.", "1/6"),
        ("See section 2.10 and figure 3.12.", ""),
        ("## 1.10 Ten colours", ""),
        ("MacKay (2003, p. 129), pp. 379–423, vol. 127.", ""),
        ("[a page](https://example.org/1234/5678.html)", ""),
        ("Shannon (1948), Shannon 1948, [Bridle, 1990b](x.md).", ""),
        ("(Shannon, 1948; Kullback and Leibler, 1951) and (1922)", ""),
        ("In 1948 Shannon wrote it, and in 1951 they met; since 2019.", ""),
        ("The paper of 1922 that named it.", ""),
        ("Sections 2.9, 3.14 and 4.1; section 2.10, figure 3.14.", ""),
        ("doi 10.1214/ss/1030037906, arXiv:1412.6980", ""),
        ("the net 784–128–10 and the net 784 → 128 → 10", ""),
        ("Python 3.11 to 3.13; NumPy 2.4.61", ""),
        ("`float64`, 28×28, 60 epochs, 10 000 images", ""),
        ("It takes 12.5 s and 1.64 MB.", ""),
        ("<!-- 0.98765 -->", ""),
    ],
)
def test_passes(prose: str, output: str) -> None:
    assert unknown_numbers(prose, output) == []


@pytest.mark.parametrize(
    ("prose", "output", "bad"),
    [
        ("It is 0.674 nats.", "0.673012", "0.674"),
        ("It is 0.6731 nats.", "0.673012", "0.6731"),
        ("It is 0.673012 nats.", "0.6730", "0.673012"),  # more digits than printed
        ("It is 0.673 nats.", "10.673 0.6735", "0.673"),  # never a piece of a number
        ("It is 0.3456.", "0.03456", "0.3456"),
        ("It is 3.456.", "3.4567e-02", "3.456"),
        ("It is 51.2.", "0.512", "51.2"),  # not without its %
        ("It is 0.00512.", "0.512", "0.00512"),
        ("It is −3.365 nats.", "3.365058", "−3.365"),
        ("It is $-3.365$ nats.", "3.365058", "-3.365"),
        ("There are 1108 balls.", "11089 110 8", "1108"),
        ("There are 101 770.", "101 771", "101 770"),  # a count, not rounded
        ("It is 0.1667… here.", "1/6", "0.1667"),  # dots say that it goes on
        ("It is $1.23\\times10^{-5}$.", "1.23e-06", "1.23×10^-5"),
        ("| 0.5 | 0.987 |", "0.5", "0.987"),
        ("<details>It is 0.987</details>", "", "0.987"),
        ("In chapter 3, 1.75 bits.", "", "1.75"),
        ("# A heading with 0.987", "", "0.987"),
        ("The year 1776.", "", "1776"),
        ("It took 1950 steps.", "", "1950"),
        ("In 1950 steps it falls.", "", "1950"),
        ("The loss is 2020.", "", "2020"),
        ("A loss of 2020.", "", "2020"),
        ("It stopped (after 1950 steps).", "", "1950"),
        ("A run of 1950 balls.", "", "1950"),
        ("The Adam run needs 2020 steps.", "", "2020"),
        ("Section 2.9, 3.14 nats.", "", "3.14"),
        ("Sections 2.9, 3.14 nats.", "", "3.14"),
        ("Figure 3.14 nats.", "", "3.14"),
        ("In figure 5.1 the loss falls to 0.987 nats.", "", "0.987"),
    ],
)
def test_refused(prose: str, output: str, bad: str) -> None:
    assert unknown_numbers(prose, output) == [bad]


# --- notebooks --------------------------------------------------------------------------------


def test_good_notebook_passes(tmp_path: Path) -> None:
    path = save(
        tmp_path,
        text("The entropy is 0.673012 nats; the worst of them costs 4.25 nats."),
        code("f()  # 4.25 again", printed("4.2512 nats\n")),
        figure(ALT + " The dot stands at 7.31.", "<svg><!-- 7.31 --></svg>"),
    )
    assert check(path) == []


@pytest.mark.parametrize(
    ("cell", "where"),
    [
        (text("One line.\n\nThe loss is 4.26 nats."), "line 3"),
        (code("f()  # 4.26 nats"), "comments"),
        (figure(ALT + " It ends at 4.26."), "alt text"),
    ],
)
def test_bad_notebook_is_refused(tmp_path: Path, cell: dict, where: str) -> None:
    (finding,) = check(save(tmp_path, code("f", printed("4.2512 nats\n")), cell))
    assert "4.26" in finding.problem
    assert where in finding.where


def test_stderr_and_other_cells_pictures_are_not_sources(tmp_path: Path) -> None:
    path = save(
        tmp_path,
        text("It is 4.25."),
        code("f", printed("4.25", "stderr")),
        figure(svg="<svg><!-- 4.25 --></svg>"),
    )
    assert len(check(path)) == 1


def test_a_page_may_quote_golden_numbers_only_correctly(tmp_path: Path) -> None:
    page = tmp_path / "notation.md"
    page.write_text("1 nat is 1.75 bits, 0.673 nats.\n\nIt is 0.987654 bits.\n", encoding="utf-8")
    (finding,) = check(page)
    assert "0.987654" in finding.problem
    assert "line 3" in finding.where
