"""Hidden checks of the exercises of chapter 8. Marked: canary-hidden-language."""

from __future__ import annotations

import math

import numpy as np
import torch
from check import agree, in_ranks
from scipy.special import logsumexp, softmax

from hidden import exercise, raises, reason
from hidden.conditions import peak

NINE = 1e-9  # what a result may be off, as the notebook's rules say
MEMORY = 1_000_000  # bytes that an answer to 8.4 may need at once, as its statement says
THIRD = 256 * 4096 * 8 // 3  # bytes that an answer to 8.5 may need at once, as its statement says
HALF = 32 * 4096 * 8 // 2  # the same for fewer rows, one at a time


def _text(rng, letters, length):
    return "".join(rng.choice(list(letters), size=length).tolist())


def _model(rng, letters):
    """Return a model of texts, whose forecast depends on the past's length and last letter."""
    tables = rng.dirichlet(np.ones(len(letters)), size=(2, len(letters) + 1)).tolist()

    def says(past):
        last = letters.index(past[-1]) if past else len(letters)
        return dict(zip(letters, tables[len(past) % 2][last], strict=True))

    return says


def _each_bill(model, text):
    """Return what each letter costs with a model, in bits."""
    return [-math.log2(model(text[:t])[letter]) for t, letter in enumerate(text)]


@exercise("8.1", example=lambda f: f(lambda past: {"w": 0.5, "b": 0.5}, "wbwbb"))
def text_bits(f, rng):
    letters = "nest "
    # The same letters three times, and yet no past like another; blanks at both ends.
    text = " " + 3 * _text(rng, letters, 9) + " "
    model = _model(rng, letters)
    each = _each_bill(model, text)
    bits = math.fsum(each)
    asked = []

    def observed(past):
        asked.append(past)
        return model(past)

    got = f(observed, text)
    with reason(
        "shows the model the whole text each time",
        "This fails because the model is asked about a text that is already complete. A letter is "
        "to be forecast from those before it.",
        "8.2",
    ):
        assert set(asked) != {text}
    with reason(
        "shows the model the letter that it is to forecast",
        "This fails because the model is asked about the whole text. The past of letter number t "
        "is text[:t], without the letter itself; after the last letter nothing is asked.",
        "8.2",
    ):
        assert text not in asked
    with reason(
        "lets the first letter come for nothing",
        "This fails because the model is never asked about an empty past. The first letter has a "
        "price like all others.",
        "8.2",
    ):
        assert "" in asked
    with reason(
        "hides a part of the past from the model",
        "This fails because the model is not asked with all letters before the one to come. One "
        "cause may be a past that is cut to its last letters.",
        "8.2",
    ):
        assert set(asked) == {text[:t] for t in range(len(text))}
    with reason("asks the model more than once a letter", "Keep what the model has said.", "8.2"):
        assert len(asked) == len(text)
    with reason("averages where it should add up", "The bill of the text is a sum.", "8.2"):
        assert not agree(got, bits / len(text), NINE)
    with reason("measures in nats", "A bit is ln 2 = 0.6931 nats.", "8.1"):
        assert not agree(got, bits * math.log(2), NINE)
    with reason(
        "adds up other numbers than the surprises",
        "Add −log₂ of the probability of each letter that came.",
        "8.2",
    ):
        assert agree(got, bits, NINE)
    with reason("stumbles over a text without letters", "Nothing costs 0.0.", "8.2"):
        assert agree(f(lambda past: {"w": 1.0}, ""), 0.0)
    at = int(rng.integers(2, len(text)))

    def changed(*q):
        """Return a model that gives one letter another probability, or does not name it."""

        def says(past):
            table = dict(model(past))
            if len(past) == at:
                del table[text[at]]
                table.update(dict.fromkeys(text[at], *q) if q else {})
            return table

        return says

    with reason(
        "stumbles over a letter that the model does not name",
        "A letter that is missing in the dictionary has the probability 0: the text costs ∞.",
        "8.4",
    ):
        assert f(changed(), text) == math.inf
    with reason(
        "passes over a letter that has the probability 0",
        "What happens although it was called impossible costs ∞, and so does the whole text.",
        "8.4",
    ):
        assert f(changed(0.0), text) == math.inf
    with reason(
        "multiplies before it takes the logarithm",
        "This fails for a long text. One cause may be a product of so many probabilities, which is "
        "0 in floating point: add logarithms.",
        "A.1",
    ):
        long = _text(rng, letters, 1200)
        assert agree(f(model, long), math.fsum(_each_bill(model, long)), NINE)
    with reason(
        "clips small probabilities",
        "This fails where one letter has the probability 1e-300, which costs 996.6 bits. One cause "
        "may be a bound below which no probability may fall.",
        "8.4",
    ):
        want = bits - each[at] + 300 * math.log2(10)
        assert agree(f(changed(1e-300), text), want, NINE)
    with reason(
        "multiplies a few at a time",
        "This fails for several letters of 1e-300 each. One cause may be a product of neighbours, "
        "which is 0 in floating point: take the logarithm of each.",
        "A.1",
    ):
        assert agree(f(lambda past: {"w": 1e-300, "b": 1.0}, "wwww"), 1200 * math.log2(10), NINE)
    with reason(
        "knows only some letters", "Any character may come: the dictionary says which.", "8.2"
    ):
        assert agree(f(lambda past: {"Ä": 0.25, "\n": 0.75}, "ÄÄ"), 4.0, NINE)


def _counts(text, order):
    """Return what followed each run of up to so many tokens, and how often."""
    seen = {}
    for t in range(len(text)):
        for n in range(min(t, order) + 1):
            run = text[t - n : t]
            seen.setdefault(run, {}).setdefault(text[t], 0)
            seen[run][text[t]] += 1
    return seen


def _forecast(seen, runs, token, K):
    """Return the probability of a token: each run that is known leans on those before it."""
    q = 1 / K
    for run in runs:
        if counts := seen.get(run):
            total, kinds = sum(counts.values()), len(counts)
            q = (counts.get(token, 0) + kinds * q) / (total + kinds)
    return q


