"""A step of nbgrader's grading: a hidden check without a receipt earns nothing."""

from __future__ import annotations

import json
import os
import re
from typing import Any

from nbformat import NotebookNode
from nbgrader.preprocessors import NbGraderPreprocessor

HIDDEN = re.compile(r"hidden-(\d+)-(\d+)")
VARIABLE = "GRADING_RECEIPTS"  # in the environment: arguments can be read by everybody


class CheckReceipts(NbGraderPreprocessor):  # type: ignore[misc]
    """Give nothing for a hidden cell without a receipt.

    nbgrader gives full points to a cell without an error. A cell that was made to do nothing, by a
    changed IPython or a changed ``grade``, has no error either; but its output has no receipt.
    The receipts, drawn anew for each grading, stand as JSON in the variable GRADING_RECEIPTS.
    """

    def preprocess_cell(
        self, cell: NotebookNode, resources: Any, index: int
    ) -> tuple[NotebookNode, Any]:
        """Add an error to the outputs of a hidden cell that has neither error nor receipt."""
        found = HIDDEN.fullmatch(cell.metadata.get("nbgrader", {}).get("grade_id", ""))
        if not found or cell.cell_type != "code":
            return cell, resources
        number = f"{found[1]}.{found[2]}"
        receipt = json.loads(os.environ[VARIABLE])[number]
        printed = "".join(out.get("text", "") for out in cell.outputs)
        failed = any(out.output_type == "error" for out in cell.outputs)
        if not failed and f"Receipt {receipt}." not in printed:
            message = f"The hidden checks of exercise {number} did not run to their end."
            error = {"ename": "NoReceipt", "evalue": message, "traceback": [message]}
            cell.outputs.append(NotebookNode(output_type="error", **error))
        return cell, resources
