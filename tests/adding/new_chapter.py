"""A tiny next chapter: every file that its author writes, and nothing else.

It has one section, one figure, one explorable, one golden number, a quiz and an exercise with its
wrong answers. ``{N}`` stands for the chapter's number, ``{NN}`` for its two digits.
"""

from __future__ import annotations

import json
from typing import Any

NAME = "{NN}_coins"

OPENING = """\
# {N} · Coins: how much does a toss tell?

Somebody tosses a coin and looks at it. We do not.

**After this chapter you can**

1. count heads;
2. price a surprise.

**You need** a coin. **Time**: about 10 minutes.
"""
IMPORTS = """\
import math

from lib.figures import coins as draw
from lib.figures import use_house_style

use_house_style()
"""
SECTION = """\
## {N}.1 Three sides

A coin with three equal sides surprises by $\\log 3$ each time, as a die with three numbers does.
"""
NUMBER = """\
print(f"a coin with three sides: {math.log(3):.4f} nats")
"""
FIGURE = """\
fig, ax = draw.heads_and_tails(3, 2)
"""
ALT = "Two bars: three tosses showed heads and 2 showed tails, so that heads came more often."
CAPTION = """\
*Figure {N}.1.* Heads came more often.
"""
END = """\
## Where next

**Exercises.** [The exercises of this chapter](LINK), one.
"""
EXPLORABLE = """\
from lib.explorables import explorable

explorable("coin")
"""


def _cell(kind: str, identity: str, source: str, **metadata: Any) -> dict[str, Any]:
    code = {"execution_count": None, "outputs": []} if kind == "code" else {}
    return {
        "cell_type": kind,
        "id": identity,
        "metadata": metadata,
        "source": source.rstrip("\n").splitlines(keepends=True),
        **code,
    }


def _notebook(cells: list[dict[str, Any]], **facts: Any) -> str:
    metadata = {
        "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
        "language_info": {"name": "python"},
        **facts,
    }
    content = {"cells": cells, "metadata": metadata, "nbformat": 4, "nbformat_minor": 5}
    return json.dumps(content, indent=1, sort_keys=True, ensure_ascii=False) + "\n"


def _question(number: int, right: str) -> str:
    folds = [
        f"<details><summary>{letter}) Answer {letter}.</summary>\n\n"
        f"**{'Right' if letter == right else 'Not quite'}.** Here stands why {letter} is what it "
        f"is in question {number}.\n</details>"
        for letter in "abcd"
    ]
    return "\n\n".join([f"**Question {number}.** What is it?", *folds])


def chapter() -> str:
    """Return the chapter as its author writes it, not yet executed."""
    quiz = ["## Quiz\n\nChoose an answer.", *map(_question, range(1, 6), "bacdb")]
    described = {"mystnb": {"image": {"alt": ALT}}}
    return _notebook(
        [
            _cell("markdown", "c-01", OPENING),
            _cell("code", "c-02", IMPORTS),
            _cell("markdown", "c-03", SECTION),
            _cell("code", "c-04", NUMBER),
            _cell("code", "c-05", FIGURE, **described),
            _cell("markdown", "c-05a", CAPTION),
            _cell("code", "c-06", EXPLORABLE),
            *(
                _cell("markdown", f"{{NN}}-quiz{(n and f'-{n}') or ''}", text, tags=["quiz"])
                for n, text in enumerate(quiz)
            ),
            _cell("markdown", "c-07", "## Misconceptions\n\nNone yet."),
            _cell(
                "markdown", "c-08", END.replace("LINK", f"../exercises/release/{NAME}/{NAME}.ipynb")
            ),
        ],
        course={
            "aim": "Toss a coin.",
            "explorable": "the coin",
            "objectives": [
                {"short": "count heads", "sections": "{N}.1", "quiz": [1, 2, 3]},
                {"short": "price a surprise", "sections": "{N}.1", "quiz": [4, 5]},
            ],
            "thread": [{"becomes": "tosses of a coin", "value": "1.0986 nats a toss"}],
        },
    )


SOLUTION = """\
def heads(tosses):
    \"\"\"Return how many tosses showed heads.

    tosses: a string of h and t, such as "hth"; may be empty.
    \"\"\"
    ### BEGIN SOLUTION
    # canary-solution-{NN}_coins
    if set(tosses) - set("ht"):
        raise ValueError(f"a toss is h or t: {tosses!r}")
    return tosses.count("h")
    ### END SOLUTION
"""
STATEMENT = """\
## Exercise {N}.1 · Heads

★ · objectives 1 and 2 · about 5 minutes · 2 points

Write `heads(tosses)`: how many of the tosses showed heads. Anything but h and t is refused with a
`ValueError`.

**Example.** `heads("hth")` is 2.

<details><summary>Hint</summary>

A string can count.

</details>
"""
VISIBLE = """\
expect(heads("hth"), 2, 'heads("hth")', idea="count the letter h", section="{N}.1")
passed("{N}.1")
"""
HIDDEN = """\
# The hidden checks of exercise {N}.1 run here when the notebook is graded.
### BEGIN HIDDEN TESTS
from hidden import grade

grade("{N}.1", heads)
### END HIDDEN TESTS
"""