def _endings(past):
    return [past[start:] for start in range(len(past), -1, -1)]


def _plain(seen):
    return {run: dict(counts) for run, counts in seen.items()}


@exercise("8.2", example=lambda learn, predict: predict(learn("abracadabra", 2), "ab", "r"))
def n_gram(learn, predict, rng):
    text = _text(rng, "abcd", 60)
    order = int(rng.integers(2, 5))
    seen = _plain(learn(text, order))
    want = _counts(text, order)
    by_length = [{run: c for run, c in seen.items() if len(run) == n} for n in range(order + 2)]
    right = [{run: c for run, c in want.items() if len(run) == n} for n in range(order + 2)]
    with reason(
        "has keys that are not slices of the text",
        "text[t - n : t] is a string where the text is one, and so is the empty run.",
        "8.3",
    ):
        assert all(isinstance(run, str) for run in seen)
    with reason(
        "counts runs of one length alone",
        "This fails because the shorter runs are missing, or nearly so. Runs of 0 to order tokens "
        "count, the empty one included: the forecast leans on them.",
        "8.3",
    ):
        assert sum(by_length[0].get("", {}).values()) > 1
        assert len(by_length[1]) > 1
    with reason(
        "stops one short of the order", "Of order n, the longest runs have n tokens.", "8.3"
    ):
        assert by_length[order]
    with reason("goes beyond the order", "Of order n, the longest runs have n tokens.", "8.3"):
        assert not by_length[order + 1]
        assert not any(learn("abca", 0).keys() - {""})
    with reason(
        "begins to count after the first tokens",
        "The first letter follows the empty run, the second one a run of one letter: only longer "
        "runs are not there yet.",
        "8.3",
    ):
        assert sum(by_length[0][""].values()) != len(text) - order
    with reason(
        "has an entry for what nothing follows",
        "The run at the very end of the text is followed by nothing. And a token that never "
        "followed a run has no entry there, not a count of 0.",
        "8.3",
    ):
        ends = learn("aaab", 2)
        assert not set(ends) - {"", "a", "aa"}
        assert 0 not in [n for counts in ends.values() for n in counts.values()]
    with reason("counts wrongly", "Each token, once for each run just before it.", "8.3"):
        assert by_length == right
        assert _plain(learn("aaaaba", 2)) == _counts("aaaaba", 2)  # where occurrences overlap
    tokens = tuple(_text(rng, "xy", 2) + str(n) for n in rng.integers(3, size=40))
    with reason(
        "reads letters only",
        "This fails for a tuple of tokens. Its slices are tuples; they need not be joined.",
        "8.5",
    ):
        assert _plain(learn(tokens, 2)) == _counts(tokens, 2)
    numbers = tuple(rng.integers(4, size=30).tolist())
    with reason(
        "makes text of the tokens",
        "This fails for tokens that are whole numbers. A run is a slice of the text as it is.",
        "8.5",
    ):
        assert _plain(learn(numbers, 2)) == _counts(numbers, 2)
    with reason(
        "stumbles over a text that is shorter than its runs", "Count those that fit.", "8.3"
    ):
        assert _plain(learn("ab", 5)) == _counts("ab", 5)
        assert _plain(learn("", 3)) == {}
    with reason("accepts a negative order", "Refuse it with a ValueError.", "8.3"):
        assert raises(lambda: learn("abc", -1))

    with reason(
        "changes what was learnt",
        "This fails because asking adds to the dictionary, or takes from it: what was learnt must "
        "stay as it was.",
        "8.3",
    ):
        kept = _plain(want)
        for past in ("zz", "ab", ""):
            for letter in "az":
                predict(kept, past, letter)
        assert kept == want
    with reason(
        "cannot forecast from nothing", "Without a text every token has the probability 1/K.", "8.3"
    ):
        assert agree(predict({}, "ab", "a"), 1 / 27, NINE)
        assert agree(predict({}, "", "a"), 1 / 27, NINE)
    with reason("knows only 27 letters", "The first q is 1/K, with the K that is given.", "8.5"):
        assert not agree(predict({}, "a", "a", 500), 1 / 27, NINE)
    with reason(
        "loses the empty run",
        "This fails where the past was never seen: how often each token came after anything is "
        "known all the same. One cause may be past[-n:], which for n = 0 is the whole past.",
        "8.3",
    ):
        assert not agree(predict(_plain(want), "zz", "a"), 1 / 27, NINE)
    with reason(
        "divides by n alone",
        "This fails because the probabilities of all letters sum to more than 1. The d shares are "
        "counted above the line, so they belong below it, too.",
        "8.3",
    ):
        letters = "abcdefghijklmnopqrstuvwxyz "
        assert math.fsum(predict(_plain(want), text[-2:], c) for c in letters) < 1 + 1e-9
    few = {"": {"a": 3, "b": 1}, "a": {"b": 3}, "b": {"a": 2}, "ba": {"a": 1, "b": 2}}
    with reason(
        "reads the runs at the beginning of the past",
        "What is near counts: the runs at the end of the past.",
        "8.3",
    ):
        assert not agree(
            predict(_plain(few), "baa", "b"), _forecast(few, ["", "b", "ba"], "b", 27), NINE
        )
    with reason(
        "looks at the longest run alone",
        "The longest run that is known leans on the shorter ones, and they on 1/K.",
        "8.3",
    ):
        assert not agree(predict(_plain(few), "ba", "a"), _forecast(few, ["ba"], "a", 27), NINE)
    with reason(
        "stops at a run that was never seen",
        "A dictionary may know a run and not its ending: leave out the unknown one, and go on.",
        "8.3",
    ):
        gap = {"": {"a": 1}, "ba": {"b": 2}}
        assert not agree(predict(_plain(gap), "ba", "b"), _forecast(gap, [""], "b", 27), NINE)
    known = _counts(tokens, 2)
    with reason(
        "forecasts after letters only",
        "This fails where the past is a tuple of tokens. Its ends are tuples as well.",
        "8.5",
    ):
        assert not agree(predict(_plain(known), tokens[:2], tokens[2], 300), 1 / 300, NINE)
    with reason(
        "forecasts wrongly",
        "Replace q once for each run that is known, with the n, d and count of that run.",
        "8.3",
    ):
        deep = _counts(text, 6)
        ends = rng.integers(6, len(text), size=6).tolist()
        for seen, past, K in [
            *((want, past, 27) for past in (text[-4:], text, "zz", "abab", "")),
            *(
                (deep, text[end - n : end], 27)
                for n, end in zip((2, 3, 4, 5, 6, 6), ends, strict=True)
            ),
            *((few, past, 2) for past in ("", "ba", "baa", "bba")),
            *((known, tokens[:n], 300) for n in (0, 3)),
        ]:
            for token in (*sorted(seen[past[:0]]), "never"):
                expected = _forecast(seen, _endings(past), token, K)
                assert agree(predict(_plain(seen), past, token, K), expected, NINE)


