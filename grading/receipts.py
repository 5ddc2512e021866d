"""A hidden check without a receipt earns nothing.

nbgrader gives full points to a cell without an error. A cell that was made to do nothing, by a
changed IPython or a changed ``grade``, has no error either; but its output has no receipt.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from nbformat import NotebookNode

HIDDEN = re.compile(r"hidden-(\d+)-(\d+)")


def check_receipts(notebook: NotebookNode, receipts: Mapping[str, str]) -> None:
    """Add an error to each hidden cell that has neither error nor receipt; remove the receipts.

    Parameters
    ----------
    notebook : NotebookNode
        As it was run; its outputs are changed.
    receipts : mapping of str to str
        By exercise, drawn anew for each grading.
    """
    for cell in notebook.cells:
        found = HIDDEN.fullmatch(cell.metadata.get("nbgrader", {}).get("grade_id", ""))
        if not found or cell.cell_type != "code":
            continue
        number = f"{found[1]}.{found[2]}"
        receipt = f" Receipt {receipts[number]}."
        printed = "".join(out.get("text", "") for out in cell.outputs)
        failed = any(out.output_type == "error" for out in cell.outputs)
        for out in cell.outputs:
            if "text" in out:
                out.text = out.text.replace(receipt, "")
        if not failed and receipt not in printed:
            message = f"The hidden checks of exercise {number} did not run to their end."
            error = {"ename": "NoReceipt", "evalue": message, "traceback": [message]}
            cell.outputs.append(NotebookNode(output_type="error", **error))
