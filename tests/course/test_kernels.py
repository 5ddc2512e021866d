"""The kernel sets, what they need, and the run that changes the last bits of every sum."""

import dataclasses
import json
import math
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from course import execute, perturbed
from course.guards.samples import code, figure, printed, save, text
from course.kernels import (
    KERNEL_SETS,
    SWITCHES,
    Difference,
    Machine,
    differences,
    environment,
    reason_not_supported,
    shown,
    this_machine,
    unmarked,
)
from scripts import test_cpu

V2 = frozenset({"SSE42", "X86_V2"})
V3 = V2 | {"AVX2", "FMA3", "X86_V3"}
V4 = V3 | {"AVX512F", "AVX512_SKX", "X86_V4"}
DISPATCHED = ("X86_V3", "X86_V4", "AVX512_ICL", "AVX512_SPR")
SERVER = Machine(V4, DISPATCHED, "AVX512", True, True, True, cores=4)
LAPTOP = dataclasses.replace(SERVER, features=V3, torch="AVX2")
OLD = dataclasses.replace(SERVER, features=V2, torch="DEFAULT", cores=1)
MAC = Machine(frozenset({"ASIMD"}), (), "DEFAULT", False, False, False, cores=8)
ARM_SERVER = dataclasses.replace(MAC, openblas=True, glibc=True)
BY_NAME = {kernels.name: kernels for kernels in KERNEL_SETS}


def possible(machine: Machine) -> set[str]:
    return {kernels.name for kernels in KERNEL_SETS if not reason_not_supported(kernels, machine)}


def test_each_machine_runs_what_it_can() -> None:
    everywhere = {"as the processor chooses", "torch: default", "perturbed"}
    sse = {"MKL: COMPATIBLE", "MKL: SSE4.2", "OpenBLAS: Nehalem", "glibc: without FMA"}
    avx2 = {"torch: AVX2", "MKL: AVX2", "NumPy: baseline", "OpenBLAS: Haswell", "OpenBLAS: Zen"}
    avx512 = {"torch: AVX-512", "NumPy: AVX2", "OpenBLAS: SkylakeX"}
    assert possible(OLD) == everywhere | sse
    assert possible(LAPTOP) == everywhere | sse | avx2 | {"two threads"}
    assert possible(SERVER) == everywhere | sse | avx2 | avx512 | {"two threads"}
    assert possible(MAC) == everywhere | {"two threads"}
    assert possible(ARM_SERVER) == everywhere | {"two threads", "OpenBLAS: ARMV8"}


@pytest.mark.parametrize(
    ("name", "machine", "reason"),
    [
        ("torch: AVX-512", LAPTOP, "this processor has no AVX512F"),
        ("torch: AVX2", dataclasses.replace(LAPTOP, torch="DEFAULT"), "PyTorch chooses DEFAULT"),
        ("MKL: COMPATIBLE", MAC, "no mkl here"),
        ("glibc: without FMA", ARM_SERVER, "this processor has no SSE42"),
        ("OpenBLAS: ARMV8", SERVER, "this processor has no ASIMD"),
        ("NumPy: baseline", OLD, "nothing to switch off"),
        ("two threads", OLD, "only 1"),
    ],
)
def test_what_cannot_be_run_says_why(name: str, machine: Machine, reason: str) -> None:
    assert reason in reason_not_supported(BY_NAME[name], machine)


def test_a_switch_of_the_shell_is_not_inherited() -> None:
    inherited = dict.fromkeys(SWITCHES, "x") | {"HOME": "/h", "OMP_NUM_THREADS": "7"}
    found = environment(KERNEL_SETS[0], SERVER, inherited)
    assert found == {"HOME": "/h"} | dict.fromkeys(
        ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1"
    )
    assert environment(BY_NAME["two threads"], SERVER, {})["OMP_NUM_THREADS"] == "2"
    for kernels in KERNEL_SETS:
        assert set(kernels.environment) <= set(SWITCHES)


def test_only_existing_features_are_disabled() -> None:
    """NumPy does not start if it is told to disable a feature that does not exist."""
    name = "NPY_DISABLE_CPU_FEATURES"
    assert environment(BY_NAME["NumPy: baseline"], SERVER, {})[name] == "X86_V3 X86_V4"
    assert environment(BY_NAME["NumPy: AVX2"], SERVER, {})[name] == "X86_V4"
    assert environment(BY_NAME["NumPy: baseline"], LAPTOP, {})[name] == "X86_V3"