def _costs(rng, n):
    return rng.exponential(2.0, size=n).round(3).tolist()


@exercise("8.3", example=lambda f: f([2.0, 1.0], [b"Cur", b"iou"]))
def token_bits_per_byte(f, rng):
    words = "“Curiouser and curiouser!” cried Alice – “naïve”, says the Dodo, ½ 🐇".encode()
    # The first cut is within a character, which has three bytes.
    cuts = [2, *sorted(rng.choice(np.arange(4, len(words)), size=24, replace=False).tolist())]
    tokens = [words[a:b] for a, b in zip([0, *cuts], [*cuts, len(words)], strict=True)]
    nats = _costs(rng, len(tokens))
    bits, size = math.fsum(nats) / math.log(2), len(words)
    with reason(
        "cannot read a token that is not text by itself",
        "This fails for pieces of a character. Bytes can be counted without being decoded.",
        "8.5",
    ):
        got = f(list(nats), list(tokens))
    with reason(
        "counts characters",
        "This fails because the text is longer in bytes than in characters.",
        "8.5",
    ):
        assert not agree(got, bits / len(words.decode()), NINE)
    with reason(
        "decodes each token by itself",
        "A piece of a character is not text: decoded alone it becomes another character, of three "
        "bytes. Count the bytes as they are.",
        "8.5",
    ):
        one_by_one = sum(len(token.decode(errors="replace").encode()) for token in tokens)
        assert not agree(got, bits / one_by_one, NINE)
    with reason("divides by the tokens", "Per byte, not per token.", "8.5"):
        assert not agree(got, bits / len(tokens), NINE)
    with reason("measures in nats", "A bit is ln 2 = 0.6931 nats.", "8.5"):
        assert not agree(got, bits * math.log(2) / size, NINE)
    with reason(
        "averages the tokens' own ratios",
        "Long tokens weigh more: add all bits, add all bytes, and divide once.",
        "8.9",
    ):
        ratios = [cost / len(token) for cost, token in zip(nats, tokens, strict=True)]
        assert not agree(got, np.mean(ratios) / math.log(2), NINE)
    with reason(
        "takes white space for a special token", "A blank or a line feed is a byte of text.", "8.5"
    ):
        assert not agree(f([2.0, 1.0, 3.0], [b"a", b" ", b"\n"]), 2 / math.log(2) / 3, NINE)
    with reason(
        "leaves out bytes that are 0", "The byte 0 is a byte of text: b'\\0' is not b''.", "8.5"
    ):
        assert not agree(f([2.0, 1.0], [b"\0", b"a\0"]), 1 / math.log(2) / 3, NINE)
    with reason("is wrong for ordinary tokens", "All bits by all bytes.", "8.5"):
        assert agree(got, bits / size, NINE)
    with reason(
        "mends a text that is cut off",
        "This fails where the text itself ends within a character. Its bytes count as they are.",
        "8.5",
    ):
        assert agree(f([1.5], [b"\xe2\x80"]), 0.75 / math.log(2), NINE)
    at = int(rng.integers(len(tokens)))
    special = [*tokens[:at], b"", *tokens[at:]]
    with reason(
        "charges for special tokens",
        "A token that stands for no bytes is not part of the text, nor is what it cost.",
        "8.5",
    ):
        assert agree(f([*nats[:at], 5.5, *nats[at:]], list(special)), bits / size, NINE)
        assert agree(f([0.5, *nats, 2.5, 3.0], [b"", *tokens, b"", b""]), bits / size, NINE)
    with reason(
        "guesses which tokens are special",
        "This fails for a token such as b'<p>', which has three bytes. Only b'' stands for none.",
        "8.5",
    ):
        assert agree(f([2.0, 1.0], [b"<p>", b"[a]"]), 3 / math.log(2) / 6, NINE)
    with reason(
        "lets an infinite cost of a special token in", "It does not count, whatever it is.", "8.5"
    ):
        assert agree(f([*nats[:at], math.inf, *nats[at:]], list(special)), bits / size, NINE)
    with reason(
        "hides an infinite cost", "A token that the model called impossible costs ∞.", "8.4"
    ):
        assert f([*nats[:at], math.inf, *nats[at + 1 :]], list(tokens)) == math.inf
    with reason("accepts lists of different lengths", "Refuse them.", "8.5"):
        assert raises(lambda: f(nats[:-1], list(tokens)))
        assert raises(lambda: f(list(nats), tokens[:-1]))
    with reason("accepts a cost below 0", "A probability is at most 1. Refuse it.", "8.5"):
        assert raises(lambda: f([2.0, -0.5], [b"a", b"b"]))
    with reason("lets NaN through", "Every comparison with NaN is false. Refuse it.", "A.2"):
        assert raises(lambda: f([2.0, math.nan], [b"a", b"b"]))
    with reason(
        "looks at the costs of text alone", "Refuse a bad cost of a special token as well.", "8.5"
    ):
        for bad in (math.nan, -1.0):
            assert raises(lambda bad=bad: f([2.0, bad], [b"a", b""]))
    with reason(
        "divides by no bytes", "Where no token stands for text there is no cost per byte.", "8.5"
    ):
        assert raises(lambda: f([1.0, 2.0], [b"", b""]))
        assert raises(lambda: f([], []))