def _exercise_cell(
    name: str, source: str, kind: str = "code", points: int = 0, solution: bool = False
) -> dict[str, Any]:
    facts = {
        "grade": points > 0,
        "grade_id": name,
        "locked": not solution,
        "schema_version": 3,
        "solution": solution,
        "task": False,
    }
    if points:
        facts["points"] = points
    metadata: dict[str, Any] = {"deletable": False, "nbgrader": facts}
    if not solution:
        metadata["editable"] = False
    return _cell(kind, f"x-{name}", source, **metadata)


def exercises() -> str:
    """Return the source notebook of the chapter's one exercise."""
    title = (
        "# Exercises {N} · Coins\n\nOne exercise.\n\n**Reading alone?** The solutions stand in "
        "`exercises/source` of the book's repository."
    )
    return _notebook(
        [
            _cell("markdown", "x-title", title),
            _exercise_cell("setup", "from check import expect, passed"),
            _exercise_cell("statement-{N}-1", STATEMENT, "markdown"),
            _exercise_cell("answer-{N}-1", SOLUTION, solution=True),
            _exercise_cell("visible-{N}-1", VISIBLE, points=1),
            _exercise_cell("hidden-{N}-1", HIDDEN, points=1),
        ]
    )


HIDDEN_CHECKS = '''\
"""Hidden checks of the exercises of chapter {N}. Marked: canary-hidden-coins."""

from __future__ import annotations

from hidden import exercise, raises, reason


@exercise("{N}.1", example=lambda f: f("hth"))
def heads(f, rng):
    tosses = "h" * int(rng.integers(3, 9)) + "t" * int(rng.integers(10, 20))
    with reason("counts the tails", "Heads are the letter h.", "{N}.1"):
        assert f(tosses) == tosses.count("h") or f(tosses) != tosses.count("t")
    with reason("counts every toss", "Only heads count.", "{N}.1"):
        assert f(tosses) != len(tosses)
    with reason("accepts any letter", "A toss is h or t.", "{N}.1"):
        assert raises(lambda: f("hx"))
    with reason("is wrong", "Count the heads.", "{N}.1"):
        assert f(tosses) == tosses.count("h")
'''
WRONG = """\
Wrong answers to exercise {N}.1. canary-wrong-{NN}_coins

@@ counts the tails @@
! Write `heads(tosses)`: how ...
-    return tosses.count("h")
+    return tosses.count("t")

@@ counts every toss @@
! Write `heads(tosses)`: how ...
-    return tosses.count("h")
+    return len(tosses)

@@ accepts any letter @@
! Anything but h and t ...
-    if set(tosses) - set("ht"):
-        raise ValueError(f"a toss is h or t: {tosses!r}")
"""
ALTERNATIVE = """\
# Right answers to exercise {N}.1 in another style. canary-alternative-{NN}_coins


# %% a sum
def heads(tosses):
    if any(toss not in "ht" for toss in tosses):
        raise ValueError("h or t")
    return sum(toss == "h" for toss in tosses)
"""
GOLDEN = '''\
"""The golden numbers of chapter {N}, Coins."""

from course.golden import Golden
from course.golden.oracles import log

GOLDEN = (Golden("coins.three_sides", "1.0986122887", "nats", lambda: log(3)),)
'''
FIGURES = '''\
"""Figures of chapter {N}, Coins."""

from __future__ import annotations

import matplotlib.pyplot as plt
from matplotlib.axes import Axes
from matplotlib.figure import Figure


def heads_and_tails(heads: int, tails: int) -> tuple[Figure, Axes]:
    """Draw how often each side came.

    Parameters
    ----------
    heads, tails : int
        Counts.
    """
    fig, ax = plt.subplots(figsize=(4, 2))
    ax.bar(["heads", "tails"], [heads, tails])
    for side, count in enumerate((heads, tails)):
        ax.text(side, count, str(count), ha="center", va="bottom")
    ax.set_title("Heads came more often")
    return fig, ax
'''
SAMPLE = '''\
"""The figures of ``lib.figures.coins``."""

from __future__ import annotations

from tests.figures.drawing import Draw, Drawn


def heads_and_tails(draw: Draw) -> Drawn:
    return draw(3, 2)
'''
SCRIPT = """\
// @ts-check
// Chapter {N}, the coin: how surprising is heads?

/** @typedef {{heads: number}} CoinState */

const coinMath = {
  /** @param {number} heads @returns {number} in nats */
  surprise(heads) {
    return 0 - Math.log(heads);
  },
};

/** @param {Ui<CoinState>} ui @returns {Child[]} */
function coinView(ui) {
  return [
    ui.slider({
      label: "probability of heads",
      min: kit.limits("heads").low,
      max: kit.limits("heads").high,
      step: 0.01,
      value: (s) => s.heads,
      change: (heads) => ({ heads }),
      text: (v) => kit.fixed(v, 2),
    }),
  ];
}

kit.mount(
  /** @type {Definition<CoinState>} */ ({
    name: "coin",
    title: "A rare side surprises more",
    hint: "Make heads rare.",
    task: "How rare must heads be to surprise by 2 nats?",
    presets: [{ text: "a fair coin", state: { heads: 0.5 } }],
    say: (s) => `Heads surprises by ${kit.unit(coinMath.surprise(s.heads), 4, "nats")}.`,
    view: coinView,
  }),
);
"""
STATE = '{\n  "heads": {"kind": "number", "start": 0.25, "low": 0.01, "high": 1}\n}\n'
STILL = '''\
"""The coin's still picture."""

from __future__ import annotations

from lib.explorables.kit import svg
from lib.information import information


def draw() -> str:
    """Return the picture as HTML."""
    surprise = f"{information(1 / 3):.4f} nats"
    body = [f'<text x="20" y="30">one side of three: {surprise}</text>']
    description = f"One side of three equal ones surprises by {surprise}."
    return svg.figure(60, description, body, "A rare side surprises more.")
'''
MATH_TEST = '''\
"""The coin: its mathematics beside lib's."""

from __future__ import annotations

import pytest

from lib.information import information
from tests.explorables.javascript import call

STILL_NUMBERS: dict[str, object] = {}


def test_surprise() -> None:
    shares = [0.01, 0.25, 0.5]
    got = call("coin", [["math.surprise", share] for share in shares])
    assert got == pytest.approx([information(share) for share in shares], rel=1e-12, abs=0)
'''
BROWSER_TEST = '''\
"""What the coin must show for a setting, and what keys and pointers do to it."""

from __future__ import annotations

from lib.information import information
from tests.browser.explorables.kit import Drags, Keys, Known, Shown, State, fixed


def expected(s: State) -> Shown:
    return {".say": [f"surprises by {fixed(information(s['heads']), 4)} nats"]}


KNOWN: Known = [("a fair coin", ".say", "0.6931 nats")]
KEYS: Keys = (
    "a fair coin", [(("slider", "probability of heads"), "End", {"heads": 1})]
)  # fmt: skip
DRAGS: Drags = []
'''


