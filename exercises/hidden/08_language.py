"""Hidden checks of the exercises of chapter 8. Marked: canary-hidden-language."""

from __future__ import annotations

from hidden import exercise, raises, reason


@exercise("8.1", example=lambda f: f("hth"))
def heads(f, rng):
    tosses = "h" * int(rng.integers(3, 9)) + "t" * int(rng.integers(10, 20))
    with reason("counts the tails", "Heads are the letter h.", "8.1"):
        assert f(tosses) == tosses.count("h") or f(tosses) != tosses.count("t")
    with reason("counts every toss", "Only heads count.", "8.1"):
        assert f(tosses) != len(tosses)
    with reason("accepts any letter", "A toss is h or t.", "8.1"):
        assert raises(lambda: f("hx"))
    with reason("is wrong", "Count the heads.", "8.1"):
        assert f(tosses) == tosses.count("h")
