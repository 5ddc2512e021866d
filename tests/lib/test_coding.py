"""The coder: properties, exact oracles, another program that reads its files, then bad input.

The oracle for a table-driven message is the exact piece, by fractions without any rounding of the
width. `read_coding.js` reads the files in JavaScript, from their description alone; constriction,
where it is installed, has its own range coder, whose sizes must agree.
"""

from __future__ import annotations

import decimal
import itertools
import math
import random
import tracemalloc
import zlib
from fractions import Fraction

import mpmath
import numpy as np
import pytest
import torch
from hypothesis import strategies as st

from lib import coding
from lib.coding import (
    codeword,
    counting,
    decode,
    encode,
    fences,
    ideal_bits,
    interval,
    load,
    pack,
    sample,
    save,
    static,
    tables,
    unpack,
    weights,
)
from lib.integer_network import IntegerNetwork
from tests.lib.another_reader import read_in_javascript
from tests.lib.references import given, refuses

BALLS = [0, 1, 0, 1, 1]
HOSTILE = fences([10**12, 1, 0, 0])  # three symbols with a unit or two each
SURE = [0, 0, 65536, 65536]  # only symbol 1 is possible
EDGES = [0, 1, 65535, 65536]


@st.composite
def tabled(draw, most: int = 40):
    """Return a message and a table for each position: equal, extreme, with impossible symbols."""
    total_bits = draw(st.sampled_from([1, 2, 8, 16, 16, 16, 32]))
    units = 1 << total_bits
    n = draw(st.integers(0, most))
    symbols, rows = [], []
    for _ in range(n):
        inner = draw(st.lists(st.one_of(st.integers(0, units), st.sampled_from([0, units, 1]))))
        row = [0, *sorted(inner), units]
        rows.append(row)
        possible = [k for k, (a, b) in enumerate(itertools.pairwise(row)) if b > a]
        symbols.append(draw(st.sampled_from(possible)))
    return symbols, rows, total_bits


bits = st.text("01", max_size=120)


def exact_piece(symbols, rows, total_bits):
    """Return the piece of a message whose tables are exact: nothing is rounded."""
    low, width = Fraction(0), Fraction(1)
    for symbol, row in zip(symbols, rows, strict=True):
        low += width * Fraction(row[symbol], 1 << total_bits)
        width *= Fraction(row[symbol + 1] - row[symbol], 1 << total_bits)
    return low, width


# ------------------------------------------------------------------ properties


@given(tabled(), bits, examples=80)
def test_every_message_is_read_back(message, tail):
    symbols, rows, total_bits = message
    book, n = static(rows), len(symbols)
    word = encode(symbols, book, total_bits)
    assert decode(word, book, n, total_bits) == symbols
    assert sample(word + tail, book, n, total_bits) == symbols  # what follows does not matter
    assert sample(unpack(pack(word)), book, n, total_bits) == symbols


@given(tabled(), examples=60)
def test_the_length_is_the_surprise_and_fewer_than_two_bits(message):
    symbols, rows, total_bits = message
    length = len(encode(symbols, static(rows), total_bits))
    ideal = ideal_bits(symbols, static(rows), total_bits)
    # each symbol loses less than a unit of the width
    slack = 1e-9 + len(symbols) * 2.0 ** (total_bits - 62)
    assert ideal - 1e-9 <= length < ideal + 2 + slack
    _, width = exact_piece(symbols, rows, total_bits)
    with mpmath.workdps(60):
        surprise = -mpmath.log(mpmath.mpf(width.numerator) / width.denominator, 2)
        assert abs(ideal - surprise) <= 1e-12 * (1 + ideal)


@given(tabled(most=12), examples=60)
def test_a_short_message_lies_within_its_exact_piece(message):
    symbols, rows, total_bits = message
    word = encode(symbols, static(rows), total_bits)
    low, width = exact_piece(symbols, rows, total_bits)
    start = Fraction(int(word or "0", 2), 1 << len(word))
    end = start + Fraction(1, 1 << len(word))
    # Rounding the width gives away at most this much of each piece, at its right end.
    lost = len(symbols) * Fraction(2) ** (total_bits - 62)
    assert low - lost <= start
    assert end <= low + width


