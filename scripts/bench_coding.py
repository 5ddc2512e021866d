"""Measure the coder's speed and file sizes beside another one, on the same messages in one run.

The other is constriction's range coder, compiled and given all tables as one array, while ours is
Python that asks its codebook symbol by symbol. Where it is not installed its columns are empty.
Every figure is the best of several repetitions: other work on the machine only ever adds time.

Usage: python scripts/bench_coding.py
"""

from __future__ import annotations

import random
import timeit
from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np

from lib.coding import counting, decode, encode, fences, ideal_bits, static

REPETITIONS = 5
N = 100_000


def messages() -> dict[str, tuple[list[int], list[list[int]]]]:
    """Return messages and their tables, by name."""
    rng = random.Random(0)
    some = [fences([rng.randrange(1, 1000) for _ in range(10)]) for _ in range(1000)]
    peaked = fences([10_000, *[1] * 9])
    rare = fences([10**12, 1, 0, 0])
    words = fences([rng.randrange(1, 1000) for _ in range(5000)])
    return {
        "10 symbols, a table each": (
            [rng.randrange(10) for _ in range(N)],
            [rng.choice(some) for _ in range(N)],
        ),
        "10 symbols, nearly sure": (
            [0 if rng.random() < 0.999 else rng.randrange(10) for _ in range(N)],
            [peaked] * N,
        ),
        "16 bits a symbol": ([3] * N, [rare] * N),
        "5 000 symbols": ([rng.randrange(5000) for _ in range(N // 100)], [words] * (N // 100)),
    }


def per_second(run: Callable[[], object], symbols: int) -> float:
    """Return how many symbols a second `run` reaches at its best."""
    return symbols / min(timeit.repeat(run, number=1, repeat=REPETITIONS))


def other(symbols: list[int], rows: list[list[int]]) -> tuple[int, float, float] | None:
    """Return bits, and symbols per second to encode and decode, of constriction."""
    try:
        import constriction
    except ImportError:
        return None
    message = np.array(symbols, dtype=np.int32)
    shares = np.diff(np.array(rows), axis=1) / (1 << 16)
    family = constriction.stream.model.Categorical(perfect=False)

    def write() -> Any:
        encoder = constriction.stream.queue.RangeEncoder()
        encoder.encode(message, family, shares)
        return encoder

    encoder = write()
    compressed = encoder.get_compressed()

    def read() -> Any:
        return constriction.stream.queue.RangeDecoder(compressed).decode(family, shares)

    if not np.array_equal(read(), message):
        raise RuntimeError("constriction has not read its own file back")
    return encoder.num_bits(), per_second(write, len(symbols)), per_second(read, len(symbols))


def main() -> None:
    """Print the table."""
    print("\nThe coder beside constriction: bits, and thousands of symbols per second\n")
    head = ("", "surprise", "bits", "theirs", "encode", "theirs", "decode", "theirs")
    print("  {:<26}{:>12}{:>10}{:>10}{:>9}{:>9}{:>9}{:>9}".format(*head))
    for name, (symbols, rows) in messages().items():
        book = static(rows)
        word = encode(symbols, book)
        if decode(word, book, len(symbols)) != symbols:
            raise RuntimeError(f"{name}: not read back")
        n = len(symbols)
        ours = (
            len(word),
            per_second(partial(encode, symbols, book), n),
            per_second(partial(decode, word, book, n), n),
        )
        columns = [f"{ideal_bits(symbols, book):.1f}"]
        found = other(symbols, rows)
        for k, own in enumerate(ours):
            unit = 1e3 if k else 1
            columns += [f"{own / unit:.0f}", "-" if found is None else f"{found[k] / unit:.0f}"]
        print("  {:<26}{:>12}{:>10}{:>10}{:>9}{:>9}{:>9}{:>9}".format(name, *columns))
    learnt = [int(ball) for ball in "01011" * 400]
    speed = per_second(lambda: encode(learnt, counting(2)), len(learnt))
    print(f"\n  2 000 balls, learning as it goes: {speed / 1e3:.0f} thousand symbols per second")


if __name__ == "__main__":
    main()
