"""Hidden checks of the exercises of chapter 8. Marked: canary-hidden-language."""

from __future__ import annotations

import math

import numpy as np
import torch
from check import agree
from scipy.special import logsumexp, softmax

from hidden import exercise, raises, reason
from hidden.conditions import peak

NINE = 1e-9  # what a result may be off, as the notebook's rules say
MEMORY = 1_000_000  # bytes that an answer to 8.4 may need at once, as its statement says
THIRD = 256 * 4096 * 8 // 3  # bytes that an answer to 8.5 may need at once, as its statement says


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
    text = _text(rng, letters, int(rng.integers(12, 20)))
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
        "The past of letter number t is text[:t], without the letter itself.",
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
    with reason("clips small probabilities", "Even 1e-300 is a probability: 996.6 bits.", "8.4"):
        want = bits - each[at] + 300 * math.log2(10)
        assert agree(f(changed(1e-300), text), want, NINE)
    with reason(
        "multiplies before it takes the logarithm",
        "A product of so many probabilities is 0 in floating point. Add logarithms.",
        "A.1",
    ):
        long = _text(rng, letters, 1200)
        assert agree(f(model, long), math.fsum(_each_bill(model, long)), NINE)
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
    tokens = tuple(_text(rng, "xy", 2) + str(n) for n in rng.integers(3, size=40))
    with reason(
        "reads letters only",
        "This fails for a tuple of tokens. Its slices are tuples; they need not be joined.",
        "8.5",
    ):
        assert _plain(learn(tokens, 2)) == _counts(tokens, 2)
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
    with reason(
        "forecasts wrongly",
        "Replace q once for each run that is known, with the n, d and count of that run.",
        "8.3",
    ):
        known = _counts(tokens, 2)
        pasts = [_text(rng, "abcd", int(rng.integers(0, 5))) for _ in range(6)]
        for seen, past, K in [
            *((want, past, 27) for past in (*pasts, text, "zz")),
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
        "cannot read a token that is no text by itself",
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
        "A piece of a character is no text: decoded alone it becomes another character, of three "
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
    at = int(rng.integers(len(tokens)))
    special = [*tokens[:at], b"", *tokens[at:]]
    with reason(
        "charges for special tokens",
        "A token that stands for no bytes is no part of the text, and what it cost is not, either.",
        "8.5",
    ):
        assert agree(f([*nats[:at], 5.5, *nats[at:]], list(special)), bits / size, NINE)
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
        "needs memory for all chunks at once",
        "This fails for many chunks: it needs more memory than it may. Keep two numbers, and let "
        "each chunk go.",
        "8.7",
    ):
        seed = int(rng.integers(2**32))
        assert peak(f, _pieces(seed)) < MEMORY
    with reason(
        "is wrong for many chunks", "Two numbers are carried from each chunk to the next.", "8.8"
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

    n, width, classes = (int(rng.integers(*ends)) for ends in ((11, 15), (2, 5), (4, 8)))
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
        "This fails where N is no multiple of the size: the last chunk is shorter.",
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
        "−100 is no class. One cause may be a label that was made 0 to keep the index legal.",
        "8.9",
    ):
        assert agree(loss, want[0], NINE)
    with reason("lets ignored rows pull", "Their rows of q − e_y are 0, not q.", "8.9"):
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
        "It adds nothing: no row counts in it, and 0/0 is no number.",
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
    with reason("accepts a size below 1", "Refuse it.", "8.7"):
        assert raises(lambda: f(h, W, y, 0))
        assert raises(lambda: f(h, W, y, -2))
    with reason("averages over no rows", "Where all rows are ignored there is no mean.", "8.9"):
        assert raises(lambda: f(h, W, torch.full_like(y, -100), 4))
    with reason(
        "accepts a label that is no class",
        "Refuse labels outside 0 to K − 1. A negative index would silently count from the end.",
        "8.8",
    ):
        for label in (classes, -1, -classes, 255):
            wrong = y.clone()
            wrong[2] = label
            assert raises(lambda wrong=wrong: f(h, W, wrong, 4))
    with reason(
        "needs memory for the table",
        "This fails for 4096 classes, where it needs more memory than it may. Only `size` rows of "
        "scores may be alive, with few copies.",
        "8.7",
    ):
        assert peak(answer, *_rows(rng, 256, 8, 4096), 16) < THIRD
