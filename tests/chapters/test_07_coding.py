"""Chapter 7: its functions are lib's, its files are what the text says, damage is noticed.

The network is trained once, which takes about ten seconds.
"""

from __future__ import annotations

import hashlib
import math
import random
from collections.abc import Sequence
from fractions import Fraction
from itertools import accumulate
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from torch import nn
from torch.nn import functional as F

from course.guards import CHAPTERS, read
from lib import coding
from lib.coding import (
    decode,
    encode,
    fences,
    ideal_bits,
    load,
    pack,
    sample,
    save,
    static,
    tables,
)
from lib.integer_network import IntegerNetwork
from lib.mnist import Split, hold_out
from lib.mnist import load as load_digits
from lib.scoring import fit_temperature
from lib.training import History, mlp, pixels, train
from tests.lib.another_reader import read_in_javascript

EPOCHS = (1, 5, 10, 20, 40, 60)


@pytest.fixture(scope="module")
def split() -> Split:
    torch.set_num_threads(1)
    return load_digits()


@pytest.fixture(scope="module")
def trained(split: Split) -> tuple[nn.Module, History]:
    """Return the chapter's network and its run; held-out, then test logits."""
    net = mlp(seed=0)
    run = train(net, hold_out(split, 1000), F.cross_entropy, epochs=60, checkpoints=EPOCHS)
    return net, run


@pytest.fixture(scope="module")
def run(trained: tuple[nn.Module, History]) -> History:
    return trained[1].only(slice(1000, None))


@pytest.fixture(scope="module")
def digits(run: History) -> list[int]:
    return run.labels.tolist()


@pytest.fixture(scope="module")
def whole(trained: tuple[nn.Module, History]) -> IntegerNetwork:
    W1, b1, W2, b2 = (w.detach().numpy().T for w in trained[0].parameters())
    return IntegerNetwork.rounded([(W1, b1), (W2, b2)])


@pytest.fixture(scope="module")
def chapter() -> dict[str, Any]:
    """Return the functions that the chapter writes out."""
    names: dict[str, Any] = {}
    path = next(path for path in CHAPTERS.values() if path.stem.startswith("07_"))
    for cell in read(path).cells:
        if cell.cell_type == "code" and "heapify" not in cell.source:
            if cell.source.startswith("import math"):
                exec(cell.source.replace("use_house_style()", ""), names)
            for name in ("interval", "codeword", "fences", "encode", "decode"):
                if cell.source.startswith(f"def {name}("):
                    exec(cell.source.split("\n\n\n")[0], names)
    return names


def test_the_functions_of_the_chapter_are_those_of_lib(chapter: dict[str, Any]) -> None:
    rng = random.Random(0)
    for _ in range(150):
        K, n = rng.randrange(1, 12), rng.randrange(60)
        numbers = [rng.randrange(2 ** rng.randrange(1, 60)) + 1 for _ in range(K)]
        assert chapter["fences"](numbers) == fences(numbers)
        rows = [fences([rng.randrange(1, 10**6) for _ in range(K)]) for _ in range(n)]
        symbols = [rng.randrange(K) for _ in range(n)]
        word = chapter["encode"](symbols, static(rows))
        assert word == encode(symbols, static(rows))
        assert chapter["decode"](word, static(rows), n) == symbols
        pmf = [Fraction(number, sum(numbers)) for number in numbers]
        piece = chapter["interval"](symbols[:20], pmf)
        assert piece == coding.interval(symbols[:20], pmf)
        assert chapter["codeword"](*piece) == coding.codeword(*piece)


def test_the_loss_is_the_size_of_the_file(run: History, digits: list[int]) -> None:
    for epoch in EPOCHS:
        book = static(tables(run.at(epoch)))
        bits = encode(digits, book)
        assert decode(bits, book, 2000) == digits
        assert 0 <= len(bits) - ideal_bits(digits, book) < 2 + 1e-6
    for epoch, loss in zip(run.epochs, run.test_loss, strict=True):
        size = len(encode(digits, static(tables(run.at(int(epoch))))))
        loss_bits = 2000 * loss / math.log(2)
        # Until the network is far too sure, tenths and tables move the file by less than 1 %; then
        # the file is shorter, because no digit costs more than 16 bits.
        low = 0.99 if epoch <= 20 else 0.93
        assert low * loss_bits < size < 1.01 * loss_bits + 2


def test_at_its_temperature_the_file_keeps_shrinking(
    trained: tuple[nn.Module, History], run: History, digits: list[int]
) -> None:
    aside = trained[1].only(slice(1000))
    sizes = []
    for epoch in EPOCHS:
        T = round(fit_temperature(aside.at(epoch), aside.labels), 2)
        sizes.append(len(encode(digits, static(tables(run.at(epoch), T)))))
    assert sizes == sorted(sizes, reverse=True)
    raw = [len(encode(digits, static(tables(run.at(epoch))))) for epoch in EPOCHS]
    assert min(raw) == raw[EPOCHS.index(20)]
    assert sizes[-1] < raw[-1] - 150