@exercise("8.4", example=lambda f: f([[1.0, 2.0], [3.0, 4.0]]))
def online_logsumexp(f, rng):
    chunks = [rng.normal(0, 2, size=size).tolist() for size in (3, 5, 2, 4)]
    chunks[1][0] += 7.0  # neither the first chunk nor the last holds the largest number
    each = np.array([logsumexp(chunk) for chunk in chunks])
    tops = np.array([max(chunk) for chunk in chunks])
    want = logsumexp(np.concatenate(chunks))
    got = f(_copies(chunks))
    with reason(
        "adds up the chunks' logarithms", "Logarithms of sums do not add. The sums do.", "8.8"
    ):
        assert not agree(got, each.sum(), NINE)
    with reason("averages the chunks", "Asked for is one sum over all numbers.", "8.8"):
        assert not agree(got, each.mean(), NINE)
    with reason("keeps the largest chunk alone", "All chunks add to the sum.", "8.8"):
        assert not agree(got, each.max(), NINE)
        assert not agree(got, tops.max(), NINE)
    with reason(
        "adds sums with different shifts",
        "The sum of each chunk was shifted by its own largest number. Before two are added, one "
        "of them must be multiplied by exp(its shift − the other one's).",
        "8.8",
    ):
        assert not agree(got, tops.max() + np.log(np.exp(each - tops).sum()), NINE)
    with reason(
        "rescales the wrong way",
        "This fails where the shift changes. One cause may be a wrong sign: the old sum shrinks by "
        "exp(old shift − new shift).",
        "8.8",
    ):
        assert not agree(
            got, tops.max() + np.log(np.exp(tops.max() - tops) @ np.exp(each - tops)), NINE
        )
        assert agree(f([[0.0], [1.0]]), logsumexp([0.0, 1.0]), 1e-5)
    with reason("loses digits", "Nine digits are asked for: float64 throughout.", "A.2"):
        assert agree(got, want, NINE) or not agree(got, want, 1e-5)
    with reason(
        "is wrong for a few small numbers", "Add e^z over all chunks; take the log.", "8.8"
    ):
        assert agree(got, want, NINE)
        assert agree(f([[1.5]]), 1.5, NINE)
    with reason(
        "takes arrays only, or lists only", "A chunk may be either: np.asarray takes both.", "8.7"
    ):
        assert agree(f([np.array(chunk) for chunk in chunks]), want, NINE)
        assert agree(f([np.array(chunks[0]), chunks[1]]), logsumexp(chunks[0] + chunks[1]), NINE)
    with reason("wants floats", "Whole numbers are numbers.", "8.7"):
        assert agree(f([[1, 2], np.array([3, 4])]), logsumexp([1, 2, 3, 4]), NINE)
    with reason(
        "reads the chunks twice",
        "This fails where the chunks come from a generator, which can be read only once.",
        "8.7",
    ):
        assert agree(f(chunk for chunk in _copies(chunks)), want, NINE)
    with reason("changes the chunks", "z = z − m, not z -= m.", "8.7"):
        arrays = [np.array(chunk) for chunk in chunks]
        f(arrays)
        assert all(map(agree, arrays, chunks, [0.0] * len(chunks)))
    with reason("sorts the chunks", "A list is to stay as it was, too: sorted(chunk).", "8.7"):
        lists = [list(chunk[::-1]) for chunk in chunks]
        f(lists)
        assert lists == [list(chunk[::-1]) for chunk in chunks]
    with reason("stumbles over an empty chunk", "It adds nothing, wherever it stands.", "8.7"):
        assert agree(f([[], *_copies(chunks)]), want, NINE)
        assert agree(f([*_copies(chunks[:2]), [], *_copies(chunks[2:]), []]), want, NINE)
    with reason(
        "stumbles where there is nothing", "The logarithm of an empty sum, of 0, is −∞.", "A.2"
    ):
        assert f([]) == -math.inf
        assert f([[], []]) == -math.inf
    with reason(
        "begins with the shift 0",
        "This fails where all numbers are far below 0. One cause may be a shift that begins at 0: "
        "it must be the largest of the numbers.",
        "A.2",
    ):
        low = float(rng.uniform(-9000, -800))
        assert agree(f([[low], [low - 1]]), low + math.log1p(math.exp(-1)), NINE)
    with reason(
        "overflows for large numbers", "Shift before exp, in whatever order they come.", "A.2"
    ):
        high = float(rng.uniform(800, 9000))
        for order in ([[high], [high + 1]], [[high + 1], [high]], [[-high], [high, high + 1]]):
            assert agree(f(order), high + 1 + math.log1p(math.exp(-1)), NINE)
    with reason(
        "gets NaN from ∞ − ∞",
        "This fails where a chunk holds nothing but −∞. It adds 0, wherever it stands; "
        "−∞ − (−∞) is not a number.",
        "A.2",
    ):
        assert agree(f([[-math.inf], *_copies(chunks)]), want, NINE)
        assert agree(f([*_copies(chunks), [-math.inf, -math.inf]]), want, NINE)
        assert f([[-math.inf], [-math.inf]]) == -math.inf
    with reason("stumbles over −∞ within a chunk", "It adds 0 to the sum.", "A.2"):
        assert agree(f([[-math.inf, 1.0], [2.0]]), logsumexp([1.0, 2.0]), NINE)
    with reason("stumbles over +∞", "A sum with an infinite term is infinite.", "A.2"):
        for found in (
            [[math.inf]],
            [[1.0], [2.0, math.inf], [3.0]],
            [[-math.inf, math.inf], [1.0]],
        ):
            assert f(found) == math.inf
    with reason(
        "stumbles over a second +∞",
        "This fails where +∞ comes twice. One cause may be ∞ − ∞, which is not a number.",
        "A.2",
    ):
        for found in ([[math.inf], [math.inf]], [[1.0, math.inf, math.inf], [math.inf]]):
            assert f(found) == math.inf
    with reason(
        "needs memory for all chunks at once",
        "This fails for many chunks: it needs more memory than it may. Keep two numbers, and let "
        "each chunk go.",
        "8.7",
    ):
        seed = int(rng.integers(2**32))
        assert peak(f, _pieces(seed)) < MEMORY
    with reason(
        "is wrong for many chunks",
        "This fails for 64 chunks of thousands of numbers. A number far below the largest adds its "
        "part, too, and two numbers are carried from each chunk to the next.",
        "8.8",
    ):
        assert agree(f(_pieces(seed)), logsumexp(np.concatenate(list(_pieces(seed)))), NINE)


