"""The lines of code that the lint refuses, found in the syntax tree of a cell."""

from __future__ import annotations

import ast
import io
import re
import tokenize
from collections.abc import Iterator

LARGEST_EPS = 1e-5


def parse(source: str) -> tuple[ast.Module, str]:
    """Return the tree of a cell and its source, both without magics; empty if it is no Python."""
    source = re.sub(r"(?m)^\s*[%!].*", "", source)
    try:
        return ast.parse(source), source
    except SyntaxError:
        return ast.Module(body=[], type_ignores=[]), source


def comments(source: str) -> list[str]:
    """Return the comments of a code cell."""
    try:
        tokens = list(tokenize.generate_tokens(io.StringIO(source).readline))
    except (tokenize.TokenError, SyntaxError):  # a magic, a line in progress
        return [comment.lstrip("# ") for comment in re.findall(r"#.*", source)]
    return [token.string.lstrip("# ") for token in tokens if token.type == tokenize.COMMENT]


def strings(source: str) -> list[str]:
    """Return the text in the strings of a code cell."""
    constants = [
        node.value for node in ast.walk(parse(source)[0]) if isinstance(node, ast.Constant)
    ]
    return [value for value in constants if isinstance(value, str)]


def refused(source: str) -> Iterator[tuple[str, str]]:
    """Yield (name of the rule, line) for each call in a cell that is refused."""
    tree, source = parse(source)
    lines = source.splitlines()
    for node in ast.walk(tree):
        rule = _rule(node)
        if rule and isinstance(node, ast.expr):
            yield rule, lines[node.lineno - 1].strip()


def _rule(node: ast.AST) -> str | None:
    if isinstance(node, ast.Name | ast.Attribute) and _name(node) == "nansum":
        return "nansum"
    if not isinstance(node, ast.Call):
        return None
    if re.fullmatch(r"log(2|10)?", _name(node)) and any(_padded(x) for x in node.args):
        return "eps inside log"
    if _name(node) in ("abs", "absolute", "fabs"):
        receiver = [node.func.value] if isinstance(node.func, ast.Attribute) else []
        if any(_is_kl(x) for x in [*node.args, *receiver]):
            return "abs of KL"
    return None


def _name(node: ast.expr) -> str:
    """Return the last name of a call or an attribute: np.log(x) -> log."""
    if isinstance(node, ast.Call):
        return _name(node.func)
    if isinstance(node, ast.Attribute):
        return node.attr
    return node.id if isinstance(node, ast.Name) else ""


def _padded(argument: ast.expr) -> bool:
    """Tell whether an argument adds an eps, or clips at one."""
    for node in ast.walk(argument):
        if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
            parts = [node.left, node.right]
        elif isinstance(node, ast.Call) and _name(node) in ("clip", "clamp", "maximum"):
            parts = [*node.args, *(keyword.value for keyword in node.keywords)]
        else:
            continue
        if any(_is_eps(part) for part in parts):
            return True
    return False


def _is_eps(node: ast.expr) -> bool:
    """Tell whether an expression is a tiny constant, or named like one."""
    if isinstance(node, ast.Constant):
        return isinstance(node.value, float) and 0 < node.value <= LARGEST_EPS
    return bool(re.fullmatch(r"_?(eps\w*|tiny)", _name(node), re.I))


def _is_kl(node: ast.expr) -> bool:
    """Tell whether an expression is a KL divergence itself; a difference of two may be negative."""
    return bool(re.match(r"_?kl", _name(node), re.I))
