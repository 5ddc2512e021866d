"""Hidden checks of the exercises of chapter 8. Marked: canary-hidden-language."""

from __future__ import annotations

import math

import numpy as np
from check import agree

from hidden import exercise, raises, reason

NINE = 1e-9  # what a result may be off, as the notebook's rules say


def _text(rng, letters, length):
    return "".join(rng.choice(list(letters), size=length).tolist())


def _model(rng, letters):
    """Return a model of texts, whose forecast depends on the past's length and last letter."""
    tables = rng.dirichlet(np.ones(len(letters)), size=(2, len(letters) + 1)).tolist()

    def says(past):
        last = letters.index(past[-1]) if past else len(letters)
        return dict(zip(letters, tables[len(past) % 2][last], strict=True))

    return says


def _each_bill(model, text):
    """Return what each letter costs with a model, in bits."""
    return [-math.log2(model(text[:t])[letter]) for t, letter in enumerate(text)]


@exercise("8.1", example=lambda f: f(lambda past: {"w": 0.5, "b": 0.5}, "wbwbb"))
def text_bits(f, rng):
    letters = "nest "
    text = _text(rng, letters, int(rng.integers(12, 20)))
    model = _model(rng, letters)
    each = _each_bill(model, text)
    bits = math.fsum(each)
    asked = []

    def observed(past):
        asked.append(past)
        return model(past)

    got = f(observed, text)
    with reason(
        "shows the model the whole text each time",
        "This fails because the model is asked about a text that is already complete. A letter is "
        "to be forecast from those before it.",
        "8.2",
    ):
        assert set(asked) != {text}
    with reason(
        "shows the model the letter that it is to forecast",
        "The past of letter number t is text[:t], without the letter itself.",
        "8.2",
    ):
        assert text not in asked
    with reason(
        "lets the first letter come for nothing",
        "This fails because the model is never asked about an empty past. The first letter has a "
        "price like all others.",
        "8.2",
    ):
        assert "" in asked
    with reason(
        "hides a part of the past from the model",
        "This fails because the model is not asked with all letters before the one to come. One "
        "cause may be a past that is cut to its last letters.",
        "8.2",
    ):
        assert set(asked) == {text[:t] for t in range(len(text))}
    with reason("asks the model more than once a letter", "Keep what the model has said.", "8.2"):
        assert len(asked) == len(text)
    with reason("averages where it should add up", "The bill of the text is a sum.", "8.2"):
        assert not agree(got, bits / len(text), NINE)
    with reason("measures in nats", "A bit is ln 2 = 0.6931 nats.", "8.1"):
        assert not agree(got, bits * math.log(2), NINE)
    with reason(
        "adds up other numbers than the surprises",
        "Add −log₂ of the probability of each letter that came.",
        "8.2",
    ):
        assert agree(got, bits, NINE)
    with reason("stumbles over a text without letters", "Nothing costs 0.0.", "8.2"):
        assert agree(f(lambda past: {"w": 1.0}, ""), 0.0)
    at = int(rng.integers(2, len(text)))

    def changed(*q):
        """Return a model that gives one letter another probability, or does not name it."""

        def says(past):
            table = dict(model(past))
            if len(past) == at:
                del table[text[at]]
                table.update(dict.fromkeys(text[at], *q) if q else {})
            return table

        return says

    with reason(
        "stumbles over a letter that the model does not name",
        "A letter that is missing in the dictionary has the probability 0: the text costs ∞.",
        "8.4",
    ):
        assert f(changed(), text) == math.inf
    with reason(
        "passes over a letter that has the probability 0",
        "What happens although it was called impossible costs ∞, and so does the whole text.",
        "8.4",
    ):
        assert f(changed(0.0), text) == math.inf
    with reason("clips small probabilities", "Even 1e-300 is a probability: 996.6 bits.", "8.4"):
        want = bits - each[at] + 300 * math.log2(10)
        assert agree(f(changed(1e-300), text), want, NINE)
    with reason(
        "multiplies before it takes the logarithm",
        "A product of so many probabilities is 0 in floating point. Add logarithms.",
        "A.1",
    ):
        long = _text(rng, letters, 1200)
        assert agree(f(model, long), math.fsum(_each_bill(model, long)), NINE)
    with reason(
        "knows only some letters", "Any character may come: the dictionary says which.", "8.2"
    ):
        assert agree(f(lambda past: {"Ä": 0.25, "\n": 0.75}, "ÄÄ"), 4.0, NINE)
