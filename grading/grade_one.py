"""Grade one student's notebook: a notebook in, the judged notebook and an `Outcome` out.

`grade_one` takes a `Job` of plain data and returns plain data. It needs neither the course nor the
gradebook, so it may run on any machine that has the repository. The notebook's cells run in
processes of the student's, behind a fence (``fence``), its checks in the judge's (``judge``).
"""

from __future__ import annotations

import re

import nbformat

from course.contents import ROOT
from grading import fence
from grading.judge.session import DIED, LATE
from grading.judge.start import NotJudged, judge_notebook
from grading.model import ARCHIVES, EXERCISES, Job, Outcome

SYMPTOMS = {
    LATE: "ran longer than a cell may",
    "MemoryError": "ran out of memory",
    "SystemExit": "tried to leave the process",
    "OSError": "wrote more than it may",
    "BlockingIOError": "started more processes than it may",
    DIED: "the process was killed while it ran (it left the process or broke a limit)",
}

TOO_MUCH = re.compile(r"(printed|showed) more than|File too large|No space left")


def grade_one(job: Job) -> Outcome:
    """Grade one student's notebook.

    Returns
    -------
    Outcome
        What went wrong, if it could not be graded. Otherwise the notebook with the outputs of all
        its cells, those of the checks written by the judge, and the remarks say what an instructor
        should look at.
    """
    notebook = nbformat.reads(job.notebook, as_version=4)
    try:
        judged = judge_notebook(
            notebook,
            exercises_of(notebook),
            seed=job.seed,
            own_user=job.own_user,
            memory=job.memory,
            cell_seconds=job.cell_seconds,
            seconds=job.seconds,
        )
    except NotJudged as reason:
        return Outcome(str(reason), passing=reason.passing)
    graded = nbformat.from_dict(judged)
    return Outcome(remarks=tuple(symptoms(graded)), notebook=nbformat.writes(graded))


def exercises_of(notebook: nbformat.NotebookNode) -> list[str]:
    """Return the numbers of the exercises whose hidden checks are in a notebook."""
    found = (
        re.fullmatch(r"hidden-(\d+)-(\d+)", str(cell.metadata.get("nbgrader", {}).get("grade_id")))
        for cell in notebook.cells
    )
    return [f"{match[1]}.{match[2]}" for match in found if match]


# The folders that hold solutions or hidden checks: the exercises', the history, the archives packed
# for instructors.
TELL_ANSWERS = (
    *(EXERCISES / name for name in ("source", "hidden", "wrong", "alternative")),
    ROOT / ".git",
    ARCHIVES,
)


def check_fence(own_user: bool, memory: int) -> str:
    """Return why a student's process cannot run on this machine, and what to do; empty if it can.

    What it can do but does not keep a student's code from is printed.
    """
    means = fence.means(own_user)
    if means == "user":
        read = [folder for folder in TELL_ANSWERS if folder.exists() and fence.open_to_all(folder)]
        if read:
            closed = dict.fromkeys(folder.relative_to(ROOT).parts[0] for folder in read)
            return (
                f"Students' code could read {' and '.join(map(str, read))}: this system gives a "
                "process no view of the disk of its own (in a container, that takes the capability "
                f"SYS_ADMIN). Close what tells the answers with `cd {ROOT} && chmod go-rwx "
                f"{' '.join(closed)}`, or, where nobody else's code runs, say AS_ROOT=1."
            )
    source = "import numpy, lib, check\nprint(1 + 1)"
    probe = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(source)])
    try:
        judged = judge_notebook(probe, [], own_user=own_user, memory=memory, seconds=60)
    except NotJudged as reason:
        why = str(reason)
    else:
        (output,) = judged["cells"][0]["outputs"] or [{"text": "nothing came back"}]
        why = output.get("evalue", output.get("text", "")).strip()
        if why == "2":
            if means != "walls":
                print(f"Note: {OPEN[means]} See the instructors' page.")
            return ""
    advice = "Give it more memory with MEMORY=..., in MiB."
    if own_user:
        advice += (
            " Or, if a user without rights cannot run this Python: grade as an ordinary user, lay "
            "the project and its Python where everybody may read them, or say AS_ROOT=1."
        )
    return f"A fenced process does not start: {why}\n{advice}"


OPEN = {
    "user": "students' code can use the network, and read what every user here can read.",
    "limits": (
        f"students' code runs as you do: it can use the network, read what you can read (in {ROOT} "
        "too), and look into your processes."
    ),
}


def symptoms(notebook: nbformat.NotebookNode) -> list[str]:
    """Return what in a graded notebook an instructor should look at, each with its exercises."""
    found: dict[str, dict[str, None]] = {}
    for cell in notebook.cells:
        name = cell.metadata.get("nbgrader", {}).get("grade_id", "a cell of their own")
        where = ".".join(name.split("-")[1:]) or name
        for output in cell.get("outputs", []):
            if output.output_type != "error":
                continue
            what = SYMPTOMS.get(output.ename, "")
            if output.ename == "OSError" and not TOO_MUCH.search(output.evalue):
                what = ""  # such as a file that is not there
            if "is what exercise" in output.evalue:
                what = output.evalue.splitlines()[0]
            if what:
                found.setdefault(what, {})[where] = None
    return [f"{', '.join(places)}: {what}" for what, places in found.items()]
