"""A folder of forty submissions as bad as real ones, in Moodle's layout, with its roster.

Usage: python -m tests.grading.bad_class FOLDER      writes FOLDER/class and FOLDER/roster.csv
"""

from __future__ import annotations

import csv
import io
import json
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path

import nbformat
from nbformat.v4 import new_code_cell, new_output

from tests.grading.notebooks import answered, grade_id

CHAPTER = "03_information_theory"
Notebook = nbformat.NotebookNode
FIRST_NUMBER = 31001  # Moodle's, one a student


def full(**changed: str) -> Notebook:
    return answered(CHAPTER, **changed)


def blank(after: int = 0) -> Notebook:
    """Return the release with the answers of the exercises up to a number."""
    given = full()
    for cell in given.cells:
        name = grade_id(cell)
        if name.startswith("answer") and int(name.split("-")[2]) > after:
            first = cell.source.split("\n    ")[0]
            cell.source = f"{first}\n    raise NotImplementedError  # your code goes here"
    return given


def with_own(source: str, before: str = "answer-3-1") -> Notebook:
    given = full()
    at = [grade_id(cell) for cell in given.cells].index(before)
    given.cells.insert(at, new_code_cell(source))
    return given


def without_marks(ids: bool) -> Notebook:
    """Return a notebook as programs leave it that drop the cells' metadata, and their ids."""
    given = full()
    for cell in given.cells:
        cell.metadata.clear()
        if not ids:
            del cell["id"]
    if not ids:
        given.nbformat_minor = 4
    return given


def typed_anew() -> Notebook:
    given = full()
    at = [grade_id(cell) for cell in given.cells].index("answer-3-2")
    given.cells[at] = new_code_cell(given.cells[at].source)
    return given


def doubled() -> Notebook:
    given = full()
    at = [grade_id(cell) for cell in given.cells].index("answer-3-2")
    given.cells.insert(at + 1, nbformat.from_dict(given.cells[at]))
    return given


def without_checks() -> Notebook:
    given = full()
    given.cells = [cell for cell in given.cells if not grade_id(cell).startswith("visible")]
    return given


def backwards() -> Notebook:
    given = full()
    given.cells.reverse()
    return given


def many_outputs() -> Notebook:
    given = full()
    text = "\n".join(["a line that was printed, and printed again"] * 100_000)
    given.cells.append(new_code_cell("1", outputs=[new_output("stream", text=text)]))
    return given


def zipped(name: str, content: bytes) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr(name, content)
    return file.getvalue()


def text(given: Notebook) -> bytes:
    return json.dumps(given).encode()


def runs(code: str) -> Notebook:
    """Return a notebook whose answer of 3.1 does something else when it is called."""
    return full(answer_3_1=f"def information(p, unit='nats'):\n    {code}")


