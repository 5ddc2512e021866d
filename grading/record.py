"""What is known of each student, kept between runs: a second run grades what has changed."""

from __future__ import annotations

import hashlib
import json
import shutil
from pathlib import Path

from course.contents import ROOT
from grading.folders import files_below
from grading.model import EXERCISES, Settings, Student


def digest(*parts: bytes) -> str:
    """Return one checksum of several parts."""
    whole = hashlib.sha256()
    for part in parts:
        whole.update(len(part).to_bytes(8, "big") + part)
    return whole.hexdigest()


def digest_of_course(settings: Settings) -> str:
    """Return a checksum of what decides about points besides the submission."""
    parts = [settings.seed.encode(), " ".join(settings.exercises).encode()]
    for folder in (EXERCISES / "hidden", EXERCISES / "source" / settings.chapter, ROOT / "lib"):
        for name, content in files_below(folder, folder.name).items():
            parts += [name.encode(), content]
    parts.append((EXERCISES / "check.py").read_bytes())
    return digest(*parts)


class Records:
    """The students of a class, by their names for files, in ``state.json``."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.file = settings.out / "state.json"
        self.students: dict[str, Student] = {}
        if self.file.exists():
            stored = json.loads(self.file.read_text(encoding="utf-8"))
            self.students = {name: Student(**known) for name, known in stored.items()}

    def is_done(self, student: str, digest: str) -> bool:
        """Return whether this very submission is recorded as done, and its notebook is there."""
        known = self.students.get(student)
        graded = self.settings.course / "autograded" / student / self.settings.chapter
        return bool(
            known and known.done and known.digest == digest and (known.trouble or graded.exists())
        )

    def begin(self, student: str, known: Student) -> None:
        """Enter a student, and remove what an earlier submission left behind."""
        self.students[student] = known
        for folder in ("submitted", "autograded", "feedback"):
            place = self.settings.course / folder / student
            for path in place.rglob("*"):
                path.chmod(0o755 if path.is_dir() else 0o644)
            shutil.rmtree(place, ignore_errors=True)
        (self.settings.out / "feedback" / f"{student}.html").unlink(missing_ok=True)

    def save(self) -> None:
        """Write the file; a run that is stopped leaves the old one or the new one."""
        known = {name: vars(student) for name, student in sorted(self.students.items())}
        write_whole(self.file, json.dumps(known, indent=1))


def write_whole(path: Path, text: str) -> None:
    """Write a file so that it is never seen half written, not even if this process is killed."""
    new = path.with_name(f".{path.name}.new")
    new.write_text(text, encoding="utf-8")
    new.replace(path)
