"""The covered page: its data agree with the book, its claims with fractions, and every state."""

from __future__ import annotations

import json
import math
import re
from collections import Counter
from fractions import Fraction
from functools import cache
from typing import Any

import numpy as np
import pytest

from course.golden import oracles
from lib import alice
from lib.explorables import STATE
from lib.explorables.letters import still
from scripts import letters_data
from tests.explorables.javascript import call

DATA: dict[str, Any] = json.loads(letters_data.TARGET.read_text(encoding="utf-8"))
PASSAGES = DATA["passages"]
START = {key: entry.start for key, entry in STATE["letters"].items()}
*BOOK, LAST = alice.chapters()
TRAIN = " ".join(BOOK) + " "
#: Order 0, counted anew: every letter once more than it occurs (see section 8.3's formula).
COUNTS = Counter(TRAIN)
F = [Fraction(COUNTS[c] + 1, len(TRAIN) + 27) for c in alice.ALPHABET]
SIGNS = alice.ALPHABET.replace(" ", "_")
RNG = np.random.default_rng(8)
_T = Fraction(1, 2) * F[SIGNS.index("t")] / (1 - F[SIGNS.index("e")])
#: Numbers in the still picture that no cell prints, by the oracle: a hit at one half, a miss, and
#: what the missing letter had.
STILL_NUMBERS = [Fraction(1), oracles.log(1 / _T) / oracles.log(2), 100 * _T, 25, 50]


def record(length: int) -> str:
    """Return guesses of any kind, with passes among them."""
    items = []
    for _ in range(length):
        sign = SIGNS[int(RNG.integers(27))] if RNG.random() < 0.7 else "e"
        items.append("-" if RNG.random() < 0.15 else f"{sign}{RNG.integers(4, 100):02d}")
    return "".join(items)


def state(**more: Any) -> dict[str, Any]:
    return {**START, **more}


def states() -> list[dict[str, Any]]:
    found = [
        state(passage=int(RNG.integers(1, 5)), record=record(int(n)),
              letter=SIGNS[int(RNG.integers(27))], confidence=float(RNG.integers(4, 100)),
              answer=float(RNG.integers(4, 100)), opened=bool(RNG.integers(2)))
        for n in (*RNG.integers(0, 33, 200), *[0] * 5, *[32] * 100)
    ]  # fmt: skip
    found += [state(record="-" * 32, opened=True), state(record="e50" * 32, passage=2.4)]
    for k in range(1, 5):
        found.append(state(passage=k, record=perfect(k), opened=True, answer=99))
        found.append(state(passage=k, record="j30" * 32, opened=True, answer=4))
    return found


def perfect(k: int) -> str:
    return "".join(f"{SIGNS[y]}90" for y in PASSAGES[k - 1]["covered"])


STATES = states()


def items(s: dict[str, Any]) -> list[tuple[int, Fraction, int]]:
    """Return guess, confidence and the letter that came, for each uncovered letter."""
    covered = PASSAGES[round(s["passage"]) - 1]["covered"]
    found = []
    for item, y in zip(re.findall(r"-|[a-z_]\d\d", s["record"]), covered, strict=False):
        guess = -1 if item == "-" else SIGNS.index(item[0])
        found.append((guess, Fraction(0 if guess < 0 else int(item[1:]), 100), y))
    return found


def given(guess: int, c: Fraction, y: int) -> Fraction:
    """Return what the letter that came had been given."""
    if guess < 0:
        return F[y]
    return c if y == guess else (1 - c) * F[y] / (1 - F[guess])


def bits(q: Fraction) -> float:
    return math.log2(q.denominator) - math.log2(q.numerator)


