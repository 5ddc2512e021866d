"""The digits, and the logits that the book follows.

``load()`` gives 10 000 real MNIST digits that come with the package, ``load(full=True)`` the
official 70 000, and ``seed_logits()`` the ten scores of the 7 that the book follows, before and
after training. The book's page *Data* says where they come from.
"""

from __future__ import annotations

import contextlib
import gzip
import hashlib
import io
import math
import os
import struct
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from lib._checks import check_integer

#: Environment variable that names a folder with the four official files.
FOLDER_VARIABLE = "WHY_CROSS_ENTROPY_MNIST"

#: Where the files may be in that folder: torchvision puts them into MNIST/raw.
_PLACES = ("", "raw", "MNIST/raw")

MIRRORS = (
    "https://storage.googleapis.com/cvdf-datasets/mnist/",
    "https://ossci-datasets.s3.amazonaws.com/mnist/",
)

#: Each official file with its SHA-256 as distributed (gzip) and unpacked, in the order of `Split`.
OFFICIAL = {
    "train-images-idx3-ubyte.gz": (
        "440fcabf73cc546fa21475e81ea370265605f56be210a4024d2ca8f203523609",
        "ba891046e6505d7aadcbbe25680a0738ad16aec93bde7f9b65e87a2fc25776db",
    ),
    "train-labels-idx1-ubyte.gz": (
        "3552534a0a558bbed6aed32b30c495cca23d567ec52cac8be1a0730e8010255c",
        "65a50cbbf4e906d70832878ad85ccda5333a97f0f4c3dd2ef09a8a9eef7101c5",
    ),
    "t10k-images-idx3-ubyte.gz": (
        "8d422c7b0a1c1c79245a5bcf07fe86e33eeafee792b84584aec276f5a2dbc4e6",
        "0fa7898d509279e482958e8ce81c8e77db3f2f8254e26661ceb7762c4d494ce7",
    ),
    "t10k-labels-idx1-ubyte.gz": (
        "f7ae60f92e00ec6debd23a6088c31dbd2371eca3ffa0defaefb259924204aec6",
        "ff7bcfd416de33731a308c3f266cc351222c34898ecbeaf847f06e48f7ec33f2",
    ),
}

_BY_HAND = (
    f"You can also put the four files ({', '.join(OFFICIAL)}) into one folder by hand and name "
    f"that folder in the environment variable {FOLDER_VARIABLE}.\n"
    "load() without full=True needs no network."
)

_REINSTALL = "restore lib/data with `git checkout lib/data`, or install the package again"

Hashes = Mapping[str, tuple[str, str]]


class MnistError(RuntimeError):
    """The digits are not available; the message says which file, what happened and what to do."""


@dataclass(frozen=True, eq=False)
class Split:
    """Training and test digits: images (n, 28, 28) of bytes, 0 = paper, 255 = ink; labels (n,)."""

    X_train: NDArray[np.uint8]
    y_train: NDArray[np.int64]
    X_test: NDArray[np.uint8]
    y_test: NDArray[np.int64]


def hold_out(split: Split, count: int) -> Split:
    """Return a split whose last training images have moved to the front of the test set.

    Parameters
    ----------
    split : Split
        Any digits.
    count : int
        How many of the training images to hold out; the others, at least one, are trained on.

    Returns
    -------
    Split
        The first `count` images of its test set are those held out, to choose an epoch or a
        temperature with; the test images of `split` follow in their old order.

    Raises
    ------
    ValueError
        If `count` is not an integer from 0 to one fewer than there are training images.
    """
    check_integer(count, "count", 0)
    n = len(split.y_train) - count
    if n < 1:
        raise ValueError(
            f"count is {count}, of {len(split.y_train)} training images; leave at least one to "
            "train on"
        )
    X = np.concatenate([split.X_train, split.X_test])
    y = np.concatenate([split.y_train, split.y_test])
    return Split(X[:n], y[:n], X[n:], y[n:])


@dataclass(frozen=True, eq=False)
class SeedLogits:
    """What one printout says about one image of a seven, before and after training.

    Losses are in nats. The two losses printed by the network, 2.2604 and 0.0053, do not follow
    from the printed logits; the errata show why they cannot.
    """

    before: NDArray[np.float64]  # (10,) logits of the untrained network
    after: NDArray[np.float64]  # (10,) logits of the trained network
    label: int
    printed_softmax_before: NDArray[np.float64]  # (10,)
    printed_softmax_after: NDArray[np.float64]  # (10,)
    printed_loss_before: float
    printed_loss_after: float
    printed_loss_by_hand: float  # -log(0.1009), from the probability already rounded


