"""Find forbidden calls in the syntax tree of a cell."""

from __future__ import annotations

import ast
import io
import math
import re
import tokenize
from collections.abc import Iterator
from fractions import Fraction

LARGEST_EPS = 1e-5
LOGS = re.compile(r"log(2|10)?|xlogy|rel_entr")
PADDING = (
    *("add", "add_", "clip", "clamp", "clamp_", "clamp_min", "max", "maximum", "fmax"),
    *("where", "masked_fill", "nan_to_num"),
)
TOTALS = ("sum", "mean", "fsum", "dot", "float", "item", "round")


def parse(source: str) -> tuple[ast.Module, str]:
    """Return the tree of a cell and its source, both without magics; empty if not Python."""
    source = re.sub(r"(?m)^\s*[%!].*", "", source)
    try:
        return ast.parse(source), source
    except SyntaxError:
        return ast.Module(body=[], type_ignores=[]), source


def comments(source: str) -> list[str]:
    """Return the comments of a code cell."""
    try:
        tokens = list(tokenize.generate_tokens(io.StringIO(source).readline))
    except (tokenize.TokenError, SyntaxError):  # a magic or incomplete code
        return [comment.lstrip("# ") for comment in re.findall(r"#.*", source)]
    return [token.string.lstrip("# ") for token in tokens if token.type == tokenize.COMMENT]


def strings(source: str) -> list[str]:
    """Return the text in the strings of a code cell."""
    constants = [
        node.value for node in ast.walk(parse(source)[0]) if isinstance(node, ast.Constant)
    ]
    return [value for value in constants if isinstance(value, str)]


def forbidden_calls(source: str) -> Iterator[tuple[str, str]]:
    """Yield (name of the rule, line) for each forbidden call in a cell."""
    tree, source = parse(source)
    lines = source.splitlines()
    for node in ast.walk(tree):
        rule = _rule(node)
        if rule and isinstance(node, ast.expr | ast.alias):
            yield rule, lines[node.lineno - 1].strip()


def _rule(node: ast.AST) -> str | None:
    if isinstance(node, ast.Name | ast.Attribute) and _name(node) == "nansum":
        return "nansum"
    if isinstance(node, ast.alias) and node.name.split(".")[-1] == "nansum":
        return "nansum"
    if not isinstance(node, ast.Call):
        return None
    if LOGS.fullmatch(_name(node)) and any(_padded(x) for x in _operands(node)):
        return "eps inside log"
    absolute = _name(node) in ("abs", "abs_", "absolute", "fabs")
    return "abs of KL" if absolute and any(_is_kl(x) for x in _operands(node)) else None


def _operands(call: ast.Call) -> list[ast.expr]:
    """Return a call's arguments, and the object of a method call: q.log() -> q."""
    receiver = [call.func.value] if isinstance(call.func, ast.Attribute) else []
    return [*receiver, *call.args, *(keyword.value for keyword in call.keywords)]


def _name(node: ast.expr) -> str:
    """Return the last name of a call or an attribute: np.log(x) -> log."""
    if isinstance(node, ast.Call):
        return _name(node.func)
    if isinstance(node, ast.Attribute):
        return node.attr
    return node.id if isinstance(node, ast.Name) else ""


def _padded(argument: ast.expr) -> bool:
    """Return whether an argument adds an eps, clips at one, or replaces zero by one."""
    for node in ast.walk(argument):
        if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
            parts = [node.left, node.right]
        elif isinstance(node, ast.Call) and _name(node) in PADDING:
            parts = _operands(node)
        else:
            continue
        if any(_is_eps(part) for part in parts):
            return True
    return False


def _is_eps(node: ast.expr) -> bool:
    """Return whether an expression is a tiny constant, or named like one."""
    value = constant(node)
    if value is not None:
        return 0 < value <= LARGEST_EPS
    return bool(re.fullmatch(r"_?(eps\w*|tiny)", _name(node), re.I))


def _is_kl(node: ast.expr) -> bool:
    """Return whether an expression is a KL divergence, not a difference of two."""
    if re.match(r"_?kl|relative_entropy|rel_entr", _name(node), re.I):
        return True
    if isinstance(node, ast.Call) and _name(node) in TOTALS:
        return any(_is_kl(x) or _is_weighted_log_ratio(x) for x in _operands(node))
    return isinstance(node, ast.BinOp) and (
        isinstance(node.op, ast.MatMult) and _is_weighted_log_ratio(node)
    )


def _is_weighted_log_ratio(node: ast.expr) -> bool:
    """Return whether an expression is p * log(p / q), or p * (log p - log q)."""
    if isinstance(node, ast.GeneratorExp | ast.ListComp):
        return _is_weighted_log_ratio(node.elt)
    if not (isinstance(node, ast.BinOp) and isinstance(node.op, ast.Mult | ast.MatMult)):
        return False
    return any(_is_log_ratio(side) for side in (node.left, node.right))


def _is_log_ratio(node: ast.expr) -> bool:
    def is_log(x: ast.expr) -> bool:
        return isinstance(x, ast.Call) and bool(re.fullmatch(r"log(2|10)?", _name(x)))

    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Sub):
        return is_log(node.left) and is_log(node.right)
    return (
        isinstance(node, ast.Call)
        and is_log(node)
        and any(isinstance(x, ast.BinOp) and isinstance(x.op, ast.Div) for x in _operands(node))
    )


def constant(node: ast.AST) -> Fraction | None:
    """Return the exact value of an expression of plain numbers, such as 10**-8; else None."""
    if isinstance(node, ast.Constant):
        value = node.value
        if isinstance(value, bool) or not isinstance(value, int | float):
            return None
        return Fraction(repr(value)) if math.isfinite(value) else None
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub | ast.UAdd):
        inner = constant(node.operand)
        return -inner if inner is not None and isinstance(node.op, ast.USub) else inner
    if not isinstance(node, ast.BinOp):
        return None
    left, right = constant(node.left), constant(node.right)
    if left is None or right is None:
        return None
    match node.op:
        case ast.Add():
            return left + right
        case ast.Sub():
            return left - right
        case ast.Mult():
            return left * right
        case ast.Div():
            return left / right if right else None
        case ast.Pow() if right.denominator == 1 and abs(right) <= 400 and (left or right > 0):
            return left**right.numerator
    return None
