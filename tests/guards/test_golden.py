"""The golden numbers: an oracle agrees with each, and the chapters compute and print them."""

import ast
import dataclasses
import itertools
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

from course.golden import Golden, oracles
from course.guards import CHAPTERS
from course.guards.golden import GOLDEN, agrees, code_literals, literals, missing, shows
from course.guards.samples import code, printed, save, shown
from course.guards.tokens import printed as tokens

BY_KEY = {golden.key: golden for golden in GOLDEN}


@pytest.mark.parametrize("golden", GOLDEN, ids=lambda golden: golden.key)
def test_oracle_agrees_with_the_decimal(golden: Golden) -> None:
    assert agrees(golden), f"{golden.number.text} is not {golden.decimal}"


@pytest.mark.parametrize("golden", GOLDEN, ids=lambda golden: golden.key)
def test_a_decimal_wrong_in_its_last_digit_is_refused(golden: Golden) -> None:
    last = golden.decimal[-1]
    wrong = golden.decimal[:-1] + str((int(last) + 1) % 10)
    changed = dataclasses.replace(golden, decimal=wrong)
    assert not agrees(changed)


def test_the_oracles_do_not_use_lib() -> None:
    tree = ast.parse(Path(oracles.__file__).read_text(encoding="utf-8"))
    names = {node.module for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    names |= {a.name for node in ast.walk(tree) if isinstance(node, ast.Import) for a in node.names}
    assert not any(str(name).split(".")[0] == "lib" for name in names)


@pytest.mark.parametrize(("form", "dtype"), [("f64", "f8"), ("f32", "f4"), ("f16", "f2")])
def test_emulated_floats_equal_numpys(form: str, dtype: str) -> None:
    product = np.ones((), dtype)[()]
    imitated = Fraction(1)
    factors = [np.array(value, dtype)[()] for value in (0.4, 0.6, 0.4, 0.6, 0.6)]
    for factor in itertools.islice(itertools.cycle(factors), 60):
        product = product * factor
        imitated = oracles.rounded(imitated * Fraction(float(factor)), *oracles.FORMATS[form])
        assert imitated == Fraction(float(product))


@pytest.mark.parametrize("number", CHAPTERS)
def test_chapter_prints_what_it_teaches(number: int) -> None:
    assert CHAPTERS[number].exists(), f"{CHAPTERS[number].name} is missing"
    found = missing(CHAPTERS[number], number)
    assert not found, "\n".join(map(str, found))


@pytest.mark.parametrize("path", CHAPTERS.values(), ids=lambda path: path.stem)
def test_chapter_computes_what_it_prints(path: Path) -> None:
    assert path.exists(), f"{path.name} is missing"
    found = literals(path)
    assert not found, "\n".join(map(str, found))


@pytest.mark.parametrize(
    ("output", "key"),
    [
        ("0.6730", "balls.entropy"),
        ("H = 0.673012 nats", "balls.entropy"),
        ("0.67301166701", "balls.entropy"),
        ("108/3125", "balls.likelihood"),
        (r"$\displaystyle \frac{108}{3125}$", "balls.likelihood"),
        ("0.03456", "balls.likelihood"),
        ("1/60", "balls.area"),
        ("0.6", "balls.mle"),
        ("1.75 bits", "deck.fits"),
        ("11 034 steps", "mse.escape.mse"),
        ("11,034 steps", "mse.escape.mse"),
        ("log L = -3.365058 nats", "balls.loglik"),
        ("5.2284e-03", "seed.after.nll7"),
    ],
)
def test_printed_in_any_of_its_forms(output: str, key: str) -> None:
    assert any(shows(number, BY_KEY[key]) for number in tokens(output))


@pytest.mark.parametrize(
    ("output", "key"),
    [
        ("0.673", "balls.entropy"),  # too few digits
        ("0.6731", "balls.entropy"),  # rounded wrongly
        ("0.67301166", "balls.entropy"),  # cut off
        ("10.6730", "balls.entropy"),  # part of another number
        ("0.67302", "balls.entropy"),
        ("11030", "mse.escape.mse"),  # steps are counted, not rounded
        ("3.365058", "balls.loglik"),  # the sign is part of it
        ("110 34", "mse.escape.mse"),
    ],
)
def test_not_printed(output: str, key: str) -> None:
    assert not any(shows(number, BY_KEY[key]) for number in tokens(output))


def _teaching(*texts: str, path: Path) -> Path:
    return save(path, code("f()", *(printed(text) for text in texts)))


def test_a_chapter_must_print_all_its_numbers(tmp_path: Path) -> None:
    taught = [golden for golden in GOLDEN if 3 in golden.chapters]
    everything = "\n".join(f"{golden.key} {golden.decimal}" for golden in taught)
    assert missing(_teaching(everything, path=tmp_path), 3) == []
    lost = everything.replace("225.5810", "225.59")
    (finding,) = missing(_teaching(lost, path=tmp_path), 3)
    assert "deck.order" in finding.problem


def test_a_picture_or_a_logit_does_not_count_as_printed(tmp_path: Path) -> None:
    path = save(tmp_path, code("f", shown(svg="<svg><!-- 2.46115 --></svg>"), printed("2.4612\n")))
    assert any("dbl.ceil10" in finding.problem for finding in missing(path, 4))
    path = save(tmp_path, code("f", printed("2.46115\n")))
    assert not any("dbl.ceil10" in finding.problem for finding in missing(path, 4))


@pytest.mark.parametrize(
    "source",
    [
        "h = 0.673012",
        "h = .6730",
        "assert abs(h - 6.73012e-1) < 1e-6",
        "ax.set_title('the floor is 0.6730 nats')",
        "ax.text(0, 0, f'{name}: 0.6730')",
        "steps = 11_034",
        "%matplotlib inline\nx = 0.03456",
        "return_value(-3.365058)",
        "h = 0.67301166700925",  # cut off
        "h = 0.67301166",
        "h = 0.6730116670092566",  # a float one bit off
        "h = 67.3012 / 100",
        "h = 0.67 + 0.003012",
        "h = 673012 / 10**6",
        "h = 673012e-6",
        "h = -(1 - 0.326988)",
        "h = 2 * 0.336506",
    ],
)
def test_a_golden_decimal_in_the_code_is_refused(tmp_path: Path, source: str) -> None:
    assert literals(save(tmp_path, code(source)))


@pytest.mark.parametrize(
    "source",
    [
        "h = entropy([0.4, 0.6])",
        "x = 0.67",
        "print(f'{h:.6f} nats')",
        "h = f()  # 0.673012, as before",
        "-log(0.1009)",  # an article's printed value
        "z = [10.0532, -0.4749, 2.4612]",  # an article's logits
        "theta = np.linspace(0, 1, 1201)",
        "x = 0.6729",
        "x = 0.67302",
        "x = 67.2912 / 100",
        "x = 0.6**3 * 0.4**2",  # computed, not typed
        "x = 1 / 60",
        "x = 1201 / 4",
        "x = 2 * np.pi * 0.1234",
    ],
)
def test_other_code_passes(tmp_path: Path, source: str) -> None:
    assert literals(save(tmp_path, code(source))) == []


def test_literals_are_read_in_strings_and_not_in_comments() -> None:
    assert list(code_literals("x = 1.5  # 2.5\ny = '3.5'")) == ["1.5", "3.5"]