def load(*, full: bool = False) -> Split:
    """Return MNIST digits, split into training and test set, in new arrays on every call.

    Parameters
    ----------
    full : bool
        False: the 10 000 digits that come with the package, always shuffled the same way (seed 0),
        8 000 for training and 2 000 for testing. True: the official 60 000 and 10 000 in their
        official order, read from the folder named by the environment variable
        ``WHY_CROSS_ENTROPY_MNIST`` (torchvision's will do) or else downloaded once (11.6 MB) into
        the user's cache folder.

    Returns
    -------
    Split
        Images uint8 (n, 28, 28), labels int64 (n,).

    Raises
    ------
    MnistError
        If a file is missing, damaged, or cannot be fetched or stored. No broken file stays behind.
    """
    if full:
        folder = os.environ.get(FOLDER_VARIABLE)  # set but empty counts as unset
        return _split(_read_folder(Path(folder)) if folder else _download())

    import torch  # here, because it takes a second to import and the rest does not need it

    images, labels = _embedded(files("lib") / "data")
    # The book's numbers depend on this shuffle: another gives a harder or an easier test set.
    generator = torch.Generator(device="cpu").manual_seed(0)
    order = torch.randperm(10_000, generator=generator, device="cpu").numpy()
    train, test = order[:8_000], order[8_000:]
    return Split(images[train], labels[train], images[test], labels[test])


def seed_logits() -> SeedLogits:
    """Return the printed logits and what stands beside them, in new arrays on every call."""
    return SeedLogits(
        before=np.array(
            [0.0297, -0.0440, -0.0442, 0.0194, 0.0293, 0.0036, -0.0047, 0.0073, 0.0407, -0.0544]
        ),
        after=np.array(
            [0.7090, -5.7430, 2.7101, 4.5032, -4.2269, 0.7165, -9.6999, 10.0532, -0.4749, 2.4612]
        ),
        label=7,
        printed_softmax_before=np.array(
            [0.1031, 0.0958, 0.0958, 0.1021, 0.1031, 0.1005, 0.0996, 0.1009, 0.1043, 0.0948]
        ),
        printed_softmax_after=np.array(
            [0.0001, 0.0000, 0.0006, 0.0039, 0.0000, 0.0001, 0.0000, 0.9948, 0.0000, 0.0005]
        ),
        printed_loss_before=2.2604,
        printed_loss_after=0.0053,
        printed_loss_by_hand=2.2936,
    )


def _embedded(folder: Traversable) -> tuple[NDArray[np.uint8], NDArray[np.int64]]:
    """Return the 10 000 images and labels of ``folder``, sorted by class, after checking them."""
    try:
        packed = (folder / "mnist_10k.npz").read_bytes()
        expected = (folder / "mnist_10k.sha256").read_text(encoding="ascii").split()[0]
    except (OSError, ValueError, IndexError) as error:
        raise MnistError(f"the embedded digits cannot be read ({error}): {_REINSTALL}") from error
    if _sha256(packed) != expected:
        raise MnistError(f"mnist_10k.npz is damaged (its SHA-256 is wrong): {_REINSTALL}")
    with np.load(io.BytesIO(packed), allow_pickle=False) as archive:
        return archive["images"], archive["labels"].astype(np.int64)


def _read_folder(folder: Path, hashes: Hashes = OFFICIAL) -> dict[str, bytes]:
    """Return the unpacked files of a folder, from any intact copy, packed or not."""
    contents, problems = {}, []
    with contextlib.suppress(RuntimeError):  # "~nobody" is then read as a plain name
        folder = folder.expanduser()
    for name, (packed_hash, plain_hash) in hashes.items():
        dotted = name.replace("-idx", ".idx")  # the name of some copies
        faults = []
        copies = (name, name.removesuffix(".gz"), dotted, dotted.removesuffix(".gz"))
        for copy in (str(Path(place, copy)) for place in _PLACES for copy in copies):
            packed = copy.endswith(".gz")
            try:
                content = (folder / copy).read_bytes()
            except FileNotFoundError:
                continue
            except OSError as error:
                faults.append(f"{copy} cannot be read: {error.strerror or error}")
                continue
            if _sha256(content) == (packed_hash if packed else plain_hash):
                contents[name] = gzip.decompress(content) if packed else content
                break
            faults.append(f"{copy} is damaged or another file (wrong SHA-256)")
        else:
            problems += faults or [f"{name} is missing"]
    if problems:
        if not os.path.isdir(folder):  # Path.is_dir raises if the name is too long
            problems = ["there is no such folder"]
        raise MnistError(
            "\n  ".join([f"{FOLDER_VARIABLE} names {folder}, but", *problems])
            + f"\nPut the official files there, from {' or '.join(MIRRORS)}, or unset the variable "
            "to have them downloaded."
        )
    return contents