def test_the_switches_take_effect() -> None:
    """With the weakest kernels, NumPy and PyTorch report them."""
    machine = this_machine()
    settings = environment(BY_NAME["torch: default"], machine, os.environ)
    settings |= environment(BY_NAME["NumPy: baseline"], machine, {})
    program = (
        "import json; from course.kernels import this_machine as m; "
        "print(json.dumps([m().torch, sorted(m().features & set(m().dispatched))]))"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], env=settings, capture_output=True, text=True, check=True
    )
    assert json.loads(done.stdout) == ["DEFAULT", []]


def test_what_a_cell_shows() -> None:
    cell = figure()
    cell.outputs = [printed("a\n"), printed("b\n"), printed("c\n", "stderr"), *cell.outputs]
    assert shown(cell) == [("stdout", "a\nb\n"), ("stderr", "c\n")]


def test_differences_name_the_cell_and_the_lines() -> None:
    before = [text("# A"), code("f", printed("1\n2\n")), code("g", printed("3\n"))]
    after = [text("# A"), code("f", printed("1\n4\n")), code("g", printed("3\n"))]
    before[1]["id"] = "here"
    (found,) = differences("01", before, after)
    assert found == Difference("01", "here", 1, "1\n2\n", "1\n4\n")
    assert str(found) == "01, cell here [1]\n    - 2\n    + 4"
    before[1].metadata["tags"] = ["nbval-ignore-output"]
    assert differences("01", before, after) == []


def test_a_line_that_is_missing_is_a_difference() -> None:
    found = Difference("01", "x", 1, "1\n2\n", "1\n")
    assert str(found).splitlines()[1:] == ["    - 2", "    + "]


def test_a_reason_answers_for_its_own_cell_only() -> None:
    cells = [text("# A"), code("f"), code("g", float_reason="exact"), code("h", float_reason=" ")]
    found = unmarked("01", cells, [(1, "equality"), (2, "equality"), (3, "sum")])
    assert [line.split("[")[1] for line in found] == ["1]: equality", "3]: sum"]


@given(st.lists(st.integers(-(2**30), 2**30), min_size=2, max_size=30), st.randoms())
def test_sums_called_exact_are_the_same_in_every_order(numbers: list[int], random) -> None:
    terms = np.array(numbers) / 2.0**20
    assert perturbed.is_exact(terms, np.abs(terms).sum())
    random.shuffle(numbers)
    assert sum(number / 2.0**20 for number in numbers) == float(terms.sum())


@pytest.mark.parametrize(
    "terms", [[0.1, 0.2], [1.0, 2.0**-21], [2.0**31, 1.0], [1.0, np.nan], [np.inf, 1.0]]
)
def test_other_sums_are_not_called_exact(terms: list[float]) -> None:
    assert not perturbed.is_exact(np.array(terms), np.abs(terms).sum())


@given(st.floats(allow_nan=True), st.integers(0, 99))
def test_noise_stays_within_its_bound_and_leaves_what_is_exact(value: float, seed: int) -> None:
    noise = perturbed.Noise(seed)
    moved = noise.function(value)
    if not math.isfinite(value) or value == round(value):
        assert moved == value or math.isnan(value)
    else:
        assert abs(moved - value) <= 2 * perturbed.LAST_BIT * abs(value)
    assert noise.function(np.array([1, 2])).dtype == np.int64


# Mutation: `change = 0 * size * ...` in Noise.add. Only the notebook below noticed, half a minute
# later.
def test_noise_moves_what_another_processor_may_round_otherwise() -> None:
    terms = np.random.default_rng(0).uniform(size=(50, 3))
    watch = perturbed.Watch(0)
    noise = watch.noise
    assert noise is not None
    add = watch.reduction(np.add.reduce)
    for plain, moved in (
        (terms, noise.function(terms)),
        (terms.sum(axis=1), add(terms, 1)),
        (terms[:, :2].sum(axis=1), add(terms[:, :2], 1)),
        (terms @ terms.T, watch.matmul(np.matmul)(terms, terms.T)),
        (np.exp(terms), watch.function(np.exp)(terms)),
    ):
        assert (plain != moved).mean() > 0.2
        np.testing.assert_allclose(moved, plain, rtol=1e-15)
    with watch.calculating():
        np.testing.assert_array_equal(watch.reduction(np.add.reduce)(terms, 1), terms.sum(axis=1))


