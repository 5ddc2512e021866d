"""Price four passages of chapter 8's covered page, for the explorable "letters".

The machines count letters after the pasts of eleven chapters, as section 8.3 does. What the
explorable shows of them is committed in ``lib/explorables/letters/data.json``. The covered letters
stand there as places in the alphabet, so that a page's source does not read them out.

Usage: python scripts/letters_data.py             (writes the file)
       python scripts/letters_data.py --check     (computes it again and compares)
"""

from __future__ import annotations

import json
import math
import sys
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

from course.contents import ROOT
from course.stored import write_or_compare
from lib import alice

TARGET = ROOT / "lib/explorables/letters/data.json"

#: What is shown of each passage; the 32 letters after it are covered.
LEADS = (
    "off with her head ",
    "sentence first ",
    "so she sat on with ",
    "rule forty two ",
)
COVERED = 32
ORDERS = (0, 2, 4, 6)  # how many letters each of the machines remembers
GUESSER = 4  # the machine that guesses
DECIMALS = 4  # of bits

Seen = Mapping[str, Counter[str]]


def learn(text: str, order: int) -> dict[str, Counter[str]]:
    """Count the letters that follow each past of up to `order` letters."""
    seen: dict[str, Counter[str]] = defaultdict(Counter)
    for t, letter in enumerate(text):
        for n in range(min(t, order) + 1):
            seen[text[t - n : t]][letter] += 1
    return dict(seen)


def predict(seen: Seen, past: str, letter: str) -> float:
    """Return the probability of the next letter, mixed from short pasts to long (section 8.3).

    A past that occurred N times with T different letters trusts its counts with N / (N + T).
    """
    q = 1 / len(alice.ALPHABET)
    for n in range(len(past) + 1):
        counts = seen.get(past[len(past) - n :])
        if counts:
            total, kinds = counts.total(), len(counts)
            q = (counts[letter] + kinds * q) / (total + kinds)
    return q


def collect() -> dict[str, Any]:
    """Return what the explorable shows.

    Returns
    -------
    dict
        Ready for JSON. ``weights``: whole numbers; divided by their sum they are the order 0
        machine's probabilities of the alphabet. ``passages``: of each what is shown (``lead``), the
        covered letters' places in the alphabet, what each machine pays for them in bits, the
        guesser's best letter at each place, and what it pays if it names that letter alone and is
        as sure of it as it is (``sure``).
    """
    *book, last = alice.chapters()
    train = " ".join(book) + " "
    text = train + last
    seen = {order: learn(train, order) for order in ORDERS}
    kinds = seen[0][""]
    if len(kinds) != len(alice.ALPHABET):
        raise ArithmeticError("a letter of the alphabet does not occur in the chapters")

    def q(order: int, t: int, letter: str) -> float:
        return predict(seen[order], text[t - order : t], letter)

    def one_guess(letter: str, guess: str, c: float) -> float:
        """Return what the letter gets: c if guessed, else a part of the rest by frequency."""
        f = {each: q(0, len(train), each) for each in (letter, guess)}
        return c if letter == guess else (1 - c) * f[letter] / (1 - f[guess])

    passages = []
    for lead in LEADS:
        start = text.index(lead, len(train)) + len(lead)
        places = range(start, start + COVERED)
        best = []
        for t in places:
            given = {letter: q(GUESSER, t, letter) for letter in alice.ALPHABET}
            best.append(max(given, key=given.__getitem__))
        passages.append(
            {
                "lead": lead,
                "covered": [alice.ALPHABET.index(text[t]) for t in places],
                "bits": [
                    [round(-math.log2(q(order, t, text[t])), DECIMALS) for t in places]
                    for order in ORDERS
                ],
                "best": [alice.ALPHABET.index(letter) for letter in best],
                "sure": [
                    round(-math.log2(one_guess(text[t], letter, q(GUESSER, t, letter))), DECIMALS)
                    for t, letter in zip(places, best, strict=True)
                ],
            }
        )
    # (count + 27 / 27) / (N + 27): every letter has come, so T = 27 and 27 times 1/27 is added.
    weights = [kinds[letter] + 1 for letter in alice.ALPHABET]
    return {"alphabet": alice.ALPHABET, "orders": list(ORDERS), "weights": weights,
            "passages": passages}  # fmt: skip


def written(data: dict[str, Any]) -> str:
    """Return the data as JSON, one entry a line and one line for each entry of a passage."""
    passages = ",\n".join(
        "{" + ",\n".join(f"{json.dumps(k)}:{_short(v)}" for k, v in passage.items()) + "}"
        for passage in data["passages"]
    )
    entries = [f"{json.dumps(k)}:{_short(v)}" for k, v in data.items() if k != "passages"]
    return "{\n" + ",\n".join([*entries, f'"passages":[\n{passages}]']) + "\n}\n"


def _short(value: Any) -> str:
    return json.dumps(value, separators=(",", ":"))


def main(arguments: Sequence[str]) -> int:
    """Compute the data; write them, or compare them with what is there."""
    text = written(collect())
    return write_or_compare(TARGET, text, arguments)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
