"""The numerical kernels that a processor can run, and what the chapters print with each.

NumPy, OpenBLAS, PyTorch, MKL and glibc choose their code by what the processor can do. Each can be
told to choose as on a lesser processor, by a variable that is read when the process starts.
"""

from __future__ import annotations

import importlib
import os
import platform
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from itertools import zip_longest
from types import MappingProxyType
from typing import Any

ONE_THREAD = MappingProxyType(
    dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1")
)
TWO_THREADS = MappingProxyType(dict.fromkeys(ONE_THREAD, "2"))
# All variables that a kernel set may define; none is inherited from the caller's shell.
SWITCHES = (
    *("ATEN_CPU_CAPABILITY", "MKL_CBWR", "MKL_ENABLE_INSTRUCTIONS", "NPY_DISABLE_CPU_FEATURES"),
    *("NPY_ENABLE_CPU_FEATURES", "OPENBLAS_CORETYPE", "GLIBC_TUNABLES"),
)


@dataclass(frozen=True)
class Machine:
    """The properties that decide which kernel sets can run.

    Attributes
    ----------
    features : frozenset of str
        The processor's features, as detected by NumPy.
    dispatched : tuple of str
        The features for which this NumPy holds code beyond its baseline, weakest first.
    torch : str
        PyTorch's choice: ``"DEFAULT"``, ``"AVX2"``, ``"AVX512"`` and others.
    mkl, openblas, glibc : bool
        Whether PyTorch multiplies with MKL, NumPy with OpenBLAS; whether the C library is glibc.
    cores : int
        Number of processors that this process may use.
    """

    features: frozenset[str]
    dispatched: tuple[str, ...]
    torch: str
    mkl: bool
    openblas: bool
    glibc: bool
    cores: int


def this_machine() -> Machine:
    """Return what NumPy and PyTorch find on this processor."""
    import numpy as np
    import torch

    umath = importlib.import_module("numpy._core._multiarray_umath")
    found = umath.__cpu_features__
    blas = np.show_config(mode="dicts")["Build Dependencies"]["blas"]["name"]
    return Machine(
        features=frozenset(name for name, has in found.items() if has),
        dispatched=tuple(umath.__cpu_dispatch__),
        torch=torch.backends.cpu.get_cpu_capability(),
        mkl=torch.backends.mkl.is_available(),
        openblas="openblas" in blas.lower(),
        glibc=platform.libc_ver()[0] == "glibc",
        cores=len(os.sched_getaffinity(0))
        if hasattr(os, "sched_getaffinity")
        else os.cpu_count() or 1,
    )


@dataclass(frozen=True)
class KernelSet:
    """One choice of kernels.

    Attributes
    ----------
    name : str
        Its name in the report.
    environment : mapping of str to str
        The variables that make the choice. ``{dispatched}`` stands for what NumPy holds beyond
        ``above``.
    features : tuple of str
        What the processor must be able to do, in NumPy's words; only x86 has SSE42, only ARM ASIMD.
    torch : tuple of str
        PyTorch's own choices under which the set can run; empty: under each.
    library : {"", "mkl", "openblas", "glibc"}
        The library that reads the variables, if it is not always present.
    threads : int
        Number of threads; it changes the order of additions.
    perturbed : bool
        Whether the last bits are changed at random: see ``course.perturbed``.
    """

    name: str
    environment: Mapping[str, str] = field(default_factory=dict)
    features: tuple[str, ...] = ()
    torch: tuple[str, ...] = ()
    library: str = ""
    threads: int = 1
    perturbed: bool = False


KERNEL_SETS = (
    KernelSet("as the processor chooses"),
    KernelSet("torch: default", {"ATEN_CPU_CAPABILITY": "default"}),
    KernelSet("torch: AVX2", {"ATEN_CPU_CAPABILITY": "avx2"}, ("AVX2",), ("AVX2", "AVX512")),
    KernelSet("torch: AVX-512", {"ATEN_CPU_CAPABILITY": "avx512"}, ("AVX512F",), ("AVX512",)),
    KernelSet("MKL: COMPATIBLE", {"MKL_CBWR": "COMPATIBLE"}, library="mkl"),
    KernelSet("MKL: SSE4.2", {"MKL_ENABLE_INSTRUCTIONS": "SSE4_2"}, ("SSE42",), library="mkl"),
    KernelSet("MKL: AVX2", {"MKL_CBWR": "AVX2"}, ("AVX2",), library="mkl"),
    KernelSet("NumPy: baseline", {"NPY_DISABLE_CPU_FEATURES": "{dispatched}"}),
    KernelSet(
        "NumPy: AVX2",
        {"NPY_DISABLE_CPU_FEATURES": "{dispatched above X86_V3}"},
        ("X86_V3", "X86_V4"),
    ),
    *(
        KernelSet(f"OpenBLAS: {core}", {"OPENBLAS_CORETYPE": core}, (needs,), library="openblas")
        for core, needs in (
            ("Nehalem", "SSE42"),
            ("Haswell", "AVX2"),
            ("Zen", "AVX2"),
            ("SkylakeX", "AVX512_SKX"),
            ("ARMV8", "ASIMD"),
        )
    ),
    KernelSet(
        "glibc: without FMA",
        {"GLIBC_TUNABLES": "glibc.cpu.hwcaps=-FMA,-FMA4,-AVX2"},
        ("SSE42",),
        library="glibc",
    ),
    KernelSet("two threads", threads=2),
    KernelSet("perturbed", perturbed=True),
)


