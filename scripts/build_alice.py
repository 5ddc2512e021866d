"""Rebuild lib/data/alice.txt, the novel of chapter 8, from the source archive of Brotli 1.1.0.

Brotli, a compressor, carries the file ``alice29.txt`` of the Canterbury Corpus among its test data.
From it this keeps the twelve chapters, from the line "CHAPTER I" to the line before "THE END", with
the line ends of Unix. Everything else in the text stays as it is.

Usage: python scripts/build_alice.py [ARCHIVE]      (default: fetch it with `pip download`)
"""

from __future__ import annotations

import argparse
import hashlib
import io
import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path

from course.contents import ROOT

RELEASE = "Brotli==1.1.0"
ARCHIVE_SHA256 = "81de08ac11bcb85841e440c13611c00b67d3bf82698314928d0b676362546724"
MEMBER = "Brotli-1.1.0/tests/testdata/alice29.txt"
MEMBER_SHA256 = "7467306ee0feed4971260f3c87421154a05be571d944e9cb021a5713700c38f0"
TARGET = ROOT / "lib" / "data" / "alice.txt"


def fetch(folder: Path) -> Path:
    """Download the source archive into a folder; return where it lies."""
    only_source = ["--no-deps", "--no-binary", "Brotli"]
    command = [sys.executable, "-m", "pip", "download", "--quiet", *only_source]
    subprocess.run([*command, "--dest", str(folder), RELEASE], check=True)
    return next(folder.glob("*.tar.gz"))


def check(content: bytes, sha256: str, name: str) -> None:
    """Raise an error for any file but the one whose text was checked.

    Raises
    ------
    ValueError
        If the SHA-256 differs.
    """
    found = hashlib.sha256(content).hexdigest()
    if found != sha256:
        raise ValueError(
            f"this is not {name}: its SHA-256 is {found}, not {sha256}; delete it and fetch it "
            "again"
        )


def read_member(archive: bytes) -> bytes:
    """Return the novel as it stands in the archive."""
    with tarfile.open(fileobj=io.BytesIO(archive), mode="r:gz") as tar:
        member = tar.extractfile(MEMBER)
        assert member is not None  # a plain file, not a folder: the SHA-256 says so
        return member.read()


def keep(novel: bytes) -> bytes:
    """Return the chapters alone: no title page before them, and no mark of DOS after them."""
    text = novel.decode("ascii").replace("\r\n", "\n")
    start = text.rindex("\n", 0, text.index("CHAPTER I\n")) + 1  # with the spaces before it
    end = text.index("THE END\n")
    return (text[start:end].rstrip() + "\n").encode()


def main() -> int:
    """Write alice.txt into lib/data and say what was written."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n\n")[0])
    parser.add_argument("archive", nargs="?", type=Path, help="Brotli-1.1.0.tar.gz, if you have it")
    path = parser.parse_args().archive
    with tempfile.TemporaryDirectory() as folder:
        archive = (path or fetch(Path(folder))).read_bytes()
    check(archive, ARCHIVE_SHA256, "the source archive of Brotli 1.1.0")
    novel = read_member(archive)
    check(novel, MEMBER_SHA256, "the alice29.txt of the Canterbury Corpus")
    content = keep(novel)
    TARGET.write_bytes(content)
    print(f"alice.txt  {len(content)} bytes, SHA-256 {hashlib.sha256(content).hexdigest()}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
