"""The judge's side of a student's functions: proxies that ask a process of the student's.

A proxy sends its arguments and returns the result, raises the error, repeats the warnings, and
leaves the arguments as the call left them. See ``codec`` for what can cross.
"""

from __future__ import annotations

import sys
import warnings
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from hidden.conditions import Conditions, Remote, refuse_torch

from grading.judge.channel import Channel, Late, Lost
from grading.judge.codec import Decoder, Encoder, NotPlain
from grading.judge.errors import ERRORS, LENT, error
from grading.judge.loans import Lender


class Died(RuntimeError):
    """The student's process has ended within a call."""


class Answers:
    """The functions of a student's, in one process.

    Parameters
    ----------
    channel : Channel
        To that process.
    until : float
        When its time is over, by ``time.monotonic``. After that a call raises KeyboardInterrupt,
        as in a notebook.
    strict : bool
        Whether a warning is an error, as in hidden checks. If not, warnings and what is printed
        are repeated here.
    """

    def __init__(self, channel: Channel, until: float, strict: bool) -> None:
        self.channel, self.until, self.strict = channel, until, strict
        self.calls = 0
        self.ended = ""

    def defined(self, names: list[str]) -> list[bool]:
        """Return which of some names are defined."""
        answer, _ = self.ask({"kind": "defined", "names": names})
        found = answer.get("defined")
        return [bool(f) for f in found] if isinstance(found, list) else [False] * len(names)

    def function(self, name: str) -> Proxy:
        """Return a proxy of a function."""
        return Proxy(self, name)

    def ask(
        self,
        question: dict[str, Any],
        encoder: Encoder | None = None,
        lender: Lender | None = None,
    ) -> tuple[dict[str, Any], memoryview]:
        """Ask the process; an end of its time or of itself is an error from then on."""
        if self.ended:
            raise Died(self.ended)
        self.calls += 1
        try:
            serve = lender.serve if lender and lender.functions else None
            return self.channel.ask(question, encoder, self.until, serve)
        except Late:
            self.ended = "its time was over"
            raise KeyboardInterrupt from None
        except Lost:
            self.ended = "the process with the answer was killed, or does not answer as it should"
            raise Died(self.ended) from None


class Proxy(Remote):  # type: ignore[misc]
    """A function of the student's, called in their process."""

    def __init__(self, answers: Answers, name: str) -> None:
        self.answers, self.__name__ = answers, name
        self.conditions = Conditions()

    def __call__(self, *given: Any, **named: Any) -> Any:
        """Call the function."""
        torch = sys.modules.get("torch")
        if torch is not None and any(
            isinstance(a, torch.Tensor) and a.requires_grad for a in given
        ):
            return _with_graph(self, given, named, torch)
        return self.call(given, named)[0]

    def each(self, cases: Sequence[tuple[Any, ...]]) -> list[Any]:
        """Call the function with each of these arguments, on one journey there and back."""
        return list(self.call(tuple(cases), {}, many=True)[0])

    def call(
        self,
        given: tuple[Any, ...],
        named: Mapping[str, Any],
        *,
        graph: bool = False,
        many: bool = False,
    ) -> tuple[Any, Any]:
        """Call the function; return the result and the number of its graph, if it has one.

        With `many`, what is given are the arguments of many calls.
        """
        lender, asked = Lender(), self.conditions
        encoder = Encoder(alias=True, lend=lambda value: _lent(lender, value), lazy=True)
        question = {
            "kind": "call",
            "function": self.__name__,
            "given": encoder(tuple(given)),
            "named": encoder(dict(named)),
            "strict": self.answers.strict,
            "numpy_only": asked.numpy_only,
            "lines": asked.lines,
            "memory": asked.memory,
            "graph": graph,
            "many": many,
            "iterators": any(hasattr(a, "__next__") for a in (*given, *named.values())),
        }
        answer, data = self.answers.ask(question, encoder, lender)
        result = Decoder(data, lender.function)(answer["result"]) if "result" in answer else None
        if "after" in answer:
            after = Decoder(data, lender.function)(answer["after"])
            _leave([list(given), dict(named)], after)
        if asked.memory:
            asked.peak = max(asked.peak, _number(answer.get("peak")))
        if not self.answers.strict:
            _repeat(answer)
        if answer.get("torch"):
            raise refuse_torch()
        if lender.raised is not None and answer.get(LENT):
            raise lender.raised
        if "error" in answer:
            raise error(answer["error"], answer.get("words"))
        if "result" not in answer:
            raise NotPlain("an answer without a result")
        return result, answer.get("graph")

    def backward(self, graph: Any, slope: Any) -> list[Any]:
        """Return the slopes of a call's arguments, given that of its result."""
        encoder = Encoder(alias=True)
        question = {"kind": "backward", "graph": graph, "slope": encoder(slope)}
        answer, data = self.answers.ask(question, encoder)
        if "error" in answer:
            raise error(answer["error"], answer.get("words"))
        return list(Decoder(data)(answer.get("result")))


