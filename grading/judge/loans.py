"""A function that a check gives to a student's function, such as a loss: it is lent for the call.

No code crosses. What the student's function gets sends its arguments to the judge, whose function
is called with them, and brings back the result, or the error. A function of the student's own,
which the judge knows as a proxy, goes back by its name.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

from grading.judge.channel import Channel
from grading.judge.codec import Decoder, Encoder, NotPlain
from grading.judge.errors import LENT, error, failure

Label = int | str


class Lender:
    """The judge's side of a call: his functions among the arguments, by number.

    What one of them raises goes to the student's function; if it lets the error pass, the call
    ends in it here as well, as the object that it was.
    """

    def __init__(self) -> None:
        self.functions: list[Callable[..., Any]] = []
        self.own: dict[str, Callable[..., Any]] = {}
        self.raised: BaseException | None = None  # by one of them, last

    def label(self, value: Any) -> Label:
        """Return a function's number; lend it if it is not lent yet."""
        for at, function in enumerate(self.functions):
            if function is value:
                return at
        self.functions.append(value)
        return len(self.functions) - 1

    def name(self, value: Callable[..., Any]) -> Label:
        """Return the name of a function of the student's."""
        self.own[value.__name__] = value
        return value.__name__

    def function(self, label: Label) -> Callable[..., Any]:
        """Return a function that has come back."""
        if isinstance(label, str) and label in self.own:
            return self.own[label]
        return self.lent(label)

    def lent(self, number: Any) -> Callable[..., Any]:
        """Return a function of the judge's."""
        if not isinstance(number, int) or not 0 <= number < len(self.functions):
            raise NotPlain("a function that was not lent")
        return self.functions[number]

    def serve(self, question: dict[str, Any], data: memoryview) -> tuple[dict[str, Any], Encoder]:
        """Call a function as the student's side asks for it."""
        encoder = Encoder()
        try:
            decoder = Decoder(data)
            given, named = decoder(question.get("given")), decoder(question.get("named"))
            if not (type(given) is tuple and type(named) is dict):
                raise NotPlain("arguments of another form")
            return {"result": encoder(self.lent(question["lent"])(*given, **named))}, encoder
        except KeyboardInterrupt:  # the time is over
            raise
        except BaseException as wrong:
            self.raised = wrong
            encoder.clear()
            return failure(wrong), encoder


class Borrower:
    """The student's side of a call: functions that ask the judge for their results.

    Parameters
    ----------
    channel : Channel
        To the judge, who waits for the answer to his question.
    asked : int
        The number of that question.
    own : dict of str to Any
        What the student's cells have defined.
    """

    def __init__(self, channel: Channel, asked: int, own: dict[str, Any]) -> None:
        self.channel, self.asked, self.own = channel, asked, own
        self.borrowed: dict[Label, Callable[..., Any]] = {}
        self.one_at_a_time = threading.Lock()
        self.over = False

    def function(self, label: Label) -> Callable[..., Any]:
        """Return the function of a number, or of the student's own of a name."""

        def lent(*given: Any, **named: Any) -> Any:
            if self.over:
                raise RuntimeError("this function was lent for an earlier call")
            encoder = Encoder()
            question = {"lent": label, "given": encoder(given), "named": encoder(named)}
            with self.one_at_a_time:
                self.channel.send(self.asked, question, encoder)
                _, answer, data = self.channel.receive()
            if "error" in answer:
                raised = error(answer["error"], answer.get("words"))
                setattr(raised, LENT, True)
                raise raised
            return Decoder(data)(answer["result"])

        function = self.own[label] if isinstance(label, str) else lent
        return self.borrowed.setdefault(label, function)

    def label(self, value: Any) -> Label:
        """Return the number or name of a function that came with the call, and may go back."""
        for label, function in self.borrowed.items():
            if function is value:
                return label
        raise NotPlain(f"a {type(value).__name__} is no plain value")
