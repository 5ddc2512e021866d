"""The list of mutants holds, and the script that tries them says what it should, of a tiny project.

The list itself is tried by `make mutants`.
"""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from course.contents import ROOT
from scripts import mutants
from scripts.mutants import Mutant

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="Windows cannot fork")
LIST = mutants.mutants()
FILES = {
    "lib/__init__.py": 'def double(x):\n    """Return 2 x."""\n    return 2 * x\n',
    "conftest.py": "import lib\n",
    "test_lib.py": (
        "import subprocess, sys\n"
        "from pathlib import Path\n\n"
        "import lib\n\n\n"
        "def test_double():\n    assert lib.double(3) == 6\n\n\n"
        "def test_nothing():\n    assert lib.double(0) == 0\n\n\n"
        "def test_elsewhere():\n    assert lib.double(3) == 7\n\n\n"
        "def test_everything_comes_from_the_copy():\n"
        "    program = 'import lib; print(lib.__file__)'\n"
        "    other = subprocess.run(\n"
        "        [sys.executable, '-c', program], cwd='/', capture_output=True, text=True\n"
        "    ).stdout.strip()\n"
        "    here = Path(__file__).parent / 'lib' / '__init__.py'\n"
        "    assert [lib.__file__, other] == [str(here), str(here)]\n"
    ),
}


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(mutants, "PRELOADED", ("nbformat", "matplotlib.pyplot"))
    for name, text in FILES.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text, encoding="utf-8")
    return tmp_path


def mutant(before: str = "2 * x", after: str = "2 + x", test: str = "double") -> Mutant:
    return Mutant("lib/__init__.py", before, after, f"test_lib.py::test_{test}", "doubles")


def test_a_mutant_that_is_found_is_no_fault_and_one_that_survives_is_reported(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    tried = [mutant(), mutant(after="3 * x", test="nothing"), mutant(after="2 *")]
    alive, broken = mutants.faults(tried, project)
    assert "survives test_lib.py::test_nothing" in alive
    assert "test_lib.py::test_double could not be run" in broken
    assert [line.split()[0] for line in capsys.readouterr().out.splitlines()] == [
        "found",
        "FAULT",
        "FAULT",
    ]
    assert (project / "lib/__init__.py").read_text(encoding="utf-8") == FILES["lib/__init__.py"]


def test_a_test_that_fails_without_any_mutation_is_reported(project: Path) -> None:
    (problem,) = mutants.faults([mutant(), mutant(test="elsewhere")], project)
    assert problem.startswith("tests fail without any mutation")
    assert "test_elsewhere" in problem


def test_a_test_that_is_skipped_is_reported(project: Path) -> None:
    (project / "test_lib.py").write_text(
        "import pytest\n\n\ndef test_double():\n    pytest.skip('no node here')\n", encoding="utf-8"
    )
    (problem,) = mutants.faults([mutant()], project)
    assert "skipped" in problem
    assert "no node here" in problem


def test_everything_comes_from_the_copy(project: Path) -> None:
    """The book's own `lib` is installed, and would be found otherwise."""
    with mutants.copied(project) as copy:
        test = "test_lib.py::test_everything_comes_from_the_copy"
        assert mutants.run(copy, [test])[0] == mutants.PASSED


@pytest.mark.parametrize(
    ("before", "after", "message"),
    [
        ("3 * x", "x", "is found 0 times in lib/__init__.py"),
        ("x", "y", "is found 3 times"),
        ("2 * x", "2 * x", "changes nothing"),
    ],
)
def test_a_mutation_that_cannot_be_made_is_an_error(
    project: Path, before: str, after: str, message: str
) -> None:
    with pytest.raises(ValueError, match=message):
        mutants.faults([mutant(before, after)], project)


@pytest.mark.parametrize("one", LIST, ids=str)
def test_the_list_has_not_rotted(one: Mutant) -> None:
    """Every mutation can still be made, and there is a test that it names."""
    assert one.mutated(ROOT)
    assert one.before.strip().count("\n") == one.after.strip().count("\n") == 0
    assert one.why
    path, *names = one.test.split("::")
    text = (ROOT / path).read_text(encoding="utf-8")
    for name in names:
        assert f" {name.split('[')[0]}" in text


def test_no_mutant_is_listed_twice() -> None:
    assert len({(one.file, one.before, one.after) for one in LIST}) == len(LIST)
