"""Messages: numbered, compared with what is allowed before anything is allocated, and in time."""

from __future__ import annotations

import json
import socket
import threading
import time
from typing import Any

import numpy as np
import pytest

from grading.judge.channel import HEADER, STALE, Channel, Late, Lost
from grading.judge.codec import Decoder, Encoder


@pytest.fixture
def ends() -> Any:
    mine, theirs = socket.socketpair()
    channel = Channel(mine, most_text=1000, most_data=2**24)
    yield channel, theirs
    channel.close()
    theirs.close()


def soon() -> float:
    return time.monotonic() + 5


def frame(number: int, message: Any, data: bytes = b"") -> bytes:
    text = json.dumps(message).encode()
    return HEADER.pack(number, len(text), len(data)) + text + data


def test_a_question_and_its_answer(ends: Any) -> None:
    channel, theirs = ends
    other = Channel(theirs)
    array = np.arange(10**6, dtype=float)  # more than a socket holds at once

    def answer() -> None:
        number, question, data = other.receive(soon())
        encoder = Encoder()
        other.send(number, {"result": encoder(2 * Decoder(data)(question))}, encoder, soon())

    thread = threading.Thread(target=answer)
    thread.start()
    encoder = Encoder()
    message, data = channel.ask(encoder(array), encoder, soon())
    thread.join()
    assert np.array_equal(Decoder(data)(message["result"]), 2 * array)


def test_a_late_answer_to_an_earlier_question_is_overlooked(ends: Any) -> None:
    channel, theirs = ends
    channel.number = 4
    theirs.sendall(frame(4, {"result": "of a forked child"}) + frame(5, {"result": "right"}))
    assert channel.ask({}, until=soon())[0] == {"result": "right"}


@pytest.mark.parametrize(
    "sent",
    [
        frame(2, {"result": "from the future"}),
        frame(1, ["no object"]),
        HEADER.pack(1, 2**63, 0),
        HEADER.pack(1, 0, 2**63),
        HEADER.pack(1, 1001, 0),
        HEADER.pack(1, 4, 0) + b"{nul",
        HEADER.pack(1, 1000, 0) + b"[" * 1000,
        HEADER.pack(1, 2, 0) + b"\xff\xff",
        frame(0, {}) * (STALE + 1),
        b"short",
        b"",
    ],
    ids=range(11),
)
def test_everything_else_ends_the_conversation(ends: Any, sent: bytes) -> None:
    channel, theirs = ends
    theirs.sendall(sent)
    theirs.shutdown(socket.SHUT_WR)
    with pytest.raises(Lost):
        channel.ask({}, until=soon())


@pytest.mark.parametrize("sent", [b"", HEADER.pack(1, 100, 0), HEADER.pack(1, 100, 0) + b" " * 50])
def test_an_answer_has_its_time(ends: Any, sent: bytes) -> None:
    channel, theirs = ends
    theirs.sendall(sent)
    with pytest.raises(Late):
        channel.ask({}, until=time.monotonic() + 0.1)


def test_who_does_not_read_does_not_hold_up_the_sender(ends: Any) -> None:
    channel, _ = ends
    encoder = Encoder()
    message = encoder(bytes(2**23))
    with pytest.raises(Late):
        channel.ask(message, encoder, time.monotonic() + 0.1)