def _pieces(seed):
    """Yield 64 chunks of 32 kB."""
    rng = np.random.default_rng(seed)
    for _ in range(64):
        yield rng.normal(0, 3, size=4000)


def _copies(chunks):
    return [list(chunk) for chunk in chunks]


def _rows(rng, n, width, classes):
    """Return h, W and labels, as tensors."""
    h, W = rng.normal(size=(n, width)), rng.normal(size=(classes, width))
    return torch.from_numpy(h), torch.from_numpy(W), torch.from_numpy(rng.integers(classes, size=n))


def _slopes(h, W, y, ignored=-100):
    """Return the losses of all rows, 0 where ignored, and the slopes q - e_y of their sum."""
    z = h.numpy() @ W.numpy().T
    counts = np.flatnonzero(y.numpy() != ignored)
    true = counts, y.numpy()[counts]
    losses, slopes = np.zeros(len(z)), np.zeros(z.shape)
    losses[counts] = (logsumexp(z, axis=1, keepdims=True) - z)[true]
    slopes[counts] = softmax(z[counts], axis=1)
    slopes[true] -= 1
    return losses, slopes


def _want(h, W, y, ignored=-100):
    losses, slopes = _slopes(h, W, y, ignored)
    n = (y != ignored).sum().item()
    return losses.sum() / n, slopes @ W.numpy() / n, slopes.T @ h.numpy() / n


def _numbers(value):
    """Return a tensor, an array or a number as an array."""
    return np.asarray(value.detach() if hasattr(value, "detach") else value, dtype=float)


@exercise(
    "8.5",
    example=lambda f: f(
        torch.eye(2, dtype=torch.float64),
        torch.eye(2, dtype=torch.float64),
        torch.tensor([0, 1]),
        1,
    ),
    forbidden=("torch.nn.functional.linear_cross_entropy",),
)
def chunked_loss(answer, rng):
    def f(h, W, y, size, **named):
        loss, dh, dW = answer(h.clone(), W.clone(), y.clone(), size, **named)
        return _numbers(loss), _numbers(dh), _numbers(dW)

    def fits(h, W, y, size, within=NINE, **named):
        want = _want(h, W, y, *named.values())
        return all(map(agree, f(h, W, y, size, **named), want, [within] * 3))

    n = int(rng.choice([11, 13, 14, 15]))  # no multiple of 4
    width, classes = int(rng.integers(2, 5)), int(rng.integers(4, 8))
    h, W, y = _rows(rng, n, width, classes)
    y[:3] = torch.tensor([0, 1, 2])
    padded = y.clone()
    padded[[1, 4, 5, 6, 7, 10]] = -100
    with reason("changes what it was given", "Work in place on the scores only.", "8.7"):
        for labels in (y, padded):
            given = h.clone(), W.clone(), labels.clone()
            answer(*given, 4)
            assert all(map(agree, given, (h, W, labels), [0.0] * 3))
    losses, slopes = _slopes(h, W, y)
    want = _want(h, W, y)
    loss, dh, dW = f(h, W, y, n)
    with reason("adds up where it should average", "Divide by the rows that count.", "8.9"):
        assert not agree(loss, losses.sum(), 1e-5)
    with reason("loses digits", "Keep float64 from beginning to end.", "A.2"):
        pairs = list(zip((loss, dh, dW), want, strict=True))
        assert [agree(*pair, 1e-5) for pair in pairs] == [agree(*pair, NINE) for pair in pairs]
    with reason("computes another loss", "The mean of log s + m − t over the rows.", "8.7"):
        assert agree(loss, want[0], NINE)
    with reason(
        "forgets the mean in the gradients", "The loss is a mean, and so is its gradient.", "8.9"
    ):
        assert not agree(dh, n * want[1], 1e-5)
        assert not agree(dW, n * want[2], 1e-5)
    with reason(
        "forgets the label in the gradient", "At the scores the gradient is q − e_y, not q.", "4.5"
    ):
        q = slopes + np.eye(classes)[y.numpy()]
        assert not agree(dh, q @ W.numpy() / n, 1e-5)
        assert not agree(dW, q.T @ h.numpy() / n, 1e-5)
    with reason("computes another gradient", "dh = (q − e_y) W/n, dW = (q − e_y)ᵀ h/n.", "8.7"):
        assert agree(dh, want[1], NINE)
        assert agree(dW, want[2], NINE)
    with reason(
        "averages the chunks' means",
        "The last chunk may be shorter, and its rows would count for more: add up, divide once.",
        "8.9",
    ):
        means = [part.mean() for part in np.split(losses, range(4, n, 4))]
        assert not agree(f(h, W, y, 4)[0], np.mean(means), NINE)
        assert not agree(f(h, W, y, 4)[0], np.sum(means), NINE)
    with reason(
        "leaves out the last rows",
        "This fails where N is not a multiple of the size: the last chunk is shorter.",
        "8.7",
    ):
        short = n // 4 * 4
        assert not agree(f(h, W, y, 4)[0], losses[:short].sum() / n, NINE)
        assert not agree(f(h, W, y, 4)[0], losses[:short].mean(), NINE)
    with reason("keeps only one chunk's dW", "Every chunk adds its part.", "8.7"):
        got = f(h, W, y, 4)[2]
        last = n - (n - 1) // 4 * 4
        assert not agree(got, slopes[-last:].T @ h.numpy()[-last:] / n, 1e-5)
    with reason(
        "depends on the size", "The same sums in another order: only rounding may differ.", "8.7"
    ):
        assert all(fits(h, W, y, size) for size in (1, 2, 3, 4, n))
    with reason("stumbles over a size beyond N", "Then there is one chunk.", "8.7"):
        assert fits(h, W, y, 1000)
    losses, slopes = _slopes(h, W, padded)
    loss, dh, dW = f(h, W, padded, n)
    want = _want(h, W, padded)
    with reason(
        "divides by the rows that are ignored, too",
        "The mean is over the rows whose label counts. Padding makes no loss smaller.",
        "8.9",
    ):
        assert not agree(loss, losses.sum() / n, 1e-5)
    with reason(
        "charges ignored rows for a class",
        "−100 is not a class. One cause may be a label that was made 0 to keep the index legal.",
        "8.9",
    ):
        assert agree(loss, want[0], NINE)
    with reason(
        "lets ignored rows pull",
        "This fails for the gradients where rows are ignored. One cause may be q there, where "
        "q − e_y should be 0.",
        "8.9",
    ):
        ignored = (padded == -100).numpy()
        assert agree(dh[ignored], np.zeros((ignored.sum(), width)), 0.0)
        assert agree(dh, want[1], NINE)
        assert agree(dW, want[2], NINE)
    with reason(
        "weighs the chunks by their length",
        "Of some chunks fewer rows count: divide once, by the rows that count in all.",
        "8.9",
    ):
        few = y.clone()
        few[[1, 2, 4]] = -100
        assert all(fits(h, W, few, size) for size in (2, 3))
    with reason(
        "stumbles over a chunk of ignored rows",
        "It adds nothing: no row counts in it, and 0/0 is not a number.",
        "8.9",
    ):
        assert all(fits(h, W, padded, size) for size in (1, 4))
    with reason(
        "knows no other mark than −100", "ignore_index says which label is ignored.", "8.9"
    ):
        assert fits(h, W, y, 3, ignore_index=1)
        assert fits(h, W, torch.where(y == 2, 255, y), 3, ignore_index=255)
    with reason("overflows for large scores", "Subtract the largest score before exp.", "A.2"):
        loud = torch.tensor([[1000.0], [-1000.0], [990.0]], dtype=torch.float64)
        slow = torch.from_numpy(rng.uniform(0.8, 1, size=(classes, 1)))
        assert fits(loud, slow, y[:3], 2)
    with reason(
        "cuts a large loss",
        "This fails where the true class has a score of −1000 and another one 1000: that costs "
        "2000 nats.",
        "A.2",
    ):
        far = torch.tensor([[1.0], [-1.0], [0.5]], dtype=torch.float64)
        assert fits(1000 * far[:2], far, torch.tensor([1, 0]), 1)
    with reason("accepts a size below 1", "Refuse it.", "8.7"):
        assert raises(lambda: f(h, W, y, 0))
        assert raises(lambda: f(h, W, y, -2))
    with reason("averages over no rows", "Where all rows are ignored there is no mean.", "8.9"):
        assert raises(lambda: f(h, W, torch.full_like(y, -100), 4))
    with reason(
        "accepts a label that is not a class",
        "Refuse labels outside 0 to K − 1. A negative index would silently count from the end.",
        "8.8",
    ):
        for label in (classes, -1, -classes, 255):
            wrong = y.clone()
            wrong[int(rng.integers(n))] = label
            assert raises(lambda wrong=wrong: f(h, W, wrong, 4))
    with reason(
        "needs memory for the table",
        "This fails for 4096 classes, where it needs more memory than it may. Only `size` rows of "
        "scores may be alive, with few copies.",
        "8.7",
    ):
        assert peak(answer, *_rows(rng, 256, 8, 4096), 16) < THIRD
    with reason(
        "takes more rows at a time than it is told to",
        "This fails for chunks of one row, where it needs more memory than it may.",
        "8.7",
    ):
        assert peak(answer, *_rows(rng, 32, 2, 4096), 1) < HALF


