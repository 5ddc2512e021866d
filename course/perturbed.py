"""Simulate sums in another order: what another processor's kernels may change, and a bit more.

A processor adds in the order that its vector registers suggest, so the last bits of a sum differ
from one to the next. ``start`` changes the last bits of every float64 sum, matrix product and
elementary function of NumPy and PyTorch at random; a printed decimal that changes depends on them.
It also notes, cell by cell, what no rounding can hide:

* a sum of more than two terms in float32, float16 or bfloat16, whose last bits are printed;
* equality of floats.

Size of the changes
-------------------
``LAST_BIT``
    2.2e-16, relative: one unit in the last place of the result of an elementary function, and for
    a sum or a matrix product of what the absolute values of its terms sum to, as the error bounds
    of summation do (Higham, Accuracy and Stability of Numerical Algorithms, chapter 4).
``WEIGHTS``
    1e-12, relative: the initial weights of a float64 network. Training amplifies differences.

The test logits of chapter 5's network then change by 3e-13 before training and by 3e-11 after 60
epochs. Between instruction sets (MKL's AVX-512 and COMPATIBLE products, PyTorch's AVX-512 and
default functions) they were measured to differ by 3e-16 and 6e-13.

What is the same on every processor is not changed: integers, a sum of whole numbers or of a few
binary digits, an accumulation (``cumsum``, ``cumprod``), float32 and below, and single additions
and multiplications, which IEEE 754 rounds in one way. ``math`` is left alone.
"""

from __future__ import annotations

import ast
import builtins
import inspect
import json
import math
import operator
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np
from numpy.typing import NDArray

LAST_BIT = 2.0**-52
WEIGHTS = 1e-12
LOW = ("float32", "float16", "bfloat16")
EXACT_STEPS, EXACT_SUM = 2.0**20, 2.0**31  # sums of such terms need at most 51 of 53 binary digits
NUMPY_FUNCTIONS = ("exp", "exp2", "expm1", "log", "log2", "log10", "log1p", "logaddexp", "tanh")
SCIPY_FUNCTIONS = ("expit", "logit", "entr", "xlogy", "xlog1py", "rel_entr", "kl_div", "log_expit")
TORCH_FUNCTIONS = (
    *("exp", "expm1", "log", "log2", "log10", "log1p", "sigmoid", "tanh", "xlogy", "softplus"),
    *("_softmax", "_log_softmax", "_softmax_backward_data", "_log_softmax_backward_data"),
    *("log_sigmoid_forward", "special_xlog1py"),
)
TORCH_SUMS = (
    *("sum", "mean", "prod", "var", "std", "var_mean", "linalg_vector_norm", "norm", "logsumexp"),
    *("nll_loss_forward", "nll_loss_backward", "mse_loss", "binary_cross_entropy"),
)
# The names by which a cell finds what takes the place of its operators.
HOOKS: dict[type[ast.AST], str] = {
    ast.Eq: "_watched_eq",
    ast.NotEq: "_watched_ne",
    ast.MatMult: "_watched_matmul",
}
TORCH_PRODUCTS = {"mm": (0, 1), "bmm": (0, 1), "mv": (0, 1), "dot": (0, 1), "addmm": (1, 2)}


def is_exact(terms: NDArray[np.float64], absolute_sum: Any) -> bool:
    """Return whether a sum of these terms is the same in every order, because no addition rounds.

    Parameters
    ----------
    terms : ndarray of float64
    absolute_sum : float or ndarray
        Sums of their absolute values, along whatever axis.

    Returns
    -------
    bool
        True if every term is a whole number of 2^-20 and the sums stay below 2^31.
    """
    few = terms.ravel()[:8] * EXACT_STEPS  # the first terms decide for most sums
    if not np.all(np.isfinite(few)) or not np.all(few == np.rint(few)):
        return False
    steps = terms * EXACT_STEPS
    return bool(np.all(np.asarray(absolute_sum) < EXACT_SUM) and np.all(steps == np.rint(steps)))


class Noise:
    """Small relative changes from a seeded generator, of NumPy arrays and numbers.

    Parameters
    ----------
    seed : int
        The same seed changes the same bits.
    """

    def __init__(self, seed: int) -> None:
        self._generator = np.random.default_rng(seed)

    def uniform(self, shape: tuple[int, ...]) -> NDArray[np.float64]:
        """Return numbers from -1 to 1."""
        return self._generator.uniform(-1.0, 1.0, shape)

    def add(self, value: Any, size: Any) -> Any:
        """Return a float64 value or array, changed by up to `size`; infinities and NaN stay."""
        array = np.asarray(value)
        with np.errstate(all="ignore"):
            change = size * self.uniform(array.shape)
            moved = np.where(np.isfinite(array) & np.isfinite(change), array + change, array)
        if isinstance(value, np.ndarray):
            return moved
        return moved[()] if isinstance(value, np.generic) else float(moved)

    def function(self, value: Any) -> Any:
        """Return values of an elementary function, changed by up to one unit in the last place.

        Integers stay: exp(0) is 1 in every library.
        """
        array = np.asarray(value)
        if array.dtype != np.float64:
            return value
        whole = np.isfinite(array) & (array == np.rint(array))
        return self.add(value, np.where(whole, 0.0, LAST_BIT * np.abs(array)))