class TestData:
    def test_can_be_made_again(self) -> None:
        text = letters_data.written(letters_data.collect())
        assert letters_data.TARGET.read_text(encoding="utf-8") == text

    def test_frequencies(self) -> None:
        assert DATA["alphabet"] == alice.ALPHABET
        assert DATA["weights"] == [COUNTS[c] + 1 for c in alice.ALPHABET]
        assert sum(DATA["weights"]) == len(TRAIN) + 27

    def test_passages_stand_on_the_covered_page(self) -> None:
        for passage in PASSAGES:
            covered = "".join(alice.ALPHABET[y] for y in passage["covered"])
            assert len(covered) == 32
            assert LAST.count(passage["lead"] + covered) == 1

    def test_the_page_does_not_read_the_answers_out(self) -> None:
        text = letters_data.TARGET.read_text(encoding="utf-8")
        for passage in PASSAGES:
            covered = "".join(alice.ALPHABET[y] for y in passage["covered"])
            words = [word for word in covered.split() if len(word) > 3]
            assert words
            assert not [word for word in words if word in text]

    def test_bits_agree_with_counting_by_search(self) -> None:
        """The same formula without a table: every past is looked for in the book."""

        @cache
        def following(past: str) -> Counter[str]:
            ends = (m.end() + len(past) for m in re.finditer(f"(?={past})", TRAIN))
            return Counter(TRAIN[i] for i in ends if i < len(TRAIN))

        def probability(past: str, letter: str) -> Fraction:
            q = Fraction(1, 27)
            for n in range(len(past) + 1):
                follow = following(past[len(past) - n :])
                if follow:
                    kinds, total = len(follow), follow.total()
                    q = (follow[letter] + kinds * q) / (total + kinds)
            return q

        text = TRAIN + LAST
        for passage in PASSAGES:
            start = text.index(passage["lead"], len(TRAIN)) + len(passage["lead"])
            for i in (0, 13, 31):
                y = passage["covered"][i]
                for row, order in zip(passage["bits"], DATA["orders"], strict=True):
                    past = text[start + i - order : start + i]
                    want = bits(probability(past, alice.ALPHABET[y]))
                    assert row[i] == pytest.approx(want, rel=0, abs=5.1e-5)
                past = text[start + i - 4 : start + i]
                q = {c: probability(past, c) for c in alice.ALPHABET}
                best = max(q, key=lambda c: q[c])
                assert alice.ALPHABET[passage["best"][i]] == best
                own = bits(given(passage["best"][i], q[best], y))
                assert passage["sure"][i] == pytest.approx(own, rel=0, abs=5.1e-5)

    def test_the_bills_of_the_machines(self) -> None:
        known = [
            (20, [3.925, 1.987, 1.514, 1.515]),
            (20, [4.341, 3.290, 2.353, 2.631]),
            (20, [4.147, 2.809, 2.262, 2.674]),
            (13, [4.043, 2.953, 2.577, 3.275]),
        ]
        for passage, (hits, means) in zip(PASSAGES, known, strict=True):
            pairs = zip(passage["best"], passage["covered"], strict=True)
            assert sum(a == b for a, b in pairs) == hits
            got = [sum(row) / 32 for row in passage["bits"]]
            assert got == pytest.approx(means, rel=0, abs=5.1e-4)

    def test_one_guess_of_the_best_machine_loses_to_order_2_on_two_passages(self) -> None:
        two = DATA["orders"].index(2)
        lost = [k for k, p in enumerate(PASSAGES, 1) if sum(p["sure"]) > sum(p["bits"][two])]
        assert lost == [1, 4]


class TestClaims:
    def test_sum_to_1_and_are_fractions_of_the_book(self) -> None:
        cases = [(g, c) for g in range(-1, 27) for c in (4, 50, 62, 99)]
        got = call("letters", [["math.claim", {"guess": g, "c": c / 100}] for g, c in cases])
        for (g, c), claim in zip(cases, got, strict=True):
            assert sum(claim) == pytest.approx(1, rel=0, abs=1e-12)
            want = [float(given(g, Fraction(c, 100), y)) for y in range(27)]
            assert claim == pytest.approx(want, rel=1e-12, abs=0)

    def test_a_guess_as_sure_as_the_frequencies_is_a_pass(self) -> None:
        plain = call("letters", [["math.claim", {"guess": -1, "c": 0}]])[0]
        got = call("letters", [["math.claim", {"guess": g, "c": plain[g]}] for g in range(27)])
        for claim in got:
            assert claim == pytest.approx(plain, rel=1e-12, abs=0)
        [passed] = call("letters", [["math.bill", state(record="-" * 32)]])
        assert passed == pytest.approx(PASSAGES[0]["bits"][0], rel=0, abs=5.1e-5)

    def test_the_still_picture(self) -> None:
        want = [given(4 + 1, Fraction(1, 2), y) for y in range(27)]
        assert SIGNS[5] == still.GUESS
        got = list(still.claim("e", 0.5).values())
        assert got == pytest.approx([float(q) for q in want], rel=1e-12, abs=0)


