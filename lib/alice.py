"""The book that chapter 8 reads: *Alice's Adventures in Wonderland*, by Lewis Carroll (1865).

``text()`` gives its twelve chapters as they stand in the Canterbury Corpus, ``chapters()`` the same
in 26 letters and the space. The book's page *Data* says where the file comes from.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from importlib.resources import files

from lib._checks import check_text

#: Shannon's alphabet: the space, and 26 letters. A letter's place in it is its class, 0 to 26.
ALPHABET = " abcdefghijklmnopqrstuvwxyz"

SHA256 = "630eceaaa63596f9466f9bd9f36c4d030273891fd5dbecb20a5f5019cb91798b"

_HEADING = re.compile(r"^ *CHAPTER [IVX]+\n\n.*\n", re.MULTILINE)  # the number, then the title
_REINSTALL = "restore lib/data with `git checkout lib/data`, or install the package again"


def text() -> str:
    """Return the whole text, as it stands in the file.

    Returns
    -------
    str
        148 293 characters of ASCII, a newline at the end of each line.

    Raises
    ------
    RuntimeError
        If the file is missing or is not the one on which the book's numbers rest.
    """
    try:
        content = (files("lib") / "data" / "alice.txt").read_bytes()
    except OSError as error:
        raise RuntimeError(f"alice.txt cannot be read ({error}): {_REINSTALL}") from error
    if hashlib.sha256(content).hexdigest() != SHA256:
        raise RuntimeError(f"alice.txt is damaged (its SHA-256 is wrong): {_REINSTALL}")
    return content.decode("ascii")


def letters(text: str) -> str:
    """Return a text in the alphabet: small letters, and one space for all that stands between.

    Apostrophes vanish, straight or curved, so that a word stays one word. Letters with accents are
    not among the 26 and become a space, too.

    Parameters
    ----------
    text : str
        Any text.

    Returns
    -------
    str
        Characters of ``ALPHABET`` only, no two spaces in a row, none at either end.

    Raises
    ------
    ValueError
        If it is not a text.

    Examples
    --------
    >>> letters("I don't think--' said Alice.")
    'i dont think said alice'
    """
    check_text(text)
    # An accent may stand behind its letter as a separate sign, as in a small İ.
    words = re.sub("['\u2019]", "", unicodedata.normalize("NFC", text))
    return re.sub("([a-zA-Z][\u0300-\u036f]+|[^a-zA-Z])+", " ", words).strip().lower()


def chapters() -> tuple[str, ...]:
    """Return the twelve chapters in the alphabet, without their headings.

    Raises
    ------
    RuntimeError
        As :func:`text` does.
    """
    return tuple(letters(part) for part in _HEADING.split(text())[1:])
