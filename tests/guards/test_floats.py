"""Results that depend on the last bits of a sum are found, and so are implicit tolerances."""

import math
from pathlib import Path

import numpy as np
import pytest
import torch

from course.guards import NOTEBOOKS, ROOT, read
from course.guards.floats import check, equalities, implicit_tolerances, low_precision_sums
from course.guards.samples import code, save, text

EXECUTED = (
    *NOTEBOOKS,
    *sorted((ROOT / "exercises" / "source").rglob("*.ipynb")),
)
NOT_OURS = {".venv", "node_modules", "_build", "build", "release"}
PYTHON = tuple(
    path for path in sorted(ROOT.rglob("*.py")) if not NOT_OURS & set(path.relative_to(ROOT).parts)
)


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_notebook(path: Path) -> None:
    found = "\n".join(str(finding) for finding in check(path))
    assert not found, found


@pytest.mark.parametrize(
    "source",
    [
        "expit(37.0) == 1",
        "print(F.cross_entropy(z, y) == 0)",
        "assert np.exp(x) != 1",
        "np.mean(estimates == 0.6)",
        "running = np.cumprod(x)\nnp.argmax(running == 0)",
        "sums = softmax(z).sum(axis=1)\nprint((sums != 1).any())",
        "x = y = 0.1 + 0.2\nx == y",
        "print(loss.item() == other)",
        "0 < k == 0.5",
    ],
)
def test_equality_of_floats_is_found(source: str) -> None:
    assert len(list(equalities(source))) == 1


@pytest.mark.parametrize(
    "source",
    [
        "balls == 1",
        "z.argmax(axis=1) != labels",
        "softmax(z).argmax() == 7",
        "sigma = 1 / (1 + sp.exp(-t))\nsp.simplify(inverse - sigma) == 0",
        "abs(np.exp(x) - 1) < 1e-14",
        "name == 'exp(0.5)'",
        "np.exp(x)[labels == k].mean()",
        "len(np.exp(x)) == 3",
    ],
)
def test_other_comparisons_pass(source: str) -> None:
    assert list(equalities(source)) == []


@pytest.mark.parametrize(
    "source",
    [
        "z = torch.tensor([17.0] + [0.0] * 9)\nF.cross_entropy(z, y)",
        "z = x.astype('float32')\nprint(z.sum())",
        "z = np.array(x, dtype=np.float16)\nz @ z",
        "torch.tensor([20.0, 0.0, 0.0]).softmax(0)",
        "torch.tensor([[20.0, 0.0], [0.0, 1.0]]).sum()",
        "t.bfloat16().mean()",
        "t.float().softmax(0)",
        "torch.rand(10).mean()",
        "torch.nn.Linear(4, 3)(torch.ones(4))",
    ],
)
def test_a_sum_in_low_precision_is_found(source: str) -> None:
    assert len(list(low_precision_sums(source))) == 1


@pytest.mark.parametrize(
    "source",
    [
        "np.cumsum(x.astype('float16'))",  # one order only
        "torch.tensor([0.3, 1.7]).double().sum()",
        "torch.tensor([0.3, 1.7], dtype=torch.float64).sum()",
        "torch.tensor(label).sum()",
        "pair = torch.tensor([20.0, 0.0])\nF.cross_entropy(pair, y)",
        "t = torch.tensor(20.0)\nF.binary_cross_entropy_with_logits(t, t)",
        "torch.tensor([7]).sum()",
        "for dtype in (torch.float32, torch.float16):\n    print(x.exp().to(dtype))",
        "half = 0.5\nx.sum()",
    ],
)
def test_other_sums_pass(source: str) -> None:
    assert list(low_precision_sums(source)) == []


def test_a_cell_with_its_reason_passes(tmp_path: Path) -> None:
    source = "expit(37.0) == 1"
    assert "equality" in str(check(save(tmp_path, text("# A"), code(source)))[0])
    assert check(save(tmp_path, code(source, float_reason="e^-37 is below half an ulp of 1"))) == []
    problems = [f.problem for f in check(save(tmp_path, code(source, float_reason=" ")))]
    assert "float_reason is empty" in problems


