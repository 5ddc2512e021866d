"""Find the columns by which a learning platform knows a student, in its list of participants."""

from __future__ import annotations

import csv
from pathlib import Path

CANVAS = ["Student", "ID", "SIS User ID", "SIS Login ID", "Section"]
MOODLE = ["First name", "Last name", "ID number", "Email address"]
OTHER_NAMES = {"surname": "Last name"}  # older Moodles


def read_roster(path: Path | None) -> list[dict[str, str]]:
    """Read the participants that Canvas or Moodle exported; one dict a person."""
    if path is None:
        return []
    with path.open(encoding="utf-8-sig", newline="") as file:
        people = [
            {OTHER_NAMES.get(key.casefold(), key): (row[key] or "").strip() for key in row if key}
            for row in csv.DictReader(file)
        ]
    return [
        person for person in people if "points possible" not in person.get("Student", "").lower()
    ]


def match(name: str, number: str, roster: list[dict[str, str]]) -> dict[str, str]:
    """Return the columns by which Canvas and Moodle know a student, from the roster if possible.

    Parameters
    ----------
    name, number : str
        The student as the export names them; the number may be empty.
    roster : list of dict
        As `read_roster` returns it.

    Returns
    -------
    dict
        All columns of `CANVAS` and `MOODLE`, and ``matched``: "yes", or empty if nobody fits.
    """
    known = dict.fromkeys((*CANVAS, *MOODLE, "matched"), "")
    known |= {"Student": name, "ID": number, "Last name": name}
    for person in roster:
        login = person.get("SIS Login ID", "") or person.get("Username", "")
        mail = person.get("Email address", "")
        first, last = person.get("First name", ""), person.get("Last name", "")
        names = [person.get("Student", ""), person.get("Full name", ""), f"{first} {last}"]
        names += [f"{last} {first}", login, mail, mail.split("@")[0]]
        names += [person.get("ID number", ""), person.get("SIS User ID", "")]
        by_number = number and number == person.get("ID", "")
        if by_number or _letters(name) in {_letters(text) for text in names if text.strip()}:
            return known | person | {"matched": "yes"}
    return known


def _letters(text: str) -> str:
    return "".join(letter for letter in text.casefold() if letter.isalnum())