def reason_not_supported(kernels: KernelSet, machine: Machine) -> str:
    """Return why a kernel set cannot be run on a machine, or nothing where it can."""
    if kernels.library and not getattr(machine, kernels.library):
        return f"no {kernels.library} here"
    missing = [name for name in kernels.features if name not in machine.features]
    if missing:
        return f"this processor has no {', '.join(missing)}"
    if kernels.torch and machine.torch not in kernels.torch:
        return f"PyTorch chooses {machine.torch} here"
    if "NPY_DISABLE_CPU_FEATURES" in kernels.environment and not _disabled(kernels, machine):
        return "NumPy has nothing to switch off"
    if kernels.threads > machine.cores:
        return f"this process may use only {machine.cores}"
    return ""


def _disabled(kernels: KernelSet, machine: Machine) -> list[str]:
    """Return the features to switch off; NumPy does not start if one is not there."""
    names = list(machine.dispatched)
    _, _, above = kernels.environment["NPY_DISABLE_CPU_FEATURES"].strip("{}").partition(" above ")
    if above:
        names = names[names.index(above) + 1 :] if above in names else []
    return [name for name in names if name in machine.features]


def environment(
    kernels: KernelSet, machine: Machine, inherited: Mapping[str, str]
) -> dict[str, str]:
    """Return the environment in which a process uses a kernel set.

    Parameters
    ----------
    kernels : KernelSet
    machine : Machine
    inherited : mapping of str to str
        The caller's environment; its own switches are left out.

    Returns
    -------
    dict of str to str
    """
    result = {name: value for name, value in inherited.items() if name not in SWITCHES}
    result |= ONE_THREAD if kernels.threads == 1 else TWO_THREADS
    for name, value in kernels.environment.items():
        disabled = name == "NPY_DISABLE_CPU_FEATURES"
        result[name] = " ".join(_disabled(kernels, machine)) if disabled else value
    return result


Output = tuple[str, str]


def shown(cell: Any) -> list[Output]:
    """Return the text outputs of a code cell as (kind, text), without pictures.

    Pieces of one stream are joined, because their number depends on timing.
    """
    result: list[Output] = []
    for output in cell.get("outputs", []):
        if output["output_type"] == "stream":
            kind, text = output["name"], "".join(output["text"])
            if result and result[-1][0] == kind:
                result[-1] = (kind, result[-1][1] + text)
            else:
                result.append((kind, text))
        elif output["output_type"] == "error":
            result.append(("error", f"{output['ename']}: {output['evalue']}"))
        else:
            for kind, data in sorted(output["data"].items()):
                if not kind.startswith("image/"):
                    result.append((kind, "".join(data)))
    return result


@dataclass(frozen=True)
class Difference:
    """A cell whose output differs from the committed one.

    ``number`` counts the code cells of the chapter from 1.
    """

    chapter: str
    cell: str
    number: int
    committed: str
    printed: str

    def __str__(self) -> str:
        before, now = self.committed.splitlines(), self.printed.splitlines()
        lines = [
            f"    - {a}\n    + {b}" for a, b in zip_longest(before, now, fillvalue="") if a != b
        ]
        return "\n".join([f"{self.chapter}, cell {self.cell} [{self.number}]", *lines])


def differences(chapter: str, committed: Iterable[Any], run: Iterable[Any]) -> list[Difference]:
    """Compare the code cells of a run with the committed ones.

    Parameters
    ----------
    chapter : str
        Its name.
    committed, run : iterable of cells
        All cells of the notebook, in order. Cells whose output nbval ignores are not compared.

    Returns
    -------
    list of Difference
    """
    found, number = [], 0
    for before, after in zip(committed, run, strict=True):
        if before["cell_type"] != "code":
            continue
        number += 1
        if {"nbval-ignore-output", "nbval-skip"} & set(before["metadata"].get("tags", [])):
            continue
        old, new = shown(before), shown(after)
        if old != new:
            found.append(
                Difference(
                    chapter,
                    before.get("id", "none"),
                    number,
                    "\n".join(text for _, text in old),
                    "\n".join(text for _, text in new),
                )
            )
    return found


def unmarked(chapter: str, cells: Iterable[Any], events: Iterable[tuple[int, str]]) -> list[str]:
    """Return what depends on the last bits in cells that give no reason for it.

    Parameters
    ----------
    chapter : str
        Its name.
    cells : iterable of cells
        All cells of the notebook, in order.
    events : iterable of (int, str)
        As ``course.perturbed`` reports them: the number of a code cell from 1, what happened in it.

    Returns
    -------
    list of str
        One line for each event in a cell that has no ``float_reason``.
    """
    code = [cell for cell in cells if cell["cell_type"] == "code"]
    return [
        f"{chapter}, cell {code[number - 1].get('id', 'none')} [{number}]: {what}"
        for number, what in events
        if not str(code[number - 1]["metadata"].get("float_reason", "")).strip()
    ]