@pytest.mark.parametrize("path", PYTHON, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_no_module_has_an_implicit_tolerance(path: Path) -> None:
    found = list(implicit_tolerances(path.read_text(encoding="utf-8")))
    assert not found, found


@pytest.mark.parametrize("path", EXECUTED, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_no_notebook_has_an_implicit_tolerance(path: Path) -> None:
    found = [
        (cell.id, *hit)
        for cell in read(path).cells
        if cell.cell_type == "code"
        for hit in implicit_tolerances(cell.source)
    ]
    assert not found, found


@pytest.mark.parametrize(
    ("source", "adds"),
    [
        ("np.allclose(a, b, rtol=1e-14)", "atol=0"),
        ("np.allclose(a, b, atol=1e-14)", "rtol=0"),
        ("numpy.allclose(a, b, 1e-14)", "atol=0"),
        ("np.isclose(a, b, atol=1e-9)", "rtol=0"),
        ("torch.allclose(a, b, rtol=1e-9)", "atol=0"),
        ("torch.testing.assert_close(a, b, rtol=1e-9)", "atol=0"),
        ("np.testing.assert_allclose(a, b, atol=1e-9)", "rtol=0"),
        ("assert x == pytest.approx(y, rel=1e-9)", "abs=0"),
        ("assert x == approx(y, 1e-9)", "abs=0"),
        ("math.isclose(a, b, abs_tol=1e-9)", "rel_tol=0"),
        ("from math import isclose as near, isclose\nisclose(a, b, abs_tol=1e-9)", "rel_tol=0"),
    ],
)
def test_an_implicit_tolerance_is_found(source: str, adds: str) -> None:
    ((_, message),) = implicit_tolerances(source)
    assert f"add {adds}" in message


@pytest.mark.parametrize(
    "source",
    [
        "np.allclose(a, b)",
        "np.allclose(a, b, rtol=0, atol=1e-14)",
        "np.allclose(a, b, 0, 1e-14)",
        "np.allclose(a, b, 0, atol=1e-14)",
        "np.testing.assert_allclose(a, b, rtol=1e-9)",
        "math.isclose(a, b, rel_tol=1e-14)",
        "pytest.approx(x, abs=1e-9)",
        "pytest.approx(x, rel=1e-9, abs=0)",
        "np.allclose(a, b, **tolerances)",
        "from math import isclose\nisclose(a, b, rel_tol=1e-9)",
    ],
)
def test_both_tolerances_pass(source: str) -> None:
    assert list(implicit_tolerances(source)) == []


@pytest.mark.parametrize(
    ("call", "passes"),
    [
        ("np.allclose(0, 0.9e-8, rtol=1e-14)", True),
        ("np.allclose(0, 1.1e-8, rtol=1e-14)", False),
        ("np.isclose(1, 1 + 0.9e-5, atol=1e-14)", True),
        ("torch.allclose(torch.zeros(1), torch.full((1,), 0.9e-8), rtol=1e-14)", True),
        ("pytest.approx(0.0, rel=1e-9) == 0.9e-12", True),
        ("pytest.approx(1.0, abs=1e-9) == 1 + 1e-7", False),  # no rel = 1e-6 beside it
        ("math.isclose(0, 1e-300, rel_tol=1e-9)", False),
        ("math.isclose(1, 1 + 0.9e-9, abs_tol=1e-14)", True),
        ("np.testing.assert_allclose(1, 1 + 0.9e-7, atol=1e-14) is None", True),
    ],
)
def test_the_defaults_that_the_rule_knows_are_those_of_the_libraries(
    call: str, passes: bool
) -> None:
    names = {"np": np, "torch": torch, "pytest": pytest, "math": math}
    assert bool(eval(call, names)) is passes


def test_assert_allclose_has_no_hidden_atol() -> None:
    with pytest.raises(AssertionError):
        np.testing.assert_allclose(0, 1e-300, rtol=1e-9)
