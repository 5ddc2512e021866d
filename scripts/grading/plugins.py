"""What is plugged into nbgrader: receipts of the hidden checks, points per exercise."""

from __future__ import annotations

import csv
import hmac
import re
from typing import Any

from nbformat import NotebookNode
from nbgrader.api import MissingEntry
from nbgrader.plugins import ExportPlugin
from nbgrader.preprocessors import NbGraderPreprocessor
from traitlets import Unicode

HIDDEN = re.compile(r"hidden-(\d+)-(\d+)")


class CheckReceipts(NbGraderPreprocessor):  # type: ignore[misc]
    """Give nothing for a hidden cell without a receipt.

    nbgrader gives full points to a cell without an error. A cell that was made to do nothing, by a
    changed IPython or a changed ``grade``, has no error either; but its output has no receipt.
    """

    key = Unicode("", help="the key of this grading").tag(config=True)

    def preprocess_cell(
        self, cell: NotebookNode, resources: Any, index: int
    ) -> tuple[NotebookNode, Any]:
        """Add an error to the outputs of a hidden cell that has neither error nor receipt."""
        found = HIDDEN.fullmatch(cell.metadata.get("nbgrader", {}).get("grade_id", ""))
        if not found or cell.cell_type != "code":
            return cell, resources
        number = f"{found[1]}.{found[2]}"
        wanted = hmac.new(self.key.encode(), number.encode(), "sha256").hexdigest()[:16]
        printed = "".join(out.get("text", "") for out in cell.outputs)
        failed = any(out.output_type == "error" for out in cell.outputs)
        if not failed and f"Receipt {wanted}." not in printed:
            message = f"The hidden checks of exercise {number} did not run to their end."
            error = {"ename": "NoReceipt", "evalue": message, "traceback": [message]}
            cell.outputs.append(NotebookNode(output_type="error", **error))
        return cell, resources


class PointsPerExercise(ExportPlugin):  # type: ignore[misc]
    """Write a CSV: one row a student, one column an exercise, and the total."""

    def export(self, gradebook: Any) -> None:
        """Write the points of the chosen assignment to ``self.to``."""
        (chapter,) = self.assignment
        assignment = gradebook.find_assignment(chapter)
        most: dict[str, float] = {}
        for notebook in assignment.notebooks:
            for cell in notebook.grade_cells:
                most[_number(cell.name)] = most.get(_number(cell.name), 0.0) + cell.max_score
        numbers = sorted(most, key=lambda number: [int(part) for part in number.split(".")])
        with open(self.to, "w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file)
            writer.writerow(["student", *numbers, "total"])
            writer.writerow(["", *(f"{most[n]:g}" for n in numbers), f"{sum(most.values()):g}"])
            for student in gradebook.students:
                try:
                    submission = gradebook.find_submission(chapter, student.id)
                except MissingEntry:
                    continue
                points = dict.fromkeys(numbers, 0.0)
                for notebook in submission.notebooks:
                    for grade in notebook.grades:
                        points[_number(grade.name)] += grade.score
                total = sum(points.values())
                row = [f"{points[number]:g}" for number in numbers]
                writer.writerow([student.id, *row, f"{total:g}"])


def _number(name: str) -> str:
    """Return the exercise of a cell: visible-1-1 and hidden-1-1 are both 1.1."""
    return ".".join(name.split("-")[1:])
