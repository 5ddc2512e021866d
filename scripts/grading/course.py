"""nbgrader's own steps in this process: generate an assignment, feedback, points.

Started as commands they would each load nbgrader anew, which takes longer than the step itself.
Only students' submissions are graded in processes of their own; see ``fence``.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Any

# jsonschema, which nbgrader loads, would take a second to build a grammar of web addresses that
# nothing here asks for; it does without if there is none.
sys.modules.setdefault("rfc3987_syntax", None)  # type: ignore[arg-type]

from nbgrader.apps import NbGraderAPI  # noqa: E402
from nbgrader.coursedir import CourseDirectory  # noqa: E402
from traitlets.config.loader import Config, PyFileConfigLoader  # noqa: E402

from grading.plugins import PointsPerExercise  # noqa: E402

# nbgrader calls `alembic` by its name; it is beside the Python that runs this.
PATH = os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", os.defpath)])


class Failed(RuntimeError):
    """A step of nbgrader's failed; the message holds its log."""


class Course:
    """A folder with an ``nbgrader_config.py``, and its gradebook.

    Parameters
    ----------
    folder : Path
        The course.
    database : str
        nbgrader's ``db_url``.
    """

    def __init__(self, folder: Path, database: str) -> None:
        before = dict(os.environ)
        try:  # the configuration file sets a variable for kernels; there are none here
            config = PyFileConfigLoader("nbgrader_config.py", path=str(folder)).load_config()
        finally:
            os.environ.clear()
            os.environ.update({**before, "PATH": PATH})
        config = Config(config)
        config.CourseDirectory.root = str(folder)
        config.CourseDirectory.db_url = database
        self.config = config
        self.api = NbGraderAPI(CourseDirectory(config=config), config=config)

    def generate(self, chapter: str) -> None:
        """Make the release of a chapter and enter it into the gradebook."""
        _check(self.api.generate_assignment(chapter, force=True, create=True))

    def feedback(self, chapter: str) -> None:
        """Write the feedback of all students who have none."""
        _check(self.api.generate_feedback(chapter, force=False))

    def points(self, chapter: str, target: Path) -> None:
        """Write points per exercise with the export plug-in."""
        plugin = PointsPerExercise(config=self.config, to=str(target), assignment=[chapter])
        with self.api.gradebook as gradebook:
            plugin.export(gradebook)


def _check(result: dict[str, Any]) -> None:
    if not result["success"]:
        raise Failed(f"nbgrader: {result.get('error', '')}\n{result.get('log', '')[-3000:]}")