@given(tabled(), st.data(), examples=80)
def test_a_cut_or_lengthened_word_is_always_refused(message, data):
    symbols, rows, total_bits = message
    word = encode(symbols, static(rows), total_bits)
    bad = [word + "0", word + "1", word + data.draw(bits.filter(bool))]
    if word:
        bad += [word[:-1], word[: data.draw(st.integers(0, len(word) - 1))], word[1:]]
    for other in bad:
        if other == word:
            continue
        try:
            read = decode(other, static(rows), len(symbols), total_bits)
        except ValueError:
            continue
        # not begun or continued, but another word altogether: word[1:] may be one
        assert encode(read, static(rows), total_bits) == other
        assert not word.startswith(other)
        assert not other.startswith(word)


@given(tabled(), bits, examples=80)
def test_decode_accepts_the_words_of_encode_and_nothing_else(message, other):
    symbols, rows, total_bits = message
    n = len(symbols)
    any_message = sample(other, static(rows), n, total_bits)
    assert len(any_message) == n  # a lenient reader reads everything
    assert math.isfinite(ideal_bits(any_message, static(rows), total_bits))
    if encode(any_message, static(rows), total_bits) == other:
        assert decode(other, static(rows), n, total_bits) == any_message
    else:
        with pytest.raises(ValueError, match="are not the codeword of a message"):
            decode(other, static(rows), n, total_bits)


@pytest.mark.parametrize("table", [[0, 26214, 65536], HOSTILE, [0, 1, 65536], [0, 3, 3, 9, 65536]])
@pytest.mark.parametrize("n", range(5))
def test_the_words_of_all_messages_of_one_length(table, n):
    possible = [k for k, (a, b) in enumerate(itertools.pairwise(table)) if b > a]
    book = static([table] * n)
    words = sorted(encode(list(s), book) for s in itertools.product(possible, repeat=n))
    assert not any(b.startswith(a) for a, b in itertools.pairwise(words))
    assert sum(Fraction(1, 1 << len(word)) for word in words) <= 1


@given(st.lists(st.integers(0, 2**70), min_size=1, max_size=40), st.integers(6, 32))
def test_fences_give_each_symbol_its_share_and_at_least_a_unit(numbers, total_bits):
    numbers[0] += not any(numbers)
    table = fences(numbers, total_bits)
    units, K, total = 1 << total_bits, len(numbers), sum(numbers)
    assert (table[0], table[-1]) == (0, units)
    for number, own in zip(numbers, np.diff(np.array(table, dtype=object)), strict=True):
        assert own >= 1
        assert (
            Fraction((units - K) * number, total) < own < 2 + Fraction((units - K) * number, total)
        )


@given(
    st.lists(st.integers(0, 2), max_size=25), st.lists(st.integers(1, 9), min_size=3, max_size=3)
)
def test_the_exact_piece_is_the_probability_and_no_shorter_word_fits(symbols, parts):
    pmf = [Fraction(part, sum(parts)) for part in parts]
    low, width = interval(symbols, pmf)
    assert width == math.prod((pmf[s] for s in symbols), start=Fraction(1))
    word = codeword(low, width)
    fits = [
        (L, c)
        for L in range(len(word) + 1)
        for c in [math.ceil(low * 2**L)]
        if c + 1 <= (low + width) * 2**L
    ]
    assert fits == [(len(word), int(word or "0", 2))]
    assert Fraction(1, 1 << len(word)) <= width
    assert len(word) < 2 or Fraction(4, 1 << len(word)) > width


@given(st.lists(st.integers(0, 2), max_size=40), st.sampled_from([1, Fraction(1, 2), 0.5, 3]))
def test_counting_along_agrees_with_the_formula(symbols, start):
    book, n = counting(3, start), len(symbols)
    assert decode(encode(symbols, book), book, n) == symbols
    a = Fraction(start)
    expected = Fraction(1)
    for k in range(3):
        expected *= math.prod((a + i for i in range(symbols.count(k))), start=Fraction(1))
    expected /= math.prod((3 * a + i for i in range(n)), start=Fraction(1))
    surprise = math.log2(expected.denominator) - math.log2(expected.numerator)
    assert abs(ideal_bits(symbols, book) - surprise) <= 2 * n * 3 / 65536 / math.log(2) + 1e-9


@given(st.lists(st.integers(-300, 300), min_size=1, max_size=12))
def test_weights_are_correctly_rounded_powers(tenths):
    with mpmath.workdps(60):
        powers = [mpmath.exp(mpmath.mpf(t - max(tenths)) / 10) for t in tenths]
        assert weights(tenths) == [int(mpmath.nint(2**32 * power)) for power in powers]
    assert weights([t + 7 for t in tenths]) == weights(tenths)


