"""The map on the page for instructors agrees with the exercises, chapters and quizzes."""

from __future__ import annotations

import re

from course import contents


class TestInstructorsPage:
    ROW = re.compile(r"\| (\d) \| (\d): .+? \| ([^|]+) \| ([^|]+) \| ([^|]+) \|")

    def rows(self) -> list[tuple[str, ...]]:
        text = (contents.ROOT / "chapters" / "instructors.md").read_text(encoding="utf-8")
        return self.ROW.findall(text)

    def spread(self, text: str) -> set[str]:
        """Return what a list such as "3.1 to 3.3, 3.8" names."""
        named = set()
        for part in text.split(", "):
            first, _, last = part.partition(" to ")
            chapter, _, begin = first.partition(".")
            if not begin:
                named.add(first)
                continue
            end = last.partition(".")[2] or begin
            named |= {f"{chapter}.{n}" for n in range(int(begin), int(end) + 1)}
        return named - {"–"}

    def test_every_objective_has_its_row_and_its_exercises(self) -> None:
        wanted: dict[tuple[str, str], set[str]] = {}
        for chapter in contents.chapters():
            for objective, _ in enumerate(chapter.objectives, 1):
                wanted[str(chapter.number), str(objective)] = set()
            for this in (*chapter.exercises, *chapter.written):
                for objective in this.objectives:
                    wanted[str(chapter.number), str(objective)].add(this.number)
        assert {(c, o): self.spread(e) for c, o, _, e, _ in self.rows()} == wanted

    def test_its_sections_exist_and_belong_to_the_chapter_or_to_an_appendix(self) -> None:
        appendices = {s.number for n in contents.supplements() for s in n.sections}
        for chapter in contents.chapters():
            allowed = {section.number for section in chapter.sections} | appendices
            for number, _, named, _, _ in self.rows():
                assert number != str(chapter.number) or self.spread(named) <= allowed

    def test_every_question_of_every_quiz_is_placed(self) -> None:
        placed: dict[str, set[str]] = {}
        for chapter, _, _, _, questions in self.rows():
            placed.setdefault(chapter, set()).update(self.spread(questions))
        assert placed == {str(c.number): {"1", "2", "3", "4", "5"} for c in contents.chapters()}


class TestSyllabus:
    """The table of weeks holds every section and every exercise of its chapters once.

    A chapter that its author has just added has no week yet.
    """

    ROW = re.compile(r"(?m)^\| (\d+) \| ([^|]+) \| ([^|]+) \| (\d+) \|$")

    def rows(self) -> list[tuple[str, list[str], list[str], int]]:
        text = (contents.ROOT / "chapters" / "instructors.md").read_text(encoding="utf-8")
        spread = TestInstructorsPage().spread
        return [
            (week, sorted(spread(sections)), sorted(spread(tasks)), int(minutes))
            for week, sections, tasks, minutes in self.ROW.findall(text)
        ]

    def chapters(self) -> list[contents.Chapter]:
        read = {section.split(".")[0] for _, sections, _, _ in self.rows() for section in sections}
        assert len(read) >= 5
        return [chapter for chapter in contents.chapters() if str(chapter.number) in read]

    def tasks(self) -> dict[str, int]:
        return {
            task.number: task.minutes
            for chapter in self.chapters()
            for task in (*chapter.exercises, *chapter.written)
        }

    def test_the_weeks_are_counted(self) -> None:
        weeks = [int(week) for week, *_ in self.rows()]
        assert weeks == list(range(1, len(weeks) + 1))
        assert len(weeks) > 9

    def test_every_section_is_read_once(self) -> None:
        read = sorted(section for _, sections, _, _ in self.rows() for section in sections)
        chapters = [section for section in read if section[0].isdigit()]
        assert chapters == sorted(s.number for c in self.chapters() for s in c.sections)
        supplements = {s.number for n in contents.supplements() for s in n.sections}
        assert set(read) - set(chapters) <= supplements

    def test_what_an_objective_takes_from_a_supplement_is_read_in_some_week(self) -> None:
        page = TestInstructorsPage()
        needed = {s for *_, named, _, _ in page.rows() for s in page.spread(named) if s[0] in "ABR"}
        assert len(needed) >= 5
        assert needed <= {section for _, sections, _, _ in self.rows() for section in sections}

    def test_every_exercise_is_set_once_and_its_minutes_are_right(self) -> None:
        minutes = self.tasks()
        assert sorted(n for _, _, tasks, _ in self.rows() for n in tasks) == sorted(minutes)
        for week, _, tasks, total in self.rows():
            assert sum(minutes[number] for number in tasks) == total, f"week {week}"