def _download(
    mirrors: Sequence[str] = MIRRORS,
    cache: Path | None = None,
    hashes: Hashes = OFFICIAL,
    timeout: float = 10.0,
) -> dict[str, bytes]:
    """Return the unpacked files, from the cache or from the first mirror that has each."""
    import pooch

    cache = cache or Path(pooch.os_cache("why-cross-entropy"))
    return {
        name: gzip.decompress(_fetch(name, packed_hash, mirrors, cache, timeout))
        for name, (packed_hash, _) in hashes.items()
    }


def _fetch(name: str, sha256: str, mirrors: Sequence[str], cache: Path, timeout: float) -> bytes:
    """Return one packed file, from the cache or from the first mirror that has it.

    Other processes may be doing the same. Each downloads into its own folder and moves the checked
    file into the cache, so that none reads a file that another is replacing.
    """
    import pooch
    import requests  # pooch downloads with it

    problems = []
    try:
        path = cache / name
        with contextlib.suppress(FileNotFoundError):
            content = path.read_bytes()
            if _sha256(content) == sha256:
                return content
            path.unlink(missing_ok=True)  # damaged: fetch it again
        cache.mkdir(parents=True, exist_ok=True)
        for mirror in mirrors:
            downloader = pooch.HTTPDownloader(progressbar=True, timeout=timeout)
            try:
                with tempfile.TemporaryDirectory(dir=cache) as own:
                    fetched = Path(own, name)
                    pooch.retrieve(mirror + name, f"sha256:{sha256}", name, own, None, downloader)
                    content = fetched.read_bytes()
                    fetched.replace(path)
                    return content
            except requests.RequestException as error:
                problems.append(f"{mirror}: {_reason(error, timeout)}")
            except ValueError:  # pooch found a wrong hash
                problems.append(
                    f"{mirror}: sent something else, or only a part of it (wrong SHA-256)"
                )
    except OSError as error:
        raise MnistError(
            f"{name} cannot be stored in {cache}: {error.strerror or error}.\n"
            f"Free some space or make the folder writable, and try again. {_BY_HAND}"
        ) from error
    raise MnistError(
        "\n  ".join([f"{name} cannot be downloaded:", *problems])
        + f"\nCheck the connection and try again. {_BY_HAND}"
    )


def _reason(error: Exception, timeout: float) -> str:
    """Say in a few words why a mirror failed."""
    response = getattr(error, "response", None)
    if response is not None:
        return f"answered {response.status_code} {response.reason}"
    # A mirror that stalls in the middle of a file raises ConnectionError, not Timeout.
    if "timed out" in str(error):
        return f"no answer within {timeout:g} s"
    return f"no connection, or one that broke off ({type(error).__name__})"


def _sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def _split(contents: Mapping[str, bytes]) -> Split:
    """Return the four unpacked files as arrays: images, labels, images, labels."""
    X_train, y_train, X_test, y_test = (
        _parse_idx(content, name, dimensions=3 if "images" in name else 1)
        for name, content in contents.items()
    )
    for images, labels in ((X_train, y_train), (X_test, y_test)):
        if images.shape != (len(labels), 28, 28):
            raise MnistError(
                f"images of shape {images.shape} do not fit {len(labels)} labels: "
                "the files are not those of MNIST"
            )
    return Split(X_train, y_train.astype(np.int64), X_test, y_test.astype(np.int64))


def _parse_idx(content: bytes, name: str, dimensions: int) -> NDArray[np.uint8]:
    """Return an IDX file as an array: magic number, one big-endian size per axis, then bytes."""
    start = 4 + 4 * dimensions
    magic = bytes([0, 0, 8, dimensions])  # 8: unsigned bytes
    if content[:4] != magic:
        raise MnistError(f"{name} begins with {content[:4].hex()}, not {magic.hex()}: no IDX file")
    if len(content) < start:
        raise MnistError(f"{name} ends within its header, after {len(content)} of {start} bytes")
    shape = struct.unpack(f">{dimensions}I", content[4:start])
    if len(content) - start != math.prod(shape):
        raise MnistError(
            f"{name} announces shape {shape}, {math.prod(shape)} bytes, "
            f"but {len(content) - start} bytes follow its header"
        )
    return np.frombuffer(content, dtype=np.uint8, offset=start).reshape(shape).copy()