def _on_ranks(f, z, y, parts):
    """Return the losses of all ranks, their slopes side by side, and how many numbers crossed."""
    ends = np.cumsum(parts)
    ranks = [
        (z[:, end - n : end].copy(), int(end - n), y.copy())
        for n, end in zip(parts, ends, strict=True)
    ]
    results, sizes = in_ranks(f, ranks)
    losses = [float(loss) for loss, _ in results]
    return losses, np.concatenate([slopes for _, slopes in results], axis=1), sum(sizes)


def _split(z, parts):
    return np.split(z, np.cumsum(parts)[:-1], axis=1)


@exercise("8.6", example=lambda f: f(np.array([[1.0, 2.0]]), 0, np.array([1]), _alone))
def split_loss(f, rng):
    n, parts = int(rng.integers(6, 10)), [3, 2, 5]
    classes = sum(parts)
    z = rng.normal(-3, 2, size=(n, classes))
    y = np.concatenate([[0, 2, 3, 4, 5, 9], rng.integers(classes, size=n - 6)])
    rng.shuffle(y)
    each = np.arange(n)

    def want(z, y):
        q = softmax(z, axis=1)
        q[np.arange(len(y)), y] -= 1
        return (logsumexp(z, axis=1) - z[np.arange(len(y)), y]).mean(), q / len(y)

    loss, slopes = want(z, y)
    lse, t = logsumexp(z, axis=1), z[each, y]
    with reason("changes what it was given", "z − m, not z -= m.", "8.8"):
        given, labels = z.copy(), y.copy()
        in_ranks(f, [(given[:, :3], 0, labels), (given[:, 3:], 3, labels)])
        assert agree(given, z, 0.0)
        assert agree(labels, y, 0.0)
    with reason("is wrong where there is one rank", "Then it is chapter 4's loss.", "8.8"):
        alone = _on_ranks(f, z, y, [classes])
        assert agree(alone[0], [loss], NINE)
        assert agree(alone[1], slopes, NINE)
    losses, got, crossed = _on_ranks(f, z, y, parts)
    own = _split(z, parts)
    first = np.repeat(np.cumsum([0, *parts[:-1]])[:, None], n, axis=1)
    sizes = np.array(parts)[:, None]
    with reason(
        "adds sums with different shifts",
        "Each rank's sum was shifted by its own largest score. The shift must be the same on all.",
        "8.8",
    ):
        tops = np.array([part.max(axis=1) for part in own])
        sums = np.array(
            [np.exp(part - part.max(axis=1, keepdims=True)).sum(axis=1) for part in own]
        )
        assert not agree(losses[0], (tops.max(axis=0) + np.log(sums.sum(axis=0)) - t).mean(), NINE)
    with reason(
        "averages the ranks' logarithms", "Logarithms of sums do not average. The sums add.", "8.8"
    ):
        mean = np.mean([logsumexp(part, axis=1) for part in own], axis=0)
        assert not agree(losses[0], (mean - t).mean(), NINE)
    here = (y >= first) & (y < first + sizes)
    with reason(
        "keeps the true score to itself",
        "Only one rank knows the true score of a row. The others need it for the loss.",
        "8.8",
    ):
        assert not agree(losses, (lse - here * t).mean(axis=1), NINE)
    with reason(
        "returns another loss on each rank",
        "This fails because the ranks do not agree. One cause may be that what all_reduce returns "
        "is not used: it leaves x as it is.",
        "8.8",
    ):
        assert agree(losses, [losses[0]] * len(parts), NINE)

    def with_columns(columns, known):
        picked = [part[each, column] for part, column in zip(own, columns, strict=True)]
        return (lse - np.where(known, picked, 0).sum(axis=0)).mean()

    with reason(
        "takes another column for a class that is not here",
        "This fails because scores of other classes are added to the true ones. Where a rank does "
        "not have the class it hands over 0; a negative index counts from the end.",
        "8.8",
    ):
        column = y - first
        clipped = np.clip(column, 0, sizes - 1)
        assert not agree(losses[0], with_columns(clipped, True), NINE)
        assert not agree(losses[0], with_columns(column % sizes, True), NINE)
        assert not agree(losses[0], with_columns(column % sizes, column < sizes), NINE)
    with reason("finds another loss", "m + log s − t, averaged over the rows.", "8.8"):
        assert agree(losses, [loss] * len(parts), NINE)
    with reason(
        "shares out among its own classes",
        "This fails because a rank's shares sum to 1. They are a part of the whole: divide by the "
        "sum over all ranks.",
        "8.8",
    ):
        ones = n * got
        ones[each, y] += 1
        assert not agree(_split(ones, parts)[0].sum(axis=1), np.ones(n), NINE)
    with reason(
        "pulls at a class on every rank",
        "The 1 is subtracted where the true class is, and on no other rank.",
        "8.8",
    ):
        assert agree(got.sum(axis=1), np.zeros(n), NINE)
    with reason("finds another gradient", "q − e_y, divided by N.", "8.8"):
        assert agree(got, slopes, NINE)
    with reason(
        "hands over more than three numbers a row", "The scores stay where they are.", "8.8"
    ):
        assert crossed <= 3 * n
    with reason(
        "overflows for large scores",
        "This fails for scores of thousands. One cause may be a shift that is not the largest "
        "score of the row, on all ranks.",
        "A.2",
    ):
        for sign in (1, -1):
            loud = sign * (9000 + 1000 * rng.random(size=z.shape))
            losses, got, _ = _on_ranks(f, loud, y, parts)
            assert agree(losses, [want(loud, y)[0]] * 3, NINE)
            assert agree(got, want(loud, y)[1], NINE)
    with reason(
        "shifts all rows alike",
        "This fails where the rows of the table lie thousands apart. One cause may be one shift "
        "for all of them: each row has its own largest score.",
        "A.2",
    ):
        apart = z + rng.permutation(np.linspace(-9900, 9900, n))[:, None]
        losses, got, _ = _on_ranks(f, apart, y, parts)
        assert agree(losses, [want(apart, y)[0]] * 3, NINE)
        assert agree(got, want(apart, y)[1], NINE)
    with reason(
        "stumbles over a rank without columns", "Its largest score is −∞, its sum 0.", "8.8"
    ):
        for odd in ([0, classes], [4, 0, classes - 4], [classes, 0]):
            losses, got, _ = _on_ranks(f, z, y, odd)
            assert agree(losses, [loss] * len(odd), NINE)
            assert agree(got, slopes, NINE)
    with reason(
        "gets NaN from −∞",
        "This fails where all that a rank has for a row is −∞. The shift is the largest score of "
        "the whole row, which is finite.",
        "A.2",
    ):
        barred = z.copy()
        barred[:, 3:5] = -np.inf
        barred[0, :3] = -np.inf
        labels = np.where(y < 5, 5, y)
        losses, got, _ = _on_ranks(f, barred, labels, parts)
        assert agree(losses, [want(barred, labels)[0]] * 3, NINE)
        assert agree(got, want(barred, labels)[1], NINE)
    with reason(
        "hides an infinite loss", "A true class that was called impossible costs ∞.", "8.4"
    ):
        barred = z.copy()
        barred[0, y[0]] = -np.inf
        losses, got, _ = _on_ranks(f, barred, y, parts)
        assert losses == [math.inf] * 3
    with reason(
        "gives up the gradient where the loss is infinite",
        "This fails where the true class is impossible: the gradient is q − e_y there, too.",
        "8.4",
    ):
        q = softmax(barred, axis=1)
        q[each, y] -= 1
        assert agree(got, q / n, NINE)