def _lent(lender: Lender, value: Any) -> int | str:
    if isinstance(value, type):
        raise NotPlain("a class is no plain value")
    return lender.name(value) if isinstance(value, Proxy) else lender.label(value)


def _number(value: Any) -> int:
    return value if isinstance(value, int) else 0


def _repeat(answer: dict[str, Any]) -> None:
    """Print and warn as the student's function did."""
    printed, warned = answer.get("printed"), answer.get("warnings")
    for name, text in printed if isinstance(printed, list) else []:
        print(str(text), end="", file=sys.stderr if name == "stderr" else sys.stdout)
    for name, words in warned if isinstance(warned, list) else []:
        kind = ERRORS.get(str(name), UserWarning)
        warnings.warn(str(words), kind if issubclass(kind, Warning) else UserWarning, stacklevel=4)


def _with_graph(proxy: Proxy, given: tuple[Any, ...], named: Any, torch: Any) -> Any:
    """Call a function of tensors that want a gradient; going back through it is a second call."""
    held: dict[str, Any] = {}

    class Call(torch.autograd.Function):  # type: ignore[misc]
        @staticmethod
        def forward(context: Any, *tensors: Any) -> Any:
            left = iter(tensors)
            sent, held["copies"] = [], []
            for original in given:
                if not isinstance(original, torch.Tensor):
                    sent.append(original)
                    continue
                copy = next(left).detach().clone().requires_grad_(original.requires_grad)
                if original.is_leaf and original.grad is not None:
                    copy.grad = original.grad.clone()
                held["copies"].append((original, copy))
                sent.append(copy)
            held["result"], context.graph = proxy.call(tuple(sent), named, graph=True)
            context.wanted = [t.requires_grad for t in tensors]
            if context.graph is None or not isinstance(held["result"], torch.Tensor):
                raise _NoGraph
            return held["result"].detach()

        @staticmethod
        def backward(context: Any, slope: Any) -> Any:
            slopes = iter(proxy.backward(context.graph, slope))
            return tuple(next(slopes) if wanted else None for wanted in context.wanted)

    try:
        result = Call.apply(*(a for a in given if isinstance(a, torch.Tensor)))
    except _NoGraph:
        result = held["result"]
    for original, copy in held["copies"]:
        if original.is_leaf:
            _leave_tensor(original, copy)
    return result


class _NoGraph(Exception):
    """The result of a call does not depend on its arguments, as far as autograd knows."""


def _leave(old: Any, new: Any) -> bool:
    """Bring arguments into the state in which a call left them.

    Returns whether this could be done in place; if not, who holds the old value takes the new one.
    """
    torch = sys.modules.get("torch")
    if isinstance(old, np.ndarray):
        same = isinstance(new, np.ndarray) and new.shape == old.shape and old.flags.writeable
        if same and old.tobytes() != new.tobytes():
            old[...] = new
        return True
    if torch is not None and isinstance(old, torch.Tensor):
        if isinstance(new, torch.Tensor):
            _leave_tensor(old, new)
        return True
    if isinstance(old, np.random.Generator):
        if isinstance(new, np.random.Generator):
            old.bit_generator.state = new.bit_generator.state
        return True
    if isinstance(old, tuple):
        if isinstance(new, tuple) and len(old) == len(new):
            for one, other in zip(old, new, strict=True):
                _leave(one, other)
        return True
    if type(old) is not type(new):
        return False
    if isinstance(old, list):
        if len(old) != len(new):
            old[:] = new
        for at, value in enumerate(new):
            if type(old[at]) is not type(value) or not _leave(old[at], value):
                old[at] = value
        return True
    if isinstance(old, dict):
        for key in [key for key in old if key not in new]:
            del old[key]
        for key, value in new.items():
            if key not in old or not _leave(old[key], value):
                old[key] = value
        return True
    if isinstance(old, set):
        old.clear()
        old.update(new)
        return True
    return False


def _leave_tensor(old: Any, new: Any) -> None:
    import torch

    with torch.no_grad():
        if old.shape == new.shape and not torch.equal(old, new.detach()):
            old.copy_(new.detach())
    if old.is_leaf:
        old.requires_grad_(new.requires_grad)
        old.grad = new.grad
