"""Write the quizzes of all chapters for Moodle and Canvas: python -m course.quizzes."""

from __future__ import annotations

import sys

from course import contents, quizzes
from course.contents import ROOT
from course.quizzes import canvas, moodle

FOLDER = ROOT / "build" / "quizzes"


def main() -> int:
    """Write two files a chapter into ``build/quizzes``."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    for chapter in contents.chapters():
        questions = quizzes.questions(chapter)
        moodle_file = FOLDER / f"{chapter.name}-moodle.xml"
        moodle_file.write_bytes(moodle.export(chapter, questions))
        canvas_file = FOLDER / f"{chapter.name}-canvas.zip"
        canvas_file.write_bytes(canvas.export(chapter, questions))
    print(f"{FOLDER.relative_to(ROOT)}: a file for Moodle and one for Canvas a chapter")
    return 0


if __name__ == "__main__":
    sys.exit(main())