def _alone(x, op="sum"):
    """Return what a rank hands over that has no others."""
    return np.array(x, dtype=float)


def _bits(w, a, b):
    with np.errstate(divide="ignore"):
        return float(np.mean(-np.log2(w * np.asarray(a) + (1 - w) * np.asarray(b))))


def _best(a, b):
    """Return the best weight, by halving where the slope of the cost changes its sign."""
    a, b = np.asarray(a), np.asarray(b)

    def rises(w):
        with np.errstate(divide="ignore", over="ignore"):
            return ((b - a) / (w * a + (1 - w) * b)).sum() > 0

    low, high = 0.0, 1.0
    if rises(low) or not rises(high):
        return low if rises(low) else high
    while low < (w := (low + high) / 2) < high:  # until floats run out
        low, high = (low, w) if rises(w) else (w, high)
    return w


@exercise("8.7", example=lambda f: f([0.5, 0.5], [0.25, 0.75]))
def best_weight(f, rng):
    best = 1.0
    while not 0.6 < best < 0.9:  # a mixture, of which the first model has the larger share
        a, b = rng.random(size=(2, 40)) ** [[0.7], [1.2]]
        best = _best(a, b)
    alone = _bits(1, a, b), _bits(0, a, b)
    bits = _bits(best, a, b)
    with reason("changes the lists", "Work on copies.", "8.6"):
        given = a.copy(), b.copy()
        f(*given)
        assert all(map(agree, given, (a, b), [0.0] * 2))
    w, got = f(a.tolist(), b.tolist())
    with reason(
        "returns one model alone",
        "This fails where a mixture is better than both models. One cause may be a mean of the two "
        "bills: the logarithm comes after the mixing.",
        "8.6",
    ):
        assert min(abs(w), abs(w - 1)) > 1e-6
    with reason("swaps the weights", "w belongs to the first model, 1 − w to the second.", "8.6"):
        assert not agree(w, 1 - best, 1e-4)
    with reason("counts how often each is the better one", "By how much matters as well.", "8.6"):
        assert not agree(w, (a > b).mean(), 1e-6)
    with reason(
        "weighs the models by their bills", "The best weight depends on each token.", "8.6"
    ):
        inverse, less = 1 / np.array(alone), 2.0 ** -np.array(alone)
        assert not agree(w, inverse[0] / inverse.sum(), 1e-6)
        assert not agree(w, less[0] / less.sum(), 1e-6)
    with reason("measures in nats", "log₂, for bits.", "8.1"):
        assert not agree(got, bits * math.log(2), 1e-4)
    with reason("adds up where it should average", "Bits per token are asked for.", "8.6"):
        assert not agree(got, bits * len(a), 1e-4)
    with reason(
        "returns a bill that is not its weight's", "The bits are what this w costs.", "8.6"
    ):
        assert agree(got, _bits(w, a, b), NINE)

    def finds(a, b):
        w, got = f(np.array(a), np.array(b))
        return (
            0 <= w <= 1
            and agree(got, _bits(w, a, b), NINE)
            and got <= _bits(_best(a, b), a, b) + NINE
        )

    with reason("leaves the interval from 0 to 1", "A weight is a share.", "8.6"):
        # To go on beyond an end would cost less.
        for pair in (([0.9, 0.8], [0.5, 0.8]), ([0.5, 0.3], [0.6, 0.3])):
            assert 0 <= f(*pair)[0] <= 1
    with reason(
        "never reaches an end",
        "This fails where one model alone is best: 0 and 1 are weights, too.",
        "8.6",
    ):
        assert finds([0.9, 0.8], [0.5, 0.8])
        assert finds([0.5, 0.3], [0.6, 0.3])
        assert finds(0.5 + 0.5 * a, 0.9 * a)
    with reason("searches too coarsely", "No weight may be better by 1e-9 bits.", "8.6"):
        assert finds(a, b)
        assert finds(a[:20], b[:20])
        assert finds(b[5:], a[5:])
    with reason("refuses lists of one number", "One token is enough.", "8.6"):
        assert finds([0.3], [0.5])
    with reason("refuses a probability of 1", "What is certain is possible.", "8.6"):
        assert finds([1.0, 0.5], [0.5, 1.0])
    with reason(
        "searches too coarsely near an end",
        "This fails where the best weight is far below 0.01, or as near to 1: it is needed for a "
        "token in thousands.",
        "8.6",
    ):
        rare, often = np.full(2000, 0.02), np.full(2000, 0.9)
        often[int(rng.integers(2000))] = 1e-12
        assert finds(rare, often)
        assert finds(often, rare)
    with reason(
        "stumbles over a token that one model calls impossible",
        "The other one pays for it: any weight between 0 and 1 costs a finite number of bits.",
        "8.6",
    ):
        one, other = a.copy(), b.copy()
        one[3] = 0.0
        assert finds(one, b)
        assert finds(a, np.where(np.arange(40) == 5, 0.0, b))
        other[5] = 0.0
        assert finds(one, other)
        assert finds([0.0, 1.0], [1.0, 0.0])
        assert finds([0.0], [0.5])
    with reason("clips small probabilities", "Even 1e-300 is a probability.", "8.4"):
        tiny = a.copy()
        tiny[:2] = 1e-300
        assert finds(tiny, np.where(np.arange(40) < 2, 1e-200, b))
        assert finds([1e-300, 0.5], [1e-290, 0.5])
    with reason("stumbles where all weights cost the same", "Then any will do.", "8.6"):
        assert finds(a, a)
        assert finds([1.0], [1.0])
    with reason(
        "accepts a token that both call impossible", "Then every weight costs ∞: refuse it.", "8.6"
    ):
        assert raises(lambda: f([0.5, 0.0], [0.2, 0.0]))
    with reason("accepts lists of different lengths", "Refuse them.", "8.6"):
        assert raises(lambda: f([0.5, 0.2], [0.2]))
        assert raises(lambda: f([0.5], [0.2, 0.3]))
    with reason("accepts lists without a number", "Refuse them.", "8.6"):
        assert raises(lambda: f([], []))
    with reason("accepts what is not a probability", "Refuse what is outside [0, 1].", "8.6"):
        for bad in (1.2, -0.1):
            assert raises(lambda bad=bad: f([0.5, bad], [0.2, 0.3]))
            assert raises(lambda bad=bad: f([0.5, 0.3], [0.2, bad]))
    with reason("lets NaN through", "Every comparison with NaN is false.", "A.2"):
        assert raises(lambda: f([0.5, math.nan], [0.2, 0.3]))
        assert raises(lambda: f([0.5, 0.3], [math.nan, 0.3]))
