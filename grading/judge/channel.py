"""Numbered, size-checked messages over a socket.

A message is a header (its number, the bytes of its text, the bytes of its buffer), a JSON text,
and a buffer. Nothing is allocated before the header has been compared with what is allowed.
"""

from __future__ import annotations

import json
import select
import socket
import struct
import time
from collections.abc import Callable
from typing import Any

from grading.judge.codec import MOST_BYTES, MOST_TEXT, Encoder

HEADER = struct.Struct("<QQQ")
JOINED = 2**22  # bytes of buffers that are sent as one
STALE = 100  # late answers to earlier questions that are overlooked, such as a forked child's


class Lost(Exception):
    """The other side is gone, or does not keep to the format."""


class Late(Exception):
    """The other side did not answer in time."""


class Channel:
    """One end of a conversation.

    Parameters
    ----------
    connection : socket.socket
        A connected stream.
    most_text, most_data : int
        Bytes that a message which comes in may have.
    """

    def __init__(
        self, connection: socket.socket, most_text: int = MOST_TEXT, most_data: int = MOST_BYTES
    ) -> None:
        connection.setblocking(False)
        for side in (socket.SO_SNDBUF, socket.SO_RCVBUF):
            connection.setsockopt(socket.SOL_SOCKET, side, 2**20)
        self.socket = connection
        self.most = most_text, most_data
        self.number = 0
        self._can_read, self._can_write = select.poll(), select.poll()
        self._can_read.register(connection, select.POLLIN)
        self._can_write.register(connection, select.POLLOUT)

    def close(self) -> None:
        """Hang up."""
        self.socket.close()

    def send(
        self, number: int, message: Any, encoder: Encoder | None = None, until: float | None = None
    ) -> None:
        """Send a message.

        Parameters
        ----------
        number : int
            The question's number; an answer has that of its question.
        message : Any
            What JSON can hold.
        encoder : Encoder, optional
            The encoder of the values in it.
        until : float, optional
            When to give up, by ``time.monotonic``.

        Raises
        ------
        Late
            If the other side does not read.
        Lost
            If the other side is gone.
        """
        text = json.dumps(message).encode()
        buffers = encoder.buffers if encoder else []
        size = encoder.size if encoder else 0
        parts = [HEADER.pack(number, len(text), size), text, *buffers]
        if size <= JOINED:
            parts = [b"".join(parts)]
        for part in parts:
            left = memoryview(part)
            while len(left):
                try:
                    left = left[self.socket.send(left) :]
                except BlockingIOError:
                    _wait(self._can_write, until)
                except OSError as error:
                    raise Lost(str(error)) from None

    def receive(self, until: float | None = None) -> tuple[int, Any, memoryview]:
        """Return the next message: its number, its text as JSON's types, its buffer.

        Raises
        ------
        Late
            If it does not come in time.
        Lost
            If the other side is gone, or sends anything else.
        """
        number, text, data = HEADER.unpack(self._exactly(HEADER.size, until))
        if text > self.most[0] or data > self.most[1]:
            raise Lost("a message that is too large")
        body = self._exactly(text + data, until)
        try:
            return number, json.loads(bytes(body[:text])), body[text:]
        except (ValueError, RecursionError):
            raise Lost("a message that is no JSON") from None

    def ask(
        self,
        message: Any,
        encoder: Encoder | None = None,
        until: float | None = None,
        serve: Callable[[dict[str, Any], memoryview], tuple[Any, Encoder]] | None = None,
    ) -> tuple[dict[str, Any], memoryview]:
        """Send a question and return the answer to it; late answers to others are overlooked.

        Before it answers, the other side may ask for values of functions that were lent to it:
        `serve` returns what is sent back.
        """
        self.number += 1
        self.send(self.number, message, encoder, until)
        stale = 0
        while stale < STALE:
            number, answer, data = self.receive(until)
            if number == self.number:
                if not isinstance(answer, dict):
                    raise Lost("an answer of another form")
                if serve is None or "lent" not in answer:
                    return answer, data
                if until is not None and time.monotonic() > until:
                    raise Late("it never stops asking")
                self.send(number, *serve(answer, data), until)
                continue
            if number > self.number:
                raise Lost("an answer to no question")
            stale += 1
        raise Lost("too many answers to one question")

    def _exactly(self, size: int, until: float | None) -> memoryview:
        view = memoryview(bytearray(size))
        got = 0
        while got < size:
            try:
                count = self.socket.recv_into(view[got:])
            except BlockingIOError:
                _wait(self._can_read, until)
                continue
            except OSError as error:
                raise Lost(str(error)) from None
            if not count:
                raise Lost("the process has ended")
            got += count
        return view


def _wait(poll: select.poll, until: float | None) -> None:
    left = None if until is None else (until - time.monotonic()) * 1000
    if left is not None and left <= 0:
        raise Late("no answer in time")
    poll.poll(left)