@given(bits)
def test_pack_and_unpack(word):
    packed = pack(word)
    assert len(packed) == -(-len(word) // 8)
    assert unpack(packed) == word + "0" * (-len(word) % 8)
    assert pack(unpack(packed)) == packed


# ------------------------------------------------------------------ known messages


def test_the_five_balls():
    assert interval(BALLS, ["2/5", "3/5"]) == (Fraction(692, 3125), Fraction(108, 3125))
    assert codeword(*interval(BALLS, ["2/5", "3/5"])) == "001111"
    assert encode(BALLS, static([fences([2, 3])] * 5)) == "001111"
    assert codeword(Fraction(0), Fraction(1)) == ""
    assert codeword(Fraction(1, 4), Fraction(1, 4)) == "01"
    assert codeword(Fraction(3, 4), Fraction(1, 4)) == "11"
    assert len(encode(BALLS * 1000, static([fences([2, 3])] * 5000))) == 4856


def test_no_message_and_no_choice():
    assert encode([], static([])) == ""
    assert decode("", static([]), 0) == []
    assert pack("") == b""
    assert unpack(b"") == ""
    n = 100_000
    for table, symbol in (([0, 65536], 0), (SURE, 1)):
        book = static([table] * n)
        assert encode([symbol] * n, book) == ""
        assert decode("", book, n) == [symbol] * n
        assert sample("10" * 100, book, n) == [symbol] * n


@pytest.mark.parametrize("kind", ["likely", "unlikely", "in turn", "edges", "mixed"])
def test_a_hundred_thousand_symbols(kind):
    n, rng = 100_000, random.Random(1)
    some = [
        fences([rng.randrange(2 ** rng.randrange(1, 40)) + 1 for _ in range(9)]) for _ in "abcde"
    ]
    symbols, rows = {
        "likely": ([0] * n, [HOSTILE] * n),
        "unlikely": ([3] * n, [HOSTILE] * n),
        "in turn": ([k % 4 for k in range(n)], [HOSTILE] * n),
        "edges": ([2 * (k % 3 > 0) for k in range(n)], [EDGES] * n),
        "mixed": ([rng.randrange(9) for _ in range(n)], [rng.choice(some) for _ in range(n)]),
    }[kind]
    book = static(rows)
    word = encode(symbols, book)
    assert decode(word, book, n) == symbols
    assert ideal_bits(symbols, book) - 1e-6 <= len(word) < ideal_bits(symbols, book) + 2 + 1e-6
    for cut in (word[:-1], word + "0") if kind == "mixed" else ():
        with pytest.raises(ValueError, match="are not the codeword"):
            decode(cut, book, n)


def test_the_older_digits_of_low_still_get_carries():
    # The piece of "1 first, then 0s" begins at a carry that runs through thousands of digits.
    n = 2_000
    book = static([[0, 65535, 65536]] * n)
    for symbols in ([1] * n, [1] * (n - 1) + [0], [0] + [1] * (n - 1)):
        assert decode(encode(symbols, book), book, n) == symbols
        low, width = exact_piece(symbols, [[0, 65535, 65536]] * n, 16)
        word = encode(symbols, book)
        start = Fraction(int(word, 2), 1 << len(word))
        assert abs(start - low) < 2 * width + Fraction(1, 1 << len(word))


def test_coin_flips_sample_from_the_codebook():
    table = fences([1, 2, 5])
    flips = random.Random(0).getrandbits(60_000)
    found = np.bincount(sample(f"{flips:060000b}", static([table] * 20_000), 20_000))
    expected = np.array([1, 2, 5]) / 8 * 20_000
    assert ((found - expected) ** 2 / expected).sum() < 13.8  # chi-squared, 2 degrees: one in 1 000


@pytest.mark.parametrize("table", [HOSTILE, [0, 3, 3, 5, 65536], [0, 26214, 65536], SURE])
def test_bits_beyond_the_last_fence_lead_to_the_last_possible_symbol(table):
    # 65 536 units do not fill the width quite; the rest at its right end belongs to nobody.
    last = max(k for k, (a, b) in enumerate(itertools.pairwise(table)) if b > a)
    assert sample("1" * 2_000, static([table] * 100), 100) == [last] * 100


def test_a_codebook_is_asked_once_for_each_position_and_in_order():
    asked = []

    def book(past):
        asked.append(list(past))
        return HOSTILE

    symbols = [0, 3, 1]
    word = encode(symbols, book)
    assert asked == [symbols[:n] for n in range(3)]
    for read in (decode, sample):
        asked.clear()
        assert read(word, book, 3) == symbols
        assert asked == [symbols[:n] for n in range(3)]


def test_numpy_and_torch_symbols_and_numpy_tables():
    rows = np.array([fences([2, 3])] * 5)
    for symbols in (np.array(BALLS), torch.tensor(BALLS), tuple(BALLS), np.array(BALLS, np.uint8)):
        assert encode(symbols, static(rows)) == "001111"
    assert decode("001111", static(rows), np.int64(5)) == BALLS
    assert fences(np.array([2, 3])) == fences([2, 3])
    for total_bits in (16, 32):
        book = static([fences([2, 3], np.int64(total_bits))] * 5)
        word = encode(BALLS, book, np.int64(total_bits))
        assert word == "001111"
        assert decode(word, book, np.uint8(5), np.uint8(total_bits)) == BALLS


# ------------------------------------------------------------------ files


def test_a_file_is_a_checksum_and_the_packed_word(tmp_path):
    book = static([fences([2, 3])] * 5)
    path = tmp_path / "balls"
    assert save(path, BALLS, book) == 5
    content = (5).to_bytes(8, "big") + b"".join(s.to_bytes(4, "big") for s in BALLS)
    assert path.read_bytes() == zlib.crc32(content).to_bytes(4, "big") + bytes([0b00111100])
    assert load(path, book, 5) == BALLS
    assert save(str(path), [], book) == 4
    assert load(str(path), book, 0) == []


@given(tabled(most=25), st.data(), examples=60)
def test_altered_files_are_refused(tmp_path_factory, message, data):
    symbols, rows, total_bits = message
    path = tmp_path_factory.getbasetemp() / "altered"
    save(path, symbols, static(rows), total_bits)
    content = path.read_bytes()
    assert load(path, static(rows), len(symbols), total_bits) == symbols
    flipped = bytearray(content)
    flipped[data.draw(st.integers(0, len(content) - 1))] ^= 1 << data.draw(st.integers(0, 7))
    at = data.draw(st.integers(0, len(content) - 1))
    tail = data.draw(st.binary(min_size=1, max_size=9))
    for bad in (bytes(flipped), content[:at], content + tail, tail + content, b""):
        if bad == content:  # a tail before equal bytes
            continue
        path.write_bytes(bad)
        with refuses(
            f"altered is damaged, does not hold {len(symbols)} symbols, or has another codebook; "
            "ask for it again, or compare the codebooks"
        ):
            load(path, static(rows), len(symbols), total_bits)


def test_every_slip_of_a_wrong_codebook_is_noticed(tmp_path):
    rng = random.Random(2)
    rows = [fences([rng.randrange(1, 100) for _ in range(10)]) for _ in range(300)]
    symbols = sample(f"{rng.getrandbits(2000):02000b}", static(rows), 300)
    path = tmp_path / "digits"
    save(path, symbols, static(rows))
    noticed = 0
    for n, k, step in itertools.product(range(0, 300, 7), range(1, 10), (-1, 1)):
        slipped = [list(row) for row in rows]
        slipped[n][k] += step
        try:
            assert load(path, static(slipped), 300) == symbols  # the slip did no harm
        except ValueError:
            noticed += 1
    assert noticed > 20
    for shorter in (299, 301, 0):
        with pytest.raises(ValueError):
            load(path, static([*rows, rows[0]]), shorter)


def test_flips_of_a_long_file_are_refused_without_exception(tmp_path):
    rng = random.Random(3)
    rows = [fences([rng.randrange(1, 50) for _ in range(10)]) for _ in range(150)]
    symbols = sample(f"{rng.getrandbits(2000):02000b}", static(rows), 150)
    path = tmp_path / "digits"
    save(path, symbols, static(rows))
    content = path.read_bytes()
    for bit in range(8 * len(content)):
        bad = bytearray(content)
        bad[bit // 8] ^= 128 >> bit % 8
        path.write_bytes(bad)
        with pytest.raises(ValueError, match="is damaged"):
            load(path, static(rows), 150)


# ------------------------------------------------------------------ another program


def test_another_program_reads_our_files(tmp_path):
    rng = random.Random(4)
    path, questions, messages = tmp_path / "file", [], []

    def ask(symbols, book, total_bits, **how):
        save(path, symbols, book, total_bits)
        content = path.read_bytes().hex()
        questions.append({"file": content, "n": len(symbols), "totalBits": total_bits, **how})
        messages.append(list(symbols))

    for total_bits in (1, 2, 8, 16, 16, 16, 32):
        for n in (0, 1, 2, 5, 60):
            rows, symbols = [], []
            for _ in range(n):
                units = 1 << total_bits
                inner = sorted(rng.randrange(units + 1) for _ in range(rng.randrange(8)))
                rows.append([0, *inner, units])
                possible = [k for k, (a, b) in enumerate(itertools.pairwise(rows[-1])) if b > a]
                symbols.append(rng.choice(possible))
            ask(symbols, static(rows), total_bits, tables=rows)
    for table, symbols in (
        (fences([2, 3]), BALLS),
        (fences([2, 3]), BALLS * 200),
        (HOSTILE, [0, 1, 2, 3] * 500),
        (HOSTILE, [3] * 1_000),
        (EDGES, [2, 0, 1, 1] * 200),
        (SURE, [1] * 50),
        ([0, 65536], [0] * 50),
    ):
        rows = [table] * len(symbols)
        ask(symbols, static(rows), 16, tables=rows)
    for K, twice in ((2, 2), (2, 1), (10, 2)):
        for n in (5, 400):
            symbols = [rng.randrange(K) for _ in range(n)]
            book = counting(K, Fraction(twice, 2))
            ask(symbols, book, 16, counting={"K": K, "twice": twice})
    answers = read_in_javascript(questions)
    assert [answer["symbols"] for answer in answers] == messages
    assert all(answer["intact"] for answer in answers)


def test_the_other_program_notices_damage(tmp_path):
    book, rows = static([fences([2, 3])] * 40), [fences([2, 3])] * 40
    path = tmp_path / "file"
    save(path, BALLS * 8, book)
    content = path.read_bytes()
    question = {"n": 40, "totalBits": 16, "tables": rows}
    flipped = bytes([*content[:5], content[5] ^ 16, *content[6:]])
    good, bad = read_in_javascript(
        [{**question, "file": data.hex()} for data in (content, flipped)]
    )
    assert good["intact"]
    assert not bad["intact"]


@pytest.mark.parametrize("kind", ["random", "sure", "unlikely"])
def test_another_coder_needs_as_many_bits(kind):
    constriction = pytest.importorskip("constriction")
    rng = np.random.default_rng(0)
    n = 20_000
    if kind == "unlikely":
        rows, symbols = [HOSTILE] * n, [3] * n
    else:
        rows = [fences(row.tolist()) for row in rng.integers(1, 1000, size=(n, 10))]
        q = np.diff(rows, axis=1) / 65536
        likely = q.argmax(axis=1)
        symbols = (likely if kind == "sure" else rng.integers(0, 10, size=n)).tolist()
    q = np.diff(rows, axis=1) / 65536
    encoder = constriction.stream.queue.RangeEncoder()
    model = constriction.stream.model.Categorical(perfect=False)
    encoder.encode(np.array(symbols, dtype=np.int32), model, q)
    ours = len(encode(symbols, static(rows)))
    # It writes whole words of 32 bits, and rounds the shares anew, to 24 binary digits.
    assert abs(encoder.num_bits() - ours) <= 64 + 1e-4 * ours


# ------------------------------------------------------------------ networks


def test_tables_are_softmax_in_units():
    rng = np.random.default_rng(0)
    z = rng.normal(scale=6, size=(50, 10)).round(1)
    q = np.exp(z) / np.exp(z).sum(axis=1, keepdims=True)
    units = np.diff(tables(z), axis=1)
    assert (units.sum(axis=1) == 65536).all()
    assert np.abs(units - 1 - (65536 - 10) * q).max() < 1 + 1e-3
    assert (
        tables(z, 2) == tables(z, 2.0) == [fences(weights(r)) for r in np.rint(5 * z).astype(int)]
    )
    assert tables(z.astype(np.float32).astype(float)) == tables(z.astype(np.float32))
    assert tables([[1000.0, -1000.0]]) == [[0, 65535, 65536]]
    assert tables(np.empty((0, 3))) == []


@given(st.integers(0, 2**32 - 1), st.integers(0, 8), examples=20)
def test_the_whole_network_is_the_rounded_network_exactly(seed, bits):
    rng = np.random.default_rng(seed)
    layers = [
        (rng.normal(size=(12, 7)), rng.normal(size=7)),
        (rng.normal(size=(7, 4)), rng.normal(size=4)),
    ]
    network = IntegerNetwork.rounded(layers, bits)
    images = rng.integers(0, 256, size=(3, 3, 4), dtype=np.uint8)
    scale = 1 << bits
    for image, scores in zip(images.reshape(3, 12).tolist(), network.scores(images), strict=True):
        h = [Fraction(byte, 255) for byte in image]
        unit = 255
        for n, (W, b) in enumerate(layers):
            unit *= scale
            h = [max(x, Fraction(0)) for x in h] if n else h
            h = [
                sum(x * Fraction(round(w * scale), scale) for x, w in zip(h, column, strict=True))
                + Fraction(int(np.rint(b[k] * unit)), unit)
                for k, column in enumerate(W.T.tolist())
            ]
        assert [Fraction(int(score), network.unit) for score in scores] == h
    T = Fraction(237, 100)
    tenths = [
        [math.floor(10 * Fraction(int(z), network.unit) / T + Fraction(1, 2)) for z in row]
        for row in network.scores(images)
    ]
    assert network.tables(images, T) == [fences(weights(row)) for row in tenths]


# ------------------------------------------------------------------ bad input

TABLE = "must rise from 0 to 2**16 without falling"


@pytest.mark.parametrize(
    ("table", "message"),
    [
        ([0, 5], f"the table at position 0 {TABLE}; it has 2 fences, [0, 5]"),
        ([1, 65536], f"the table at position 0 {TABLE}; it has 2 fences, [1, 65536]"),
        ([0, 9, 8, 65536], f"the table at position 0 {TABLE}; it has 4 fences, [0, 9, 8, 65536]"),
        ([], f"the table at position 0 {TABLE}; it has 0 fences, []"),
        ([65536], f"the table at position 0 {TABLE}; it has 1 fences, [65536]"),
        ([0, 65537, 65536], f"the table at position 0 {TABLE}; it has 3 fences, [0, 65537, 65536]"),
        ([0, -1, 65536], f"the table at position 0 {TABLE}; it has 3 fences, [0, -1, 65536]"),
        ([0, 2.0, 65536], "fence 1 of the table at position 0 is 2.0; give whole numbers"),
        ([False, 65536], "fence 0 of the table at position 0 is False; give whole numbers"),
    ],
)
def test_what_is_not_a_table(table, message):
    for call in (
        lambda: encode([0], lambda past: table),
        lambda: decode("", lambda past: table, 1),
        lambda: sample("", lambda past: table, 1),
        lambda: ideal_bits([0], lambda past: table),
    ):
        with refuses(message):
            call()


def test_symbols_that_cannot_be_coded():
    book = static([SURE])
    with refuses(
        "symbol 0 at position 0 has no units in its table; nothing that the codebook calls "
        "impossible can be coded"
    ):
        encode([0], book)
    assert ideal_bits([0], book) == math.inf
    for symbol in (-1, 3):
        with refuses(f"symbol {symbol} at position 0 is outside 0..2"):
            encode([symbol], book)
    for symbols in ([1.0], [True], ["1"], [[1]], 1, [None], [2**80]):
        with pytest.raises(ValueError, match=r"^symbols .*give"):
            encode(symbols, book)
    with refuses("there are tables for 1 symbols; the message is longer"):
        encode([1, 1], book)
    with pytest.raises(ValueError, match=r"^symbols is masked"):
        encode(np.ma.array([1], mask=[True]), book)


@pytest.mark.parametrize("read", [decode, sample])
def test_bits_and_lengths_that_cannot_be_read(read):
    book = static([SURE])
    for word in (5, b"01", None):
        with pytest.raises(ValueError, match=r"^bits are .*; give a text of 0 and 1$"):
            read(word, book, 1)
    for word, where in (("012", "bits[2] is '2'"), ("0 1", "bits[1] is ' '")):
        with refuses(f"{where}; give a text of 0 and 1"):
            read(word, book, 1)
    for n in (-1, 1.0, True, "1"):
        with pytest.raises(ValueError, match=r"^n is .*; give an integer of at least 0$"):
            read("", book, n)
    for total_bits in (0, 33, 16.0):
        with pytest.raises(ValueError, match=r"^total_bits is .*; give an integer from 1 to 32$"):
            read("", book, 1, total_bits)


def test_weights_that_cannot_become_fences():
    with refuses("all weights are 0; at least one must say how to divide the units"):
        fences([0, 0])
    with refuses("weights[1] is -1; weights cannot be negative"):
        fences([1, -1])
    for bad in (0.5, 2.0, True, None, "3", np.float64(2)):
        with pytest.raises(ValueError, match=r"^weights\[1\] is .*; give whole numbers$"):
            fences([1, bad])
    with refuses("there are 0 weights for 65536 units; give 1 to 65536"):
        fences([])
    with refuses("there are 3 weights for 2 units; give 1 to 2"):
        fences([1, 1, 1], 1)
    assert fences([0] * 65535 + [1]) == list(range(65537))
    with refuses("there are no tenths; give one for each symbol"):
        weights([])
    with refuses("tenths[0] is 1.5; give whole numbers"):
        weights([1.5])


def test_other_bad_arguments():
    for pmf in ([0.4, 0.6], [True, False], [None, 1], ["x", "1"], ["1/0", "1"]):
        with pytest.raises(ValueError, match=r"^pmf\[0\] is .*; give"):
            interval([0], pmf)
    with refuses("pmf sums to 4/5; probabilities must sum to 1"):
        interval([0], ["2/5", "2/5"])
    with refuses("pmf[0] is -1/5; probabilities cannot be negative"):
        interval([0], ["-1/5", "6/5"])
    with refuses("pmf sums to 0; probabilities must sum to 1"):
        interval([], [])
    with refuses("symbol 2 at position 1 is outside 0..1"):
        interval([0, 2], ["2/5", "3/5"])
    for low, width in ((0, 0), (-1, 1), (Fraction(1, 2), 1)):
        with pytest.raises(ValueError, match=r"is not a piece of the strip from 0 to 1$"):
            codeword(Fraction(low), Fraction(width))
    for start in (0, -1, Fraction(1, 3), math.inf, math.nan, "1"):
        with pytest.raises(ValueError, match=r"^start is .*; give 1/2, 1, 3/2, ...$"):
            counting(2, start)
    with refuses("K is 0; give an integer of at least 1"):
        counting(0)


def test_neither_codebooks_nor_tables():
    for read in (encode, ideal_bits, lambda past, book: decode("", book, 1)):
        with pytest.raises(
            ValueError, match=r"^the codebook is a list; give a function of the sym"
        ):
            read([0], [0, 26214, 65536])
        for table, shown in ((None, "None"), (7, "7"), (iter([0, 65536]), "<list_iterator")):
            with pytest.raises(ValueError, match=f"^the table at position 0 is {shown}.*; the co"):
                read([0], lambda past, table=table: table)
    for rows in (None, 3, iter([SURE])):
        with pytest.raises(ValueError, match=r"^rows are a .*; give a list that has a table for"):
            static(rows)
    for nothing in (5, None):
        with pytest.raises(ValueError, match=r"^weights are .*; give a list$"):
            fences(nothing)
        with pytest.raises(ValueError, match=r"^pmf are .*; give a list$"):
            interval([0], nothing)
        with pytest.raises(ValueError, match=r"^data are a .*; give bytes$"):
            unpack(nothing)
    with refuses("symbols[2] is 0.5; give whole numbers"):
        encode([0, 1, 0.5], static([SURE] * 3))
    with refuses("K is 5, but there are only 4 units, and each symbol needs one"):
        counting(5, total_bits=2)
    with refuses("total_bits is 99; give an integer from 1 to 32"):
        counting(2, 1, 99)


def test_iterators_are_read_once():
    assert fences(x for x in [2, 3]) == fences([2, 3])
    assert weights(x for x in [10, 0]) == weights([10, 0])
    assert interval([0, 1], (x for x in ["2/5", "3/5"])) == interval([0, 1], ["2/5", "3/5"])


def test_a_fraction_of_numpys_integers_is_exact():
    """They would overflow without an error, from some thirty balls on."""
    balls = [0, 1, 0, 1, 1] * 20
    counts = np.bincount(balls)
    shares = [Fraction(count, counts.sum()) for count in counts]
    piece = interval(balls, shares)
    assert piece == interval(balls, ["2/5", "3/5"])
    assert codeword(*piece) == codeword(*interval(balls, ["2/5", "3/5"]))
    assert codeword(Fraction(np.int64(692), np.int64(3125)), shares[0] ** 5) == codeword(
        Fraction(692, 3125), Fraction(2, 5) ** 5
    )
    assert counting(2, np.uint8(200))([1]) == counting(2, 200)([1])
    assert counting(2, 1e308)([]) == counting(2, 10**400)([]) == [0, 32768, 65536]


def test_pieces_are_no_floats_and_no_endless_texts():
    for bad in (0.3, "1e-999999999", "1e5", None, 1j, True):
        with pytest.raises(ValueError, match=r"^low is .*; give a Fraction, 0 or 1, or text like"):
            codeword(bad, Fraction(1, 2))
        with pytest.raises(ValueError, match=r"^pmf\[0\] is .*; give a Fraction, 0 or 1, or text"):
            interval([0], [bad, 1])
    low, width = interval([0, 1, 0, 1, 1] * 2000, ["2/5", "3/5"])
    with pytest.raises(ValueError, match=r"^from a fraction of .* binary digits, 1 wide, is not a"):
        codeword(low, Fraction(1))
    with pytest.raises(ValueError, match=r"^pmf sums to a fraction of .* binary digits; probab"):
        interval([0], [low, width])


@pytest.mark.parametrize("settings", [{"prec": 2}, {"rounding": "ROUND_CEILING"}, {"Emin": 0}])
def test_no_setting_of_decimal_changes_the_tables(settings, monkeypatch):
    """Neither this thread's settings nor the defaults of contexts that are made later."""
    for name, value in settings.items():
        monkeypatch.setattr(decimal.DefaultContext, name, value)
    monkeypatch.setitem(decimal.DefaultContext.traps, decimal.Inexact, True)
    with decimal.localcontext(decimal.DefaultContext):
        assert coding._powers() == coding._POWERS


def test_a_file_that_is_far_too_long_is_not_read(tmp_path):
    path = tmp_path / "long"

    def never(past):
        raise AssertionError

    path.write_bytes(bytes(5_000_000))
    tracemalloc.start()
    try:
        with pytest.raises(ValueError, match="does not hold 5 symbols"):
            load(path, never, 5)
        assert tracemalloc.get_traced_memory()[1] < 15_000_000
    finally:
        tracemalloc.stop()


def test_logits_that_cannot_become_tables():
    with refuses("logits[0, 1] is nan; a table needs finite numbers"):
        tables([[0.0, math.nan]])
    with refuses("logits[0, 0] is -inf; a table needs finite numbers"):
        tables([[-math.inf, 0.0]])
    with refuses("logits have shape (2,); give (N, K), one row for each symbol"):
        tables([0.0, 1.0])
    with refuses("logits[0, 0] is 1e+300; its tenths cannot be counted in float64"):
        tables([[1e300, 0.0]])
    for T in (0, -1.0, math.inf, math.nan, "2", None, True, 10**400, Fraction(1, 10**400)):
        with pytest.raises(ValueError, match=r"^temperature is .*; give a finite number above 0$"):
            tables([[0.0, 1.0]], T)


def test_networks_that_cannot_be_rounded():
    W, b = np.ones((3, 2)), np.zeros(2)
    network = IntegerNetwork.rounded([(W, b)])
    images = np.zeros((1, 3), dtype=np.uint8)
    assert network.tables(images, 2) == network.tables(images, Fraction(2))
    for layers, bits in (([], 6), ([(W, b)], 17), ([(W, b)], -1), ([(W, b)], 1.5)):
        with pytest.raises(ValueError, match=r"^bits is "):
            IntegerNetwork.rounded(layers, bits)
    for layers in ([(W, np.zeros(3))], [(W, b), (W, b)], [(np.ones(3), b)]):
        with pytest.raises(
            ValueError, match=r"^layer \d has shapes .*; give \(in, out\), \(out,\)$"
        ):
            IntegerNetwork.rounded(layers)
    with refuses("weights 0[0, 0] is inf; give finite numbers"):
        IntegerNetwork.rounded([(W * math.inf, b)])
    with refuses("biases 0[0] is 1e+300; too large to be counted exactly"):
        IntegerNetwork.rounded([(W, b + 1e300)])
    with pytest.raises(
        ValueError, match=r"^layer 1 could reach \d+, too much for int64; lower bits$"
    ):
        IntegerNetwork.rounded([(W * 2.0**30, b), (np.ones((2, 2)) * 2.0**30, b)], 3)
    with refuses("images are float64; give bytes, not yet divided"):
        network.scores(images / 255)
    with refuses("images have 4 bytes; this network takes 3"):
        network.scores(np.zeros((1, 2, 2), dtype=np.uint8))
    for T in (0, -1, 2.37, "2"):
        with pytest.raises(ValueError, match=r"^temperature is .*; give a Fraction above 0$"):
            network.tables(images, T)