# By the student's name: the files of the folder, each by its name.
CLASS: dict[str, Callable[[], dict[str, bytes]]] = {
    "Ada Full": lambda: {"x.ipynb": text(full())},
    "Ben Half": lambda: {"x.ipynb": text(blank(4))},
    "Cleo Blank": lambda: {"x.ipynb": text(blank())},
    "Dan Wrong": lambda: {"x.ipynb": text(full(answer_3_2="def entropy(*a): return 0.5"))},
    "Eva Nats": lambda: {
        "x.ipynb": text(full(answer_3_1="def information(p): return -math.log(p)"))
    },
    "Finn Syntax": lambda: {"x.ipynb": text(full(answer_3_3="def cross_entropy(p, q:\n  return"))},
    "Gil Shell": lambda: {"x.ipynb": text(with_own("!ls /\n%time 1 + 1\n%matplotlib inline"))},
    "Hana Plot": lambda: {
        "x.ipynb": text(with_own("import matplotlib.pyplot as plt\nplt.plot([1, 2]); plt.show()"))
    },
    "Ian Asks": lambda: {"x.ipynb": text(with_own("name = input('Your name? ')"))},
    "Jo Loops": lambda: {"x.ipynb": text(runs("while True: pass"))},
    "Kim Crash": lambda: {"x.ipynb": text(runs("import ctypes; ctypes.string_at(0)"))},
    "Lea Exits": lambda: {"x.ipynb": text(runs("import os; os._exit(0)"))},
    "Max Quits": lambda: {"x.ipynb": text(with_own("import sys\nsys.exit()"))},
    "Nia Memory": lambda: {"x.ipynb": text(runs("return bytearray(2**40)"))},
    "Ole Prints": lambda: {
        "x.ipynb": text(with_own("for _ in range(1024):\n    print('x' * 2**20)"))
    },
    "Pia Forks": lambda: {
        "x.ipynb": text(with_own("import os\nfor _ in range(300):\n    os.fork() or os._exit(0)"))
    },
    "Quin Half Character": lambda: {"x.ipynb": text(with_own("# \ud83d\n"))},
    "R" * 180: lambda: {"x.ipynb": text(full())},
    "Sam Unmarked": lambda: {"x.ipynb": text(without_marks(ids=True))},
    "Tom Colab": lambda: {"Kopie_von_x.ipynb": text(without_marks(ids=False))},
    "Uma Retypes": lambda: {"x.ipynb": text(typed_anew())},
    "Vic Backwards": lambda: {"x.ipynb": text(backwards())},
    "Wei Doubles": lambda: {"x.ipynb": text(doubled())},
    "Xu No Checks": lambda: {"x.ipynb": text(without_checks())},
    "Yan Outputs": lambda: {"x.ipynb": text(many_outputs())},
    "Zoë Mark": lambda: {"x.ipynb": b"\xef\xbb\xbf" + text(full())},
    "Maria Garcia": lambda: {"x.ipynb": text(full())},
    "Maria Garcia ": lambda: {"x.ipynb": text(blank(2))},  # of the same name
    "Abe Empty": lambda: {"x.ipynb": b""},
    "Bea Broken": lambda: {"x.ipynb": text(full())[:5000]},
    "Cem Word": lambda: {"solution.docx": b"PK"},
    "Dee Page": lambda: {"x.html": b"<html>"},
    "Eli Zip": lambda: {"hw.zip": zipped("hw.zip", zipped("x.ipynb", text(full())))},
    "Fay Text": lambda: {"x.ipynb.txt": text(full())},
    "Gus Other Chapter": lambda: {"x.ipynb": text(answered("02_log_likelihood"))},
    "Hal Two": lambda: {"final.ipynb": text(blank()), "final2.ipynb": text(full())},
    "Ida Torn Zip": lambda: {"hw.zip": zipped("x.ipynb", text(full()))[:-40]},
    "Jan Rar": lambda: {"hw.rar": b"Rar!"},
    "Kat Nothing": dict,
    "Lou Hidden": lambda: {
        "x.ipynb": text(with_own("import hidden\nhidden.check = lambda *a, **k: None"))
    },
}


def write(place: Path) -> tuple[Path, Path]:
    """Write the folder and its roster; return both paths."""
    folder, roster = place / "class", place / "roster.csv"
    rows = []
    for number, (name, files) in enumerate(CLASS.items(), start=FIRST_NUMBER):
        name = name.strip()
        home = folder / f"{name}_{number}_assignsubmission_file_"
        home.mkdir(parents=True)
        for file, content in files().items():
            (home / file).write_bytes(content)
        rows.append([f"Participant {number}", name, f"{number}@example.org"])
    rows.append(["Participant 99", "Ute Absent", "99@example.org"])
    with roster.open("w", encoding="utf-8-sig", newline="") as opened:
        csv.writer(opened).writerows([["Identifier", "Full name", "Email address"], *rows])
    return folder, roster


if __name__ == "__main__":
    print(*write(Path(sys.argv[1])))