def test_the_whole_network_writes_the_same_bytes_on_every_processor(
    split: Split, whole: IntegerNetwork, digits: list[int], tmp_path: Path
) -> None:
    rows = whole.tables(split.X_test, Fraction(237, 100))
    path = tmp_path / "digits"
    assert save(path, digits, static(rows)) == 64  # 60, and four of the checksum
    assert load(path, static(rows), 2000) == digits
    found = hashlib.sha256(path.read_bytes()).hexdigest()
    assert found == "919d2b76264370377c158ef4497769321e16d7800e486d597ef2b22d63dd0030"
    (answer,) = read_in_javascript(
        [{"file": path.read_bytes().hex(), "n": 2000, "totalBits": 16, "tables": rows}]
    )
    assert answer == {"symbols": digits, "intact": True}


def test_damaged_files_are_never_read(run: History, digits: list[int], tmp_path: Path) -> None:
    rng = random.Random(0)
    rows = tables(run.at(20))
    path = tmp_path / "digits"
    save(path, digits, static(rows))
    content = path.read_bytes()
    for _ in range(60):
        bad = bytearray(content)
        for _ in range(rng.randrange(1, 4)):
            bad[rng.randrange(len(bad))] ^= 1 << rng.randrange(8)
        cut = content[: rng.randrange(len(content))]
        for other in (bytes(bad), cut, content + rng.randbytes(rng.randrange(1, 5))):
            if other == content:
                continue
            path.write_bytes(other)
            with pytest.raises(ValueError, match="is damaged"):
                load(path, static(rows), 2000)


def test_a_slip_turns_the_message_into_a_sample(run: History, digits: list[int]) -> None:
    rows = tables(run.at(20))
    bits = encode(digits, static(rows))
    moved = [list(row) for row in rows]
    moved[100][digits[100]] += 1
    read = sample(bits, static(moved), 2000)
    wrong = np.array(read) != run.labels
    first = int(np.flatnonzero(wrong)[0])
    assert 100 < first < 400
    # What is made up costs what the network expects, so its word is shorter, and `decode` refuses.
    assert len(encode(read, static(moved))) < len(bits) - 100
    with pytest.raises(ValueError, match="codebook is another one"):
        decode(bits, static(moved), 2000)
    units = np.diff(np.array(rows), axis=1)[np.arange(2000), run.labels] / 2**16
    rates = [1 - wrong[first:].mean()]
    for seed in range(5):
        coins = f"{random.Random(seed).getrandbits(3000):03000b}"
        rates.append((np.array(sample(coins, static(rows), 2000)) == run.labels).mean())
    # each is a sample: right with the share of the right digit, give or take four standard errors
    error = math.sqrt((units * (1 - units)).sum()) / 2000
    assert all(abs(rate - units.mean()) < 4 * error for rate in rates)


def learning_bits(split: Split, lr: float) -> float:
    """Return what the 7 000 digits cost somebody who learns along, as section 7.9 does."""
    watched = hold_out(split, 1000)
    X, y = torch.from_numpy(pixels(watched.X_train)), torch.from_numpy(watched.y_train)
    net = mlp(seed=0)
    adam = torch.optim.Adam(net.parameters(), lr=lr)
    rows: list[Sequence[int]] = []
    for n in range(0, 7000, 16):
        with torch.no_grad():
            rows += tables(net(X[n : n + 16]).numpy())
        adam.zero_grad()
        F.cross_entropy(net(X[n : n + 16]), y[n : n + 16]).backward()
        adam.step()
    return len(encode(watched.y_train, static(rows)))


def test_learning_as_it_goes_costs_what_the_text_says(split: Split) -> None:
    assert math.ceil(learning_bits(split, 2e-3) / 8) == 623
    assert math.ceil(learning_bits(split, 1e-3) / 8) == 738


def test_from_22_fives_on_learning_costs_less_than_a_bit_a_ball() -> None:
    """Of whole fives: a message that stops between them may still cost more."""

    def learnt(white: int, black: int) -> float:
        n = white + black
        return math.log2((n + 1) * math.comb(n, black))

    assert [m for m in range(1, 1000) if learnt(2 * m, 3 * m) < 5 * m] == list(range(22, 1000))
    blacks = list(accumulate([0, 1, 0, 1, 1] * 200))
    assert max(n for n, black in enumerate(blacks, 1) if learnt(n - black, black) >= n) == 123


def test_the_digits_it_was_trained_on(
    trained: tuple[nn.Module, History], whole: IntegerNetwork, split: Split
) -> None:
    watched = hold_out(split, 1000)
    with torch.no_grad():
        rows = tables(trained[0](torch.from_numpy(pixels(watched.X_train))).numpy())
    assert pack(encode(watched.y_train, static(rows))) == b"x"
    assert len(encode(watched.y_train, static(whole.tables(watched.X_train)))) == 9
