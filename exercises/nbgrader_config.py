"""nbgrader's settings for this course, with which its own commands work in this folder.

For example, ``nbgrader generate_assignment 01_likelihood``. `make release` and `make grade`, in the
folder above, do all steps and run the students' code in isolation.
"""

import os
import shutil
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
# Lets the kernels that nbgrader starts import `check` and `hidden`.
os.environ["PYTHONPATH"] = os.pathsep.join(filter(None, [str(HERE), os.environ.get("PYTHONPATH")]))


def copy_checks(assignment: str, **_: Any) -> None:
    """Copy the files that the visible checks need next to a released notebook."""
    released = HERE / "release" / assignment
    shutil.copyfile(HERE / "check.py", released / "check.py")
    if (HERE / "sections.json").exists():  # in an archive
        shutil.copyfile(HERE / "sections.json", released / "sections.json")
    else:  # in the repository, where it is generated from the chapters
        from course.links import sections_json  # `pip install -e .` in the repository

        (released / "sections.json").write_text(sections_json(), encoding="utf-8")


c = get_config()  # type: ignore[name-defined]  # noqa: F821
c.CourseDirectory.course_id = "why-cross-entropy"
c.CourseDirectory.root = str(HERE)
c.CourseDirectory.db_url = os.environ.get("GRADEBOOK", "") or f"sqlite:///{HERE / 'gradebook.db'}"
c.CourseDirectory.ignore = ["__pycache__", ".ipynb_checkpoints", ".DS_Store"]
c.ClearSolutions.code_stub = {"python": "raise NotImplementedError  # your code goes here"}
c.ClearSolutions.text_stub = (
    "*Write your answer here, in the place of this line. Formulas stand between dollar signs: "
    r"`$\hat\theta = 3/5$` becomes* $\hat\theta = 3/5$."
)
c.ClearSolutions.begin_solution_delimeter = "BEGIN SOLUTION"
c.GenerateAssignment.post_convert_hook = copy_checks
c.GenerateAssignment.permissions = 644
c.Execute.timeout = 20  # seconds per cell; the checks of an exercise take at most 10
c.OverwriteCells.add_missing_cells = True  # restore deleted checks