def is_float(value: Any) -> bool:
    """Return whether a value is a float, or an array or a tensor of floats."""
    if isinstance(value, float):
        return True
    kind = str(getattr(value, "dtype", "")).removeprefix("torch.")
    return kind.startswith(("float", "bfloat"))


class Watched(ast.NodeTransformer):
    """Replace ``a @ b``, ``a == b`` and ``a != b`` in a cell by calls of the watch."""

    def visit_BinOp(self, node: ast.BinOp) -> ast.AST:
        """Rewrite a matrix product."""
        self.generic_visit(node)
        return self._call(node, node.op, node.left, node.right)

    def visit_Compare(self, node: ast.Compare) -> ast.AST:
        """Rewrite an equality of two things."""
        self.generic_visit(node)
        if len(node.ops) != 1:
            return node
        return self._call(node, node.ops[0], node.left, node.comparators[0])

    @staticmethod
    def _call(node: ast.expr, operation: ast.AST, left: ast.expr, right: ast.expr) -> ast.AST:
        if type(operation) not in HOOKS:
            return node
        function = ast.Name(id=HOOKS[type(operation)], ctx=ast.Load())
        call = ast.Call(func=function, args=[left, right], keywords=[])
        return ast.fix_missing_locations(ast.copy_location(call, node))


class Watch:
    """Perturbs float64 where kernels differ, and notes what depends on the last bits.

    Parameters
    ----------
    seed : int
        Seed of the noise.

    Attributes
    ----------
    cell : int
        The number of the cell that runs, from 1.
    events : list of (int, str)
        What happened in which cell, each thing once.
    busy : bool
        Whether the watch itself is calculating; nothing is changed then.
    """

    def __init__(self, seed: int) -> None:
        self.noise = Noise(seed)
        self.cell = 0
        self.events: list[tuple[int, str]] = []
        self.busy = False

    def note(self, what: str) -> None:
        """Note an event of the present cell."""
        if (self.cell, what) not in self.events:
            self.events.append((self.cell, what))

    @contextmanager
    def calculating(self) -> Iterator[None]:
        """Change and note nothing inside this block."""
        before, self.busy = self.busy, True
        try:
            yield
        finally:
            self.busy = before

    # NumPy

    def reduction(self, reduce: Callable[..., Any], product: bool = False) -> Callable[..., Any]:
        """Wrap ``add.reduce`` or ``multiply.reduce``, with the signature of ufunc.reduce."""

        def wrapped(
            a: Any, axis: Any = 0, dtype: Any = None, out: Any = None, *rest: Any, **more: Any
        ) -> Any:
            result = reduce(a, axis, dtype, out, *rest, **more)
            if self.busy:
                return result
            with self.calculating(), np.errstate(all="ignore"):
                terms, got = np.asarray(a), np.asarray(result)
                if got.dtype.name in LOW and terms.size > 2 * got.size:
                    self.note(f"a sum of more than two terms in {got.dtype.name}")
                if got.dtype != np.float64 or terms.dtype.kind != "f":
                    return result
                if terms.size <= got.size or out is not None:
                    return result
                terms = terms.astype(np.float64)
                if product:
                    size = np.abs(got)
                    exact = is_exact(terms, 0.0) and is_exact(got, size)
                else:
                    size = np.asarray(reduce(np.abs(terms), axis, None, None, *rest, **more))
                    exact = is_exact(terms, size)
                return result if exact else self.noise.add(result, LAST_BIT * size)

        return wrapped

    def matmul(self, multiply: Callable[..., Any]) -> Callable[..., Any]:
        """Wrap ``a @ b`` or ``np.dot(a, b)``."""

        def wrapped(a: Any, b: Any, *rest: Any, **more: Any) -> Any:
            result = multiply(a, b, *rest, **more)
            if self.busy or not isinstance(result, np.ndarray | np.floating):
                return result
            if not isinstance(a, np.ndarray) or not isinstance(b, np.ndarray):
                return result
            terms = a.shape[-1] if a.ndim else 1
            if result.dtype.name in LOW and terms > 2:
                self.note(f"a matrix product of more than two terms in {result.dtype.name}")
            if result.dtype != np.float64 or terms < 2:
                return result
            with self.calculating():
                size = multiply(np.abs(a), np.abs(b))
                if is_exact(np.asarray(a, float), size) and is_exact(np.asarray(b, float), size):
                    return result
                return self.noise.add(result, LAST_BIT * size)

        return wrapped

    def function(self, function: Any) -> Any:
        """Wrap a ufunc so that its values are perturbed; its attributes stay."""
        return _Function(function, self)

    def sum_of_numbers(self, add: Callable[..., Any]) -> Callable[..., Any]:
        """Wrap the built-in sum, which adds floats differently from Python 3.12 on."""

        def wrapped(items: Any, /, start: Any = 0) -> Any:
            if self.busy:
                return add(items, start)
            items = list(items)
            result = add(items, start)
            if type(result) is not float or len(items) < 2:
                return result
            if not all(isinstance(item, int | float) for item in items):
                return result
            size = math.fsum(map(abs, items)) + abs(start)
            terms = np.array([*items, start], dtype=np.float64)
            return result if is_exact(terms, size) else self.noise.add(result, LAST_BIT * size)

        # PyTorch compares the signature with that of its own replacement for sum.
        wrapped.__signature__ = inspect.signature(add)  # type: ignore[attr-defined]
        return wrapped

    def equality(self, compare: Callable[..., Any]) -> Callable[..., Any]:
        """Wrap ``==`` or ``!=``; a float beside a string or None is noted too."""

        def wrapped(a: Any, b: Any) -> Any:
            if is_float(a) or is_float(b):
                self.note("equality of floats")
            return compare(a, b)

        return wrapped


