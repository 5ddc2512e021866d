"""A student's page of feedback, from a graded notebook, its points and its comments."""

from __future__ import annotations

import copy
import functools
import hashlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import nbgrader
from nbconvert.exporters import HTMLExporter
from nbconvert.preprocessors import CSSHTMLHeaderPreprocessor
from nbgrader.utils import compute_checksum, determine_grade, is_grade, is_solution
from traitlets.config import Config

NO_RESPONSE = "No response."  # nbgrader's comment on an answer that is still the stub


@functools.cache  # compiling the templates takes longer than filling them in
def _exporter() -> HTMLExporter:
    formgrader = Path(nbgrader.__file__).parent / "server_extensions" / "formgrader"
    config = Config()
    # What nbgrader's own `generate_feedback` sets.
    config.HTMLExporter.template_name = "feedback"
    config.HTMLExporter.extra_template_basedirs = [str(formgrader / "templates")]
    config.HTMLExporter.extra_template_paths = [
        str(formgrader / "static" / "node_modules" / "bootstrap" / "dist" / "css")
    ]
    config.Exporter.default_preprocessors = []
    exporter = HTMLExporter(config=config)
    exporter.register_preprocessor(CSSHTMLHeaderPreprocessor, enabled=True)
    return exporter


def page(title: str, graded: Any, points: Mapping[str, float], comments: Mapping[str, str]) -> str:
    """Return the page as HTML; the notebook stays as it is.

    Parameters
    ----------
    title : str
        Such as the chapter's name.
    graded : NotebookNode
        The notebook, with the outputs of its checks.
    points : mapping of str to float
        By the ``grade_id`` of each cell with points.
    comments : mapping of str to str
        By the ``grade_id`` of the cells that were commented.
    """
    shown = copy.deepcopy(graded)
    possible = 0.0
    for cell in shown.cells:
        mark = cell.metadata.get("nbgrader", {})
        name = mark.get("grade_id", "")
        if name in points:
            mark["score"] = points[name]
            possible += float(mark["points"])
        if is_solution(cell):
            mark["comment"] = comments.get(name)
    resources: dict[str, Any] = {
        "unique_key": title,
        "nbgrader": {
            "notebook": title,
            "score": sum(points.values()),
            "max_score": possible,
            "late_penalty": 0,
        },
    }
    html, _ = _exporter().from_notebook_node(shown, resources)
    return str(html)


def automatic(graded: Any) -> tuple[dict[str, float], dict[str, str]]:
    """Return the points and comments that nbgrader gives by itself."""
    points, comments = {}, {}
    for cell in graded.cells:
        name = cell.metadata.get("nbgrader", {}).get("grade_id", "")
        if is_grade(cell):
            points[name] = float(determine_grade(cell)[0] or 0)
        if is_solution(cell) and cell.metadata.nbgrader.get("checksum") == compute_checksum(cell):
            comments[name] = NO_RESPONSE
    return points, comments


def digest(points: Mapping[str, float], comments: Mapping[str, str]) -> str:
    """Return a checksum of what a page shows besides the notebook."""
    given = {name: text for name, text in comments.items() if text}
    shown = json.dumps([dict(points), given], sort_keys=True)
    return hashlib.sha256(shown.encode()).hexdigest()
