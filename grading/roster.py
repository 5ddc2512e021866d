"""Read a list of participants, as platforms and spreadsheets write it."""

from __future__ import annotations

import codecs
import csv
import io
import unicodedata
from pathlib import Path

from grading.model import CannotStart

# The columns that are used, and what platforms call them in English, German, French, Spanish,
# Italian, Portuguese and Dutch. Names in another language are added here.
HEADERS = {
    "Student": ["student", "student name", "student/in", "studierende", "studierende/r"],
    "ID": ["id"],
    "SIS User ID": ["sis user id", "sis-benutzer-id", "sis-user-id"],
    "SIS Login ID": ["sis login id", "sis-login-id", "sis-anmelde-id"],
    "Section": ["section", "abschnitt"],
    "Identifier": ["identifier", "participant", "kennung", "teilnehmer/in", "teilnehmer"],
    "First name": [
        *("first name", "firstname", "given name", "vorname", "prénom", "prenom", "nombre"),
        *("nome", "voornaam"),
    ],
    "Last name": [
        *("last name", "lastname", "surname", "family name", "nachname", "familienname"),
        *("nom", "nom de famille", "apellido(s)", "apellidos", "cognome", "sobrenome"),
        *("apelido", "achternaam"),
    ],
    "Full name": [
        *("full name", "fullname", "name", "vollständiger name", "nom complet"),
        *("nombre completo", "nome completo", "volledige naam"),
    ],
    "ID number": [
        *("id number", "student id", "student number", "id-nummer", "matrikelnummer"),
        *("numéro d'identification", "número de id", "número de identificação"),
    ],
    "Email address": [
        *("email address", "email", "e-mail", "e-mail address", "e-mail-adresse"),
        *("adresse de courriel", "adresse électronique", "dirección de correo"),
        *("correo electrónico", "indirizzo email", "endereço de email", "e-mailadres"),
    ],
    # Of Moodle's grading worksheet, "Submitted for grading - 2 hours late" for example.
    "Status": ["status"],
    "Submitted": ["last modified (submission)", "zuletzt geändert (abgabe)"],
    "Username": ["username", "user name", "login", "anmeldename", "benutzername"],
}
KNOWN = {name: column for column, names in HEADERS.items() for name in names}
ABOUT = {"Section", "Status", "Submitted"}
WHO = set(HEADERS) - ABOUT  # one of them at least says who it is


def read_roster(path: Path | None) -> tuple[list[dict[str, str]], list[str]]:
    """Read the participants that Canvas or Moodle exported, or a spreadsheet saved.

    UTF-8, UTF-16 and Windows-1252; with commas, semicolons or tabs; headers as in `HEADERS`.

    Returns
    -------
    people : list of dict
        One a person, by the columns of `HEADERS`; equal rows once.
    unused : list of str
        The headers of the other columns.

    Raises
    ------
    CannotStart
        If the file is not there, or is no list of participants.
    """
    if path is None:
        return [], []
    try:
        content = path.read_bytes()
    except OSError as error:
        raise CannotStart(f"ROSTER={path} cannot be read: {error.strerror}") from None
    try:
        return parse_roster(content)
    except ValueError as error:
        raise CannotStart(f"ROSTER={path}: {error}") from None


def parse_roster(content: bytes) -> tuple[list[dict[str, str]], list[str]]:
    """Return the participants and the headers not used, from a file's content; see `read_roster`.

    Raises
    ------
    ValueError
        If it is not text, or has no header that says who is who.
    """
    text = decode(content)
    first_line = text.partition("\n")[0]
    if first_line.lower().startswith("sep="):  # written for Excel
        text = text.partition("\n")[2]
        first_line = text.partition("\n")[0]
    # A header holds no separator within a name often enough to mislead; the data may.
    delimiter = max(",;\t", key=first_line.count)
    try:
        rows = list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter))
    except csv.Error as error:
        raise ValueError(f"this is not a CSV file ({error}); export it as CSV") from None
    rows = [row for row in rows if any(cell.strip() for cell in row)]
    headers = [cell.strip() for cell in rows[0]] if rows else []
    names = [KNOWN.get(_header(header), "") for header in headers]
    if not WHO & set(names):
        found = ", ".join(filter(None, headers))[:200] or "nothing"
        wanted = ", ".join(HEADERS)
        raise ValueError(
            f"no column says who is who; the first line has {found}. Name the columns as Canvas or "
            f"Moodle does: {wanted}"
        )
    twice = [name for name in HEADERS if names.count(name) > 1]
    if twice:
        raise ValueError(f"two columns are {twice[0]}; delete or rename one of them")
    people: list[dict[str, str]] = []
    for row in rows[1:]:
        person = {name: cell.strip() for name, cell in zip(names, row, strict=False) if name}
        who = any(person.get(column) for column in WHO)
        # Canvas's second line.
        if who and "points possible" not in person.get("Student", "").lower():
            people += [person] if person not in people else []
    if not people:
        raise ValueError("there is nobody in it; export the participants again")
    return people, [h for h, name in zip(headers, names, strict=True) if h and not name]


def decode(content: bytes) -> str:
    """Return the text of a file in UTF-8, UTF-16, or else Windows-1252.

    Raises
    ------
    ValueError
        If it is none of them, such as a workbook.
    """
    if content.startswith((b"PK\x03\x04", b"\xd0\xcf\x11\xe0")):
        raise ValueError("this is a workbook; save it as CSV")
    encodings = ["utf-8-sig", "cp1252"]
    if content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        encodings = ["utf-16"]
    elif b"\0" in content[:200]:  # UTF-16 without its mark: the zero is the high byte
        encodings = ["utf-16-be" if content[:1] == b"\0" else "utf-16-le"]
    for encoding in encodings:
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise ValueError("its characters cannot be read; save it as CSV in UTF-8")


def _header(text: str) -> str:
    return unicodedata.normalize("NFC", " ".join(text.split())).casefold()