def files(number: int) -> dict[str, str]:
    """Return the files of the next chapter, by their paths."""
    written = {
        f"chapters/{NAME}.ipynb": chapter(),
        f"exercises/source/{NAME}/{NAME}.ipynb": exercises(),
        f"exercises/hidden/{NAME}.py": HIDDEN_CHECKS,
        f"exercises/wrong/{NAME}/{{N}}_1_heads.diff": WRONG,
        f"exercises/alternative/{NAME}/{{N}}_1_heads.py": ALTERNATIVE,
        "course/golden/coins.py": GOLDEN,
        "lib/figures/coins.py": FIGURES,
        "tests/figures/samples/coins.py": SAMPLE,
        "lib/explorables/coin/__init__.py": '"""How surprising is heads?"""\n',
        "lib/explorables/coin/coin.js": SCRIPT,
        "lib/explorables/coin/state.json": STATE,
        "lib/explorables/coin/still.py": STILL,
        "tests/explorables/test_coin.py": MATH_TEST,
        "tests/browser/explorables/coin.py": BROWSER_TEST,
    }

    def numbered(text: str) -> str:
        return text.replace("{NN}", f"{number:02d}").replace("{N}", str(number))

    return {numbered(path): numbered(text) for path, text in written.items()}


def table_of_contents(text: str, number: int) -> str:
    """Return ``_toc.yml`` with one more line, after the last chapter."""
    lines = text.splitlines(keepends=True)
    last = max(i for i, line in enumerate(lines) if f"chapters/{number - 1:02d}_" in line)
    indent = lines[last].split("-")[0]
    lines.insert(last + 1, f"{indent}- file: chapters/{number:02d}_coins\n")
    return "".join(lines)