class _Function:
    """A ufunc whose values are perturbed."""

    def __init__(self, function: Any, watch: Watch) -> None:
        self._function = function
        self._watch = watch

    def __call__(self, *arguments: Any, **more: Any) -> Any:
        value = self._function(*arguments, **more)
        if self._watch.busy or not isinstance(value, np.ndarray | np.floating):
            return value
        moved = self._watch.noise.function(value)
        if isinstance(value, np.ndarray) and moved is not value:  # `out=` and views see it too
            value[...] = moved
            return value
        return moved

    def __getattr__(self, name: str) -> Any:
        return getattr(self._function, name)


def _watch_torch(watch: Watch) -> Any:
    """Return a PyTorch mode that perturbs operations, including those of gradients."""
    import torch
    from torch.utils._python_dispatch import TorchDispatchMode

    def random(like: torch.Tensor) -> torch.Tensor:
        return torch.from_numpy(np.asarray(watch.noise.uniform(tuple(like.shape))))

    def moved(result: torch.Tensor, size: torch.Tensor) -> torch.Tensor:
        change = random(result) * size
        return torch.where(torch.isfinite(result) & torch.isfinite(change), result + change, result)

    def exact(*tensors: torch.Tensor) -> bool:
        arrays = [t.detach().numpy().astype(np.float64) for t in tensors]
        return all(is_exact(a, np.abs(a).sum()) for a in arrays)

    class Mode(TorchDispatchMode):  # type: ignore[misc, unused-ignore]
        def __torch_dispatch__(
            self, function: Any, types: Any, args: Any = (), kwargs: Any = None
        ) -> Any:
            result = function(*args, **(kwargs or {}))
            with watch.calculating():
                return self.after(function, args, kwargs or {}, result)

        def after(self, function: Any, args: Any, kwargs: Any, result: Any) -> Any:
            name = function.overloadpacket.__name__
            first = result[0] if isinstance(result, tuple) else result
            if not isinstance(first, torch.Tensor) or not first.is_floating_point():
                return result
            kind = str(first.dtype).removeprefix("torch.")
            tensors = [a for a in args if isinstance(a, torch.Tensor)]
            if kind in LOW:
                if self.terms(name, args, tensors, first) > 2:
                    watch.note(f"a sum of more than two terms in {kind} ({name})")
                return result
            if first.dtype != torch.float64:
                return result
            if name == "uniform_":  # initial weights
                return first.mul_(1 + WEIGHTS * random(first))
            size = self.size(name, function, args, kwargs, tensors, first)
            if size is None:
                return result
            new = moved(first, LAST_BIT * size)
            return (new, *result[1:]) if isinstance(result, tuple) else new

        @staticmethod
        def terms(name: str, args: Any, tensors: Any, first: torch.Tensor) -> int:
            """Return how many terms each number of the result adds."""
            if name in TORCH_PRODUCTS:
                return int(args[TORCH_PRODUCTS[name][0]].shape[-1])
            if "softmax" in name:
                dim = args[1] if isinstance(args[1], int) else args[2]
                return int(first.shape[dim]) if first.ndim else 1
            if name.startswith("nll_loss"):
                return int(args[1 if name == "nll_loss_forward" else 2].numel())
            if name in TORCH_SUMS and tensors:
                return int(tensors[0].numel() // max(1, first.numel()))
            return 1

        def size(
            self, name: str, function: Any, args: Any, kwargs: Any, tensors: Any, first: Any
        ) -> torch.Tensor | None:
            """Return the size of each result's terms, None if nothing is rounded."""
            if name in TORCH_PRODUCTS:
                i, j = TORCH_PRODUCTS[name]
                if args[i].shape[-1] < 2 or exact(args[i], args[j]):
                    return None
                # By the Cauchy-Schwarz inequality sum |a b| is at most the product of the norms.
                a = args[i].square().sum(-1, keepdim=True).sqrt()
                b = args[j].square().sum(-2 if args[j].ndim > 1 else 0, keepdim=True).sqrt()
                return torch.broadcast_to((a * b).reshape(_shape(a, b, first)), first.shape)
            if name in ("sum", "mean"):
                if self.terms(name, args, tensors, first) < 2 or exact(args[0]):
                    return None
                return function(args[0].abs(), *args[1:], **kwargs)  # type: ignore[no-any-return]
            if name in TORCH_SUMS:
                return None if self.terms(name, args, tensors, first) < 2 else first.abs()
            if name in TORCH_FUNCTIONS:
                return torch.where(first == first.round(), torch.zeros_like(first), first.abs())
            return None

    def _shape(a: torch.Tensor, b: torch.Tensor, result: torch.Tensor) -> tuple[int, ...]:
        shape = torch.broadcast_shapes(a.shape, b.shape)
        return tuple(shape) if len(shape) == result.ndim else tuple(result.shape)

    return Mode()


def start(seed: int) -> Watch:
    """Perturb and watch NumPy, SciPy, PyTorch and the cells of this IPython kernel, for good.

    Parameters
    ----------
    seed : int
        Seed of the noise.

    Returns
    -------
    Watch
        Its events say what happened in which cell, counted from 1 after the present one.

    Raises
    ------
    RuntimeError
        Outside IPython.
    """
    import numpy._core._methods as methods
    import numpy._core.fromnumeric as fromnumeric
    from IPython.core.getipython import get_ipython

    shell = get_ipython()  # type: ignore[no-untyped-call, unused-ignore]
    if shell is None:
        raise RuntimeError("there is no IPython here; call this in a notebook's first cell")
    watch = Watch(seed)
    for name in NUMPY_FUNCTIONS:
        setattr(np, name, watch.function(getattr(np, name)))
    import scipy.special  # before the patches, because it copies NumPy's functions

    for name in SCIPY_FUNCTIONS:
        if hasattr(scipy.special, name):
            setattr(scipy.special, name, watch.function(getattr(scipy.special, name)))
    add, multiply = watch.reduction(np.add.reduce), watch.reduction(np.multiply.reduce, True)
    methods.umr_sum, methods.umr_prod = add, multiply
    plain = fromnumeric._wrapreduction  # type: ignore[attr-defined]

    def wrapreduction(
        obj: Any, ufunc: Any, method: str, axis: Any, dtype: Any, out: Any, **more: Any
    ) -> Any:
        if type(obj) is not np.ndarray or ufunc not in (np.add, np.multiply):
            return plain(obj, ufunc, method, axis, dtype, out, **more)
        given = {name: value for name, value in more.items() if value is not np._NoValue}
        return (add if ufunc is np.add else multiply)(obj, axis, dtype, out, **given)

    fromnumeric._wrapreduction = wrapreduction  # type: ignore[attr-defined]
    for name in ("matmul", "dot"):
        setattr(np, name, watch.matmul(getattr(np, name)))
    builtins.sum = watch.sum_of_numbers(builtins.sum)
    _watch_torch(watch).__enter__()

    def product(a: Any, b: Any) -> Any:
        both = isinstance(a, np.ndarray) and isinstance(b, np.ndarray)
        return np.matmul(a, b) if both else a @ b

    replacements = (watch.equality(operator.eq), watch.equality(operator.ne), product)
    vars(builtins).update(zip(HOOKS.values(), replacements, strict=True))
    shell.ast_transformers.append(Watched())

    def next_cell(_: Any) -> None:
        watch.cell += 1

    shell.events.register("pre_run_cell", next_cell)
    return watch


def report(watch: Watch) -> str:
    """Return what happened as JSON: a list of [cell, event]."""
    return json.dumps(watch.events)