@pytest.mark.parametrize("kind", perturbed.LOW[:2])
def test_a_sum_in_low_precision_is_written_down(kind: str) -> None:
    watch = perturbed.Watch(0)
    add, multiply = watch.reduction(np.add.reduce), watch.matmul(np.matmul)
    few, many = np.full((1, 2), 0.1, kind), np.full((1, 3), 0.1, kind)
    add(few, 1)
    multiply(few, few.T)
    add(np.full(9, 0.1), 0)
    assert watch.events == []
    add(many, 1)
    multiply(many, many.T)
    assert [event for _, event in watch.events] == [
        f"a sum of more than two terms in {kind}",
        f"a matrix product of more than two terms in {kind}",
    ]


BAD = {
    "a tie": 'print([f"{np.full(10, 0.1).sum() / 2:.0f}" for _ in range(20)])',
    "torch's tie": (
        "t = torch.full((10,), 0.1, dtype=torch.float64)\n"
        'print([f"{t.sum().item() / 2:.0f}" for _ in range(20)])'
    ),
    "a product": ('u = np.full(10, 0.1)\nprint([f"{u @ np.ones(10):.17f}" for _ in range(20)])'),
    "the last digits": 'print([f"{np.exp(k / 7):.17g}" for k in range(1, 21)])',
    "float32": 'print(f"{torch.full((10,), 0.1).sum().item():.3f}")',
    "a float16 array": 'print(f"{np.full(10, 0.1, np.float16).sum():.2f}")',
    "a float32 product": 'w = np.full(10, 0.1, np.float32)\nprint(f"{w @ w:.3f}")',
    "equality": "print(bool(np.sqrt(2.0) ** 2 == 2))",
    "equality of tensors": "print(bool((torch.zeros(2).double() != 0).any()))",
}
GOOD = {
    "many decimals": 'print(f"{np.full(10, 0.1).sum():.6f} {np.exp(0.3):.6f}")',
    "two terms": 'print(f"{torch.tensor([0.1, 0.2]).sum().item():.3f}")',
    "whole numbers": "print(np.arange(10.0).sum(), torch.ones(7).double().sum().item())",
    "halves": "print([np.array([0.5, 0.25, 0.25]).sum(), np.exp(0.0), np.log(1.0)])",
    "an accumulation": 'print(f"{np.cumsum(np.full(9, 0.1, np.float16))[-1]:.3f}")',
    "equality of integers": "print((np.arange(3) == 1).tolist(), 'a' == 'a')",
    "a network": (
        "net = torch.nn.Linear(3, 2, dtype=torch.float64)\n"
        "z, y = net(torch.eye(3).double()), torch.tensor([0, 1, 1])\n"
        "loss = torch.nn.functional.cross_entropy(z, y)\n"
        "loss.backward()\nprint(loss.item() > 0, net.bias.grad.sum().abs().item() < 1e-14)"
    ),
    "infinity": (
        "t = torch.tensor([0.1, np.inf], dtype=torch.float64)\n"
        "print(np.sum([np.inf, 0.1]), t.sum().item())"
    ),
}


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory):
    """One notebook with bad and good cells, executed and stored, and run again perturbed."""
    cells = [code(source) for source in (BAD | GOOD).values()]
    opening = code("import numpy as np\nimport torch\n\n_ = torch.manual_seed(0)")
    path: Path = save(tmp_path_factory.mktemp("cpu"), opening, *cells)
    execute.execute(path)
    before = path.read_bytes()
    result = test_cpu.execute(path, True, os.environ)
    assert path.read_bytes() == before, "the notebook is left as it is"
    assert test_cpu.execute(path, False, os.environ).differences == []
    return result


def names(numbers: set[int]) -> set[str]:
    return {[*BAD, *GOOD][number - 2] for number in numbers}


@pytest.mark.slow
def test_decimals_that_hang_on_the_last_bits_move_and_no_others(run) -> None:
    moved = names({difference.number for difference in run.differences})
    assert moved == {"a tie", "torch's tie", "a product", "the last digits"}


@pytest.mark.slow
def test_low_precision_and_equality_are_seen_where_they_are(run) -> None:
    seen = {
        (int(line.split("[")[1].split("]")[0]), line.split(": ", 1)[1]) for line in run.unmarked
    }
    found = {(next(iter(names({number}))), what) for number, what in seen}
    assert found == {
        ("float32", "a sum of more than two terms in float32 (sum)"),
        ("a float16 array", "a sum of more than two terms in float16"),
        ("a float32 product", "a matrix product of more than two terms in float32"),
        ("equality", "equality of floats"),
        ("equality of tensors", "equality of floats"),
    }
