"""Results that depend on the last bits of a sum, and comparisons with a hidden default tolerance.

Processors add in different orders. So no printed or asserted result may depend on a sum of more
than two terms in float32, float16 or bfloat16, nor on equality of floats, unless the cell's
metadata says why all processors agree: ``"float_reason": "..."``. ``check`` reads one cell at a
time and guesses types from names; ``make test-cpu`` sees the types while the cells run.

``implicit_tolerances`` finds calls such as ``np.allclose(a, b, rtol=1e-14)``, where the other
tolerance keeps its default, here atol = 1e-8, which then decides the result.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

from course.guards import Finding, place, read
from course.guards.lint_code import _name, parse

REASON = "float_reason"
LOW = ("float32", "float16", "bfloat16")
LOW_METHODS = ("float", "half", "bfloat16")  # of a tensor
TORCH_MAKERS = ("tensor", "ones", "zeros", "full", "rand", "randn", "linspace", "eye")
RAISED = ("double", "float64", "to", "type", "astype")
SUMS = {
    *("sum", "mean", "average", "prod", "dot", "inner", "matmul", "einsum", "mm", "mv", "bmm"),
    *("softmax", "log_softmax", "logsumexp", "cross_entropy", "nll_loss", "mse_loss", "norm"),
    *("var", "std", "Linear", "trapezoid", "binary_cross_entropy", "kl_div", "CrossEntropyLoss"),
    *("binary_cross_entropy_with_logits", "entropy", "nll_from_logits", "kl_divergence"),
}
# Calls that always give floats, and calls that always give integers, strings or booleans.
FLOATS = SUMS | {
    *("exp", "log", "log2", "log10", "log1p", "expm1", "sqrt", "expit", "sigmoid", "logit"),
    *("cumprod", "cumsum", "linspace", "normal", "random", "float", "item", "log_likelihood"),
    *("information", "perplexity", "sequence_probability", "backward", "uniform", "fsum"),
}
FLOATS -= {"sum", "prod", "dot", "inner", "matmul"}  # integers if their arguments are
WHOLE = {
    *("argmax", "argmin", "argsort", "flatnonzero", "len", "int", "bincount", "searchsorted"),
    *("str", "type", "isfinite", "isinf", "isnan", "all", "any", "allclose", "isclose", "range"),
}
# For each function its two tolerances, in the order of its arguments, and their defaults.
TOLERANCES = {
    "allclose": (("rtol", "1e-5"), ("atol", "1e-8")),
    "isclose": (("rtol", "1e-5"), ("atol", "1e-8")),
    "assert_close": (("rtol", "1e-5"), ("atol", "1e-8")),
    "assert_allclose": (("rtol", "1e-7"), ("atol", "0")),
    "approx": (("rel", "not considered"), ("abs", "1e-12")),
    "math.isclose": (("rel_tol", "1e-9"), ("abs_tol", "0")),
}
HARMLESS = ("0", "not considered")


def _root(node: ast.expr) -> str:
    """Return the first name of an expression: ``sp.exp(x).subs(t, 0)`` -> sp."""
    while isinstance(node, ast.Attribute | ast.Call | ast.Subscript):
        node = node.func if isinstance(node, ast.Call) else node.value
    return node.id if isinstance(node, ast.Name) else ""


def _is_float(node: ast.expr, floats: set[str]) -> bool:
    """Return whether an expression is a float, judging by its names."""
    if isinstance(node, ast.Constant):
        return isinstance(node.value, float)
    if isinstance(node, ast.Name):
        return node.id in floats
    if isinstance(node, ast.Compare):
        return False
    if isinstance(node, ast.Call):
        name = _name(node)
        if _root(node) in ("sp", "sympy", "Fraction") or name in WHOLE:
            return False
        if name in FLOATS:
            return True
    return any(
        _is_float(child, floats)
        for child in ast.iter_child_nodes(node)
        if isinstance(child, ast.expr)
    )


def _float_names(tree: ast.Module) -> set[str]:
    """Return the names to which a cell assigns floats."""
    floats: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Assign) and _is_float(node.value, floats):
            for target in node.targets:
                floats |= {x.id for x in ast.walk(target) if isinstance(x, ast.Name)}
    return floats


def equalities(source: str) -> Iterator[str]:
    """Yield the lines of a cell that compare floats with == or !=."""
    tree, source = parse(source)
    floats = _float_names(tree)
    for node in ast.walk(tree):
        if not isinstance(node, ast.Compare):
            continue
        sides = [node.left, *node.comparators]
        for operator, left, right in zip(node.ops, sides, sides[1:], strict=False):
            texts = any(isinstance(x, ast.Constant) and isinstance(x.value, str) for x in sides)
            floating = _is_float(left, floats) or _is_float(right, floats)
            if isinstance(operator, ast.Eq | ast.NotEq) and floating and not texts:
                yield source.splitlines()[node.lineno - 1].strip()


def _at_most_two(node: ast.expr) -> bool:
    """Return whether a literal has at most two numbers, whose sum has only one order."""
    if isinstance(node, ast.List | ast.Tuple):
        plain = all(isinstance(x, ast.Constant) for x in node.elts)
        return plain and len(node.elts) <= 2
    return isinstance(node, ast.Constant)


def _makes_low_precision(node: ast.AST, raised: set[ast.AST]) -> bool:
    """Return whether a node makes numbers of low precision; ``raised`` are cast to float64."""
    if isinstance(node, ast.Attribute | ast.Name):
        name = node.attr if isinstance(node, ast.Attribute) else node.id
        return name in LOW
    if isinstance(node, ast.Constant):
        return node.value in LOW
    if not isinstance(node, ast.Call) or node in raised:
        return False
    if isinstance(node.func, ast.Attribute) and not node.args and not node.keywords:
        return node.func.attr in LOW_METHODS and _root(node) not in ("np", "torch")
    if _root(node) != "torch" or _name(node) not in TORCH_MAKERS:
        return False
    if any(keyword.arg == "dtype" for keyword in node.keywords):
        return False
    if _name(node) == "tensor" and _at_most_two(node.args[0]):
        return False
    # PyTorch turns Python floats into float32 by default; NumPy arrays keep their type.
    return _name(node) != "tensor" or any(
        isinstance(x, ast.Constant) and isinstance(x.value, float) for x in ast.walk(node.args[0])
    )


def low_precision_sums(source: str) -> Iterator[str]:
    """Yield the lines that make numbers of low precision in a cell that adds numbers."""
    tree, source = parse(source)
    nodes = list(ast.walk(tree))
    adds = any(
        (isinstance(node, ast.Call) and _name(node) in SUMS)
        or (isinstance(node, ast.BinOp) and isinstance(node.op, ast.MatMult))
        for node in nodes
    )
    if not adds:
        return
    raised: set[ast.AST] = {
        node.func.value
        for node in nodes
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)
        if node.func.attr in RAISED
    }
    lines = source.splitlines()
    for number in sorted({node.lineno for node in nodes if _makes_low_precision(node, raised)}):  # type: ignore[attr-defined]
        yield lines[number - 1].strip()


def check(path: Path) -> list[Finding]:
    """Return the findings of this guard in one chapter."""
    found: list[Finding] = []
    for number, cell in enumerate(read(path).cells, start=1):
        if cell.cell_type != "code":
            continue
        where = place(path, number, cell)
        reason = cell.metadata.get(REASON)
        if reason is not None and not str(reason).strip():
            found.append(Finding(where, f"{REASON} is empty", "give the reason."))
        if reason:
            continue
        for line in equalities(cell.source):
            how = f'compare with a bound, or say why all processors agree: "{REASON}": "..."'
            found.append(Finding(where, "equality of floats", f"{how} in the metadata.", line))
        for line in low_precision_sums(cell.source):
            how = f'add in float64, or say why all processors agree: "{REASON}": "..."'
            found.append(Finding(where, "a sum in low precision", f"{how} in the metadata.", line))
    return found


def implicit_tolerances(source: str) -> Iterator[tuple[int, str]]:
    """Yield (line, what to add) for each comparison that sets only one of its two tolerances.

    ``math.isclose`` with ``rel_tol`` and ``assert_allclose`` with ``rtol`` alone are fine, because
    the other tolerance is 0; so is ``approx`` with ``abs``, which then ignores ``rel``.
    """
    tree, _ = parse(source)
    from_math = {
        alias.asname or alias.name
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and node.module == "math"
        for alias in node.names
    }
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call):
            continue
        name = _name(node)
        plain = isinstance(node.func, ast.Name) and name in from_math
        if name == "isclose" and (_root(node) == "math" or plain):
            name = "math.isclose"
        if name not in TOLERANCES or any(keyword.arg is None for keyword in node.keywords):
            continue
        named = {keyword.arg for keyword in node.keywords}
        first, second = TOLERANCES[name]
        before = 1 if name == "approx" else 2
        if name != "math.isclose":  # its tolerances are keyword-only
            named |= {key for key, _ in (first, second)[: max(0, len(node.args) - before)]}
        given = [key for key, _ in (first, second) if key in named]
        if len(given) != 1:
            continue
        other, default = second if given[0] == first[0] else first
        if default not in HARMLESS:
            yield node.lineno, f"{name} keeps {other} = {default}; add {other}=0, or what is meant"