class TestBills:
    def test_are_the_sum_of_what_the_letters_cost(self) -> None:
        bills = call("letters", [["math.bill", s] for s in STATES])
        for s, bill in zip(STATES, bills, strict=True):
            want = [bits(given(*item)) for item in items(s)]
            assert bill == pytest.approx(want, rel=1e-12, abs=1e-14)

    def test_hits(self) -> None:
        got = call("letters", [["math.score", s] for s in STATES])
        for s, score in zip(STATES, got, strict=True):
            all_items = items(s)
            assert score["tries"] == sum(g >= 0 for g, _, _ in all_items)
            assert score["hits"] == sum(g == y for g, _, y in all_items)

    def test_the_cheapest_confidence_is_the_share_of_hits(self) -> None:
        whole = [s for s in STATES if len(items(s)) == 32]
        best = call("letters", [["math.cheapest", s] for s in whole])
        for s, at in zip(whole, best, strict=True):
            hits = sum(g == y for g, _, y in items(s))
            tries = sum(g >= 0 for g, _, y in items(s))
            if not tries:
                assert at is None
                continue
            assert at == pytest.approx(min(max(100 * hits / tries, 4), 99), rel=1e-12, abs=0)
            grid = [*range(4, 100, 5), 99]
            costs = call("letters", [["math.with", s, c] for c in [*grid, at]])
            assert costs[-1] <= min(costs[:-1]) + 1e-12

    def test_one_confidence_for_all(self) -> None:
        whole = [s for s in STATES if len(items(s)) == 32][:40]
        for c in (4, 50, 95):
            got = call("letters", [["math.with", s, c] for s in whole])
            want = [
                sum(bits(given(g, Fraction(c, 100), y)) for g, _, y in items(s)) / 32 for s in whole
            ]
            assert got == pytest.approx(want, rel=1e-12, abs=0)

    def test_each_hit_raises_the_cheapest_confidence(self) -> None:
        covered = PASSAGES[0]["covered"]
        at = []
        for hits in range(33):
            guesses = [y if i < hits else (y + 1) % 27 for i, y in enumerate(covered)]
            text = "".join(f"{SIGNS[g]}50" for g in guesses)
            at += call("letters", [["math.cheapest", state(record=text)]])
        assert at[0] == 4
        assert at[-1] == 99
        assert (np.diff(at[2:32]) > 0).all()

    def test_the_task(self) -> None:
        """The machine's 20 of 32 in passage 1: 62 or 63 %, 2.6054 bits; at 95 % it is 3.3179."""
        [filled] = call("letters", [["math.filled", state()]])
        machine = state(record=filled, opened=True)
        assert sum(g == y for g, _, y in items(machine)) == 20
        answers = [{**machine, "answer": a} for a in range(4, 100)]
        right = call("letters", [["math.right", s] for s in answers])
        assert [s["answer"] for s, ok in zip(answers, right, strict=True) if ok] == [62, 63]
        for c, cost in ((Fraction(5, 8), "2.6054"), (Fraction(95, 100), "3.3179")):
            mean = sum(bits(given(g, c, y)) for g, _, y in items(machine)) / 32
            assert f"{mean:.4f}" == cost
            [got] = call("letters", [["math.with", machine, float(100 * c)]])
            assert got == pytest.approx(mean, rel=1e-12, abs=0)


