"""Wrong answers as replacements: the syntax of a file, and the messages for a wrong one."""

from __future__ import annotations

import re

import pytest

from tests.exercises.wrong_answer_files import read_wrong_answers

SOLUTION = '''\
def f(x):
    """Return a number."""
    ### BEGIN SOLUTION
    y = x + 1
    z = y * 2
    y = x + 1

    return y + z  # the sum
    ### END SOLUTION
'''
UNMARKED = "".join(line for line in SOLUTION.splitlines(keepends=True) if "###" not in line)


def read(*lines: str) -> dict[str, str]:
    return read_wrong_answers("\n".join(lines) + "\n", SOLUTION, "1_1_f.diff")


def test_lines_of_the_solution_are_replaced() -> None:
    found = read(
        "Wrong answers to exercise 1.1.",
        "",
        "@@ subtracts @@",
        "-    return y + z  # the sum",
        "+    return y - z",
        "",
        "@@ forgets to double @@",
        "     y = x + 1",
        "-    z = y * 2",
        "+    z = y",
        "",
        "@@ starts late and ends early @@",
        "+import math",
        "+",
        " def f(x):",
        "",
        "-    z = y * 2",
        "",
        "-    return y + z  # the sum",
        "+    return y",
    )
    assert found == {
        "subtracts": UNMARKED.replace("y + z  # the sum", "y - z"),
        "forgets to double": UNMARKED.replace("y * 2", "y"),
        "starts late and ends early": "import math\n\n"
        + UNMARKED.replace("    z = y * 2\n", "").replace("y + z  # the sum", "y"),
    }


def test_replacements_come_in_any_order() -> None:
    first, second = (
        ["-    z = y * 2", "+    z = y"],
        ["-    return y + z  # the sum", "+    return z"],
    )
    one, other = (read("@@ a @@", *a, "", *b)["a"] for a, b in [(first, second), (second, first)])
    assert one == other == UNMARKED.replace("y * 2", "y").replace("y + z  # the sum", "z")


def test_an_answer_is_written_whole() -> None:
    found = read("@@ knows the answer @@", "+import math", "+", "+def f(x):", "+    return 42")
    assert found == {"knows the answer": "import math\n\ndef f(x):\n    return 42\n"}


def test_answers_share_another_body() -> None:
    found = read(
        "@@ doubles @@",
        "-    z = y * 2",
        "+    z = y * 4",
        "",
        "@@ base @@",
        " import math",
        "",
        " def f(x):",
        "     return 3 * x + 3",
        "",
        "@@ forgets the 3 @@",
        "-    return 3 * x + 3",
        "+    return 3 * x",
        "",
        "@@ base: says x @@",
        " def f(x):",
        "     return x",
        "",
        "@@ says -x @@",
        "-    return x",
        "+    return -x",
    )
    assert found == {
        "doubles": UNMARKED.replace("y * 2", "y * 4"),
        "forgets the 3": "import math\n\ndef f(x):\n    return 3 * x\n",
        "says x": "def f(x):\n    return x\n",
        "says -x": "def f(x):\n    return -x\n",
    }


HALF = ["-    z = y * 2", "+    z = y"]


@pytest.mark.parametrize(
    ("lines", "message"),
    [
        (["@@ a @@", "-    z = y * 3", "+    z = y"], "do not follow one another"),
        (
            ["@@ a @@", "-    z = y * 2", "-    return y + z  # the sum"],
            "do not follow one another",
        ),
        (["@@ a @@", "-z = y * 2", "+    z = y"], "do not follow one another"),
        (["@@ a @@", "-    y = x + 1", "+    y = x"], "occur 2 times"),
        (["@@ a @@", "     z = y * 2"], "changes nothing"),
        (["@@ a @@", "-    z = y * 2", "+    z = y * 2"], "changes nothing"),
        (["@@ a @@", *HALF, "", "+    z = 3"], "only adds"),
        (["@@ a @@", *HALF, "", "-    z = y * 2"], "two replacements change the same line"),
        (["@@ a @@", "", "@@ b @@", *HALF], "'a': there is nothing below its header"),
        (["@@ a @@", "-    z = y * 2", "    z = y", "z = 3"], "begins with '-', '+' or a space"),
        (["@@ a @@", "-    z = y * 2", "+    z = = y"], "is not Python"),
        (["@@ a @@", *HALF, "", "@@ a @@", "-    z = y * 2"], "two answers of this name"),
        (["@@ a @@", *HALF, "", "@@ b @@", *HALF], "the same code as 'a'"),
        (["@@ a @@", "-    z = y * 2", "+    z = (y * 2)  # !"], "the same code as the solution"),
        (
            [
                "@@ base @@",
                " def f(x):",
                "     return 0",
                "",
                "@@ a @@",
                "+def f(x):",
                "+    return 0",
            ],
            "the same code as the base",
        ),
        (["@@ base @@", "def f(x):", "    return 0"], "each line of a base begins with a space"),
        (["@@ base @@", " def f(x)"], "is not Python"),
        (["@@ base: a @@", *(f" {line}" for line in SOLUTION.splitlines())], "as the solution"),
        (["@@ a", *HALF], "line 1: write a header as '@@ name @@'"),
        (["@@ @@", *HALF], "line 1: write a header as '@@ name @@'"),
        (["@@ -1,3 +1,3 @@ def f(x):", *HALF], "line 1: write a header as '@@ name @@'"),
    ],
)
def test_an_error_names_its_file(lines: list[str], message: str) -> None:
    with pytest.raises(ValueError, match=re.escape(message)) as failure:
        read(*lines)
    assert str(failure.value).startswith("1_1_f.diff, ")
