"""Find whose submission it is: match all submissions with all rows of a list of participants.

Nobody is better than somebody else: what is not clear is reported, and matched with no row.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Protocol

CANVAS = ["Student", "ID", "SIS User ID", "SIS Login ID", "Section"]
MOODLE = ["First name", "Last name", "ID number", "Email address"]


class Named(Protocol):
    """What a submission says of its student; the number may be empty."""

    name: str
    number: str


@dataclass(frozen=True)
class Matching:
    """Whose submission each one is.

    Attributes
    ----------
    rows : dict of str to dict
        By submission, the row of the roster; only those with one.
    unclear : list of str
        One line for each other submission: why, and what to do.
    absent : list of str
        The participants without a submission.
    """

    rows: dict[str, dict[str, str]]
    unclear: list[str]
    absent: list[str]


def match(submissions: Mapping[str, Named], roster: list[dict[str, str]]) -> Matching:
    """Match all submissions with all rows of a roster; no row twice.

    The platform's own number is compared first, over the whole roster; then the e-mail address,
    login or number of the university; and last the name, which must fit exactly one row. A row
    with another number of the platform is another person, whatever the name.

    Parameters
    ----------
    submissions : mapping of str to Named
        By any key, such as their names for files.
    roster : list of dict
        As ``roster.read_roster`` returns it.
    """
    rows: dict[str, dict[str, str]] = {}
    unclear: dict[str, str] = {}
    owner: dict[int, str] = {}
    claimed: dict[int, list[str]] = {}  # rows that several submissions lay claim to
    possible: set[int] = set()  # rows that were among several for one submission
    stages = [
        ("the number", _by_number),
        ("the e-mail address or login", _by_login),
        ("the name", _by_name),
    ]
    for what, fits in stages:
        claims: dict[int, list[str]] = {}
        for key, given in submissions.items():
            if key in rows or key in unclear:
                continue
            fitting = [i for i, person in enumerate(roster) if fits(given, person)]
            if len(fitting) > 1:
                people = "; ".join(_describe(roster[i]) for i in fitting)
                unclear[key] = f"{what} fits {len(fitting)} rows of the roster ({people})"
                possible.update(fitting)
            elif fitting:
                claims.setdefault(fitting[0], []).append(key)
        for row, keys in claims.items():
            rivals = [*([owner[row]] if row in owner else claimed.get(row, [])), *keys]
            if len(rivals) == 1:
                owner[row] = keys[0]
                rows[keys[0]] = roster[row]
                continue
            claimed.setdefault(row, []).extend(keys)
            for key in keys:
                others = ", ".join(other for other in rivals if other != key)
                unclear[key] = f"{what} fits {_describe(roster[row])}, but {others} fits there too"
    for key, given in submissions.items():
        if key not in rows and key not in unclear:
            number = f" with the number {given.number}" if given.number else ""
            unclear[key] = f"nobody on the roster fits {given.name}{number}"
    absent = [
        _describe(person)
        for i, person in enumerate(roster)
        if i not in owner and i not in claimed and i not in possible
    ]
    lines = [f"{key}: {unclear[key]}; enter the points by hand" for key in sorted(unclear)]
    return Matching(rows, lines, absent)


def columns(given: Named, row: Mapping[str, str] | None) -> dict[str, str]:
    """Return all columns of `CANVAS` and `MOODLE`, as the roster or the export knows them."""
    known = dict.fromkeys((*CANVAS, *MOODLE), "") | {"Student": given.name, "ID": given.number}
    row = {column: value for column, value in (row or {}).items() if value}
    if not {"First name", "Last name"} & set(row):
        known["Last name"] = row.get("Full name", given.name)
    return known | row


def numbers(person: Mapping[str, str]) -> set[str]:
    """Return the platform's own numbers of a participant: Canvas's ID, Moodle's identifier."""
    found = (re.search(r"(\d+)\s*$", person.get(key, "")) for key in ("ID", "Identifier"))
    return {number[1] for number in found if number}


def _by_number(given: Named, person: Mapping[str, str]) -> bool:
    return bool(given.number) and given.number in numbers(person)


def _is_another(given: Named, person: Mapping[str, str]) -> bool:
    known = numbers(person)
    return bool(given.number and known) and given.number not in known


def _by_login(given: Named, person: Mapping[str, str]) -> bool:
    keys = ["Email address"]
    if not given.number:  # where a platform gives its number, it gives a person's name with it
        keys += ["SIS Login ID", "Username", "SIS User ID", "ID number"]
    wanted = _folded(given.name)
    return not _is_another(given, person) and any(
        wanted == _folded(person[key]) for key in keys if person.get(key)
    )


def _by_name(given: Named, person: Mapping[str, str]) -> bool:
    if _is_another(given, person):
        return False
    wanted, mail = _words(given.name), _folded(person.get("Email address", ""))
    if "@" in mail and _folded(given.name) == mail.partition("@")[0]:
        return True
    for first, last in _names(person):
        if len(wanted) > 1:  # Ann Abell is not Anna Bell
            fits = Counter(wanted) == Counter(first + last)
        else:  # Canvas writes belanna, or bellanna, without a space
            fits = "".join(wanted) in {"".join(first + last), "".join(last + first)}
        if fits and wanted:
            return True
    return False


def _names(person: Mapping[str, str]) -> Iterable[tuple[list[str], list[str]]]:
    yield _words(person.get("First name", "")), _words(person.get("Last name", ""))
    for key in ("Student", "Full name"):
        last, _, first = person.get(key, "").partition(",")
        yield _words(first), _words(last)


def _folded(text: str) -> str:
    """Return a text without differences of case and of encoding; marks stay: Zoë is not Zoe."""
    folded = unicodedata.normalize("NFC", text).casefold()
    return unicodedata.normalize("NFC", folded).strip()


def _words(text: str) -> list[str]:
    # A letter and its marks are a word's; some have no composed form, and \w leaves out the marks.
    kept = (c if unicodedata.category(c)[0] in "LMN" else " " for c in _folded(text))
    return "".join(kept).split()


def _describe(person: Mapping[str, str]) -> str:
    name = person.get("Student") or person.get("Full name")
    name = name or f"{person.get('First name', '')} {person.get('Last name', '')}".strip()
    keys = ("ID", "Identifier", "ID number", "SIS User ID", "Email address", "Username")
    mark = next((person[key] for key in keys if person.get(key)), "")
    return ", ".join(filter(None, [name, mark]))