class TestStates:
    def test_nothing_shows_letters_ahead(self) -> None:
        got = call("letters", [["math.uncovered", s] for s in STATES])
        for s, text in zip(STATES, got, strict=True):
            covered = PASSAGES[round(s["passage"]) - 1]["covered"]
            assert text == "".join(alice.ALPHABET[y] for y in covered)[: len(items(s))]

    def test_the_sentence_is_the_same_whatever_is_still_covered(self) -> None:
        hidden = [s for s in STATES if len(items(s)) < 32]
        said = call("letters", [["spec.say", s] for s in hidden])
        for s, sentence in zip(hidden, said, strict=True):
            covered = PASSAGES[round(s["passage"]) - 1]["covered"]
            lead = PASSAGES[round(s["passage"]) - 1]["lead"].strip()
            n = len(items(s))
            rest = "".join(alice.ALPHABET[y] for y in covered[n:])
            words = {w for w in rest.split() if len(w) > 3} - set(lead.split())
            assert not [w for w in words if w in sentence.replace("letter", "").replace("cost", "")]
            assert f"For letter {n + 1} you claim" in sentence

    def test_bills_are_open_only_when_all_is_uncovered_and_answered(self) -> None:
        got = call("letters", [["spec.open", s] for s in STATES])
        assert got == [s["opened"] and len(items(s)) == 32 for s in STATES]
        assert set(got) == {True, False}

    def test_undo_restores_the_sum(self) -> None:
        for s in STATES[:80]:
            [[patch], [before]] = [call("letters", [[f, s]]) for f in ("math.undo", "math.bill")]
            [after] = call("letters", [["math.bill", {**s, **patch}]])
            assert after == before[:-1]
            assert patch["opened"] is False

    def test_one_letter_more(self) -> None:
        for s in STATES[:80]:
            y = SIGNS.index(s["letter"])
            [patch] = call("letters", [["math.uncover", s, y]])
            if len(items(s)) == 32:
                assert patch == {}
                continue
            assert patch["record"] == f"{s['record']}{s['letter']}{s['confidence']:02.0f}"
            [passed] = call("letters", [["math.uncover", s, -1]])
            assert passed["record"] == f"{s['record']}-"

    def test_the_machine_guesses_the_rest(self) -> None:
        for s in STATES[:80]:
            [filled] = call("letters", [["math.filled", s]])
            best = PASSAGES[round(s["passage"]) - 1]["best"]
            rest = [f"{SIGNS[y]}{s['confidence']:02.0f}" for y in best[len(items(s)) :]]
            assert filled == s["record"] + "".join(rest)

    def test_every_state_has_a_sentence(self) -> None:
        said = call("letters", [["spec.say", s] for s in STATES])
        assert not [t for t in said if re.search(r"NaN|Infinity|undefined|null|\d-|-\d", t)]

    def test_answers_have_replies_of_their_own(self) -> None:
        [filled] = call("letters", [["math.filled", state()]])
        for answer, reply in (
            (62, "that is it"), (63, "that is it"), (50, "too modest"), (75, "too sure"),
            (95, "each miss then costs 4.32 bits"), (99, "each miss then costs 6.64 bits"),
        ):  # fmt: skip
            s = state(record=filled, opened=True, answer=answer)
            [said] = call("letters", [["spec.say", s]])
            assert reply in said.replace("\u00a0", " ")
            assert "Cheapest is 20 of 32, 62.5 %: 2.6054 bits" in said.replace("\u00a0", " ")

    def test_a_share_beyond_the_slider_is_said_to_be(self) -> None:
        """Nobody who misses every time can say 0 %: the slider ends before that."""
        worst = next(k for k in range(27) if k not in PASSAGES[0]["covered"])
        right = "".join(f"{SIGNS[y]}50" for y in PASSAGES[0]["covered"])
        for record, hits, end in ((f"{SIGNS[worst]}50" * 32, 0, 4), (right, 32, 99)):
            s = state(record=record, opened=True, answer=50)
            [said] = call("letters", [["spec.say", s]])
            said = said.replace("\u00a0", " ")
            assert f"Cheapest is {hits} of 32, and {end} % is as near as the slider goes: " in said

    def test_no_share_is_shown_as_nothing(self) -> None:
        shares = [10.0**-k for k in range(1, 5)] + [0.00056, 0.0095, 0.0994, 0.4, 0.99]
        texts = call("letters", [["math.share", v] for v in shares])
        for share, text in zip(shares, texts, strict=True):
            shown = float(text.removesuffix("\u00a0%")) / 100
            assert shown == pytest.approx(share, rel=0.06, abs=0)
