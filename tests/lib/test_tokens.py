"""Byte-pair encoding: nothing is lost, and a slow version that merges one list finds the same."""

from __future__ import annotations

import json
from collections import Counter
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lib.alice import ALPHABET, chapters, letters
from lib.tokens import encode, learn_bpe
from tests.lib.references import refuses

texts = st.text("abc ", max_size=60)
any_texts = st.text(ALPHABET, max_size=60)


def slow_bpe(text: str, merges: int) -> tuple[list[tuple[str, str]], list[str]]:
    """Merge within the whole text; a token that ends in a space is never the first of a pair."""
    tokens, rules = list(text), []
    for _ in range(merges):
        pairs = Counter((a, b) for a, b in pairwise(tokens) if not a.endswith(" "))
        if not pairs:
            break
        most = max(pairs.values())
        rule = sorted(pair for pair, count in pairs.items() if count == most)[-1]
        rules.append(rule)
        tokens = slow_merge(tokens, rule)
    return rules, tokens


def slow_merge(tokens: list[str], rule: tuple[str, str]) -> list[str]:
    merged, i = [], 0
    while i < len(tokens):
        if tuple(tokens[i : i + 2]) == rule:
            merged.append(tokens[i] + tokens[i + 1])
            i += 2
        else:
            merged.append(tokens[i])
            i += 1
    return merged


@given(texts, st.integers(0, 12))
def test_rules_and_tokens_are_those_of_the_slow_version(text: str, merges: int):
    rules, tokens = slow_bpe(text, merges)
    assert learn_bpe(text, len(rules)) == rules
    assert encode(text, rules) == tuple(tokens)


@given(texts, any_texts, st.integers(0, 12))
def test_joining_the_tokens_gives_the_text(learnt_from: str, text: str, merges: int):
    rules, _ = slow_bpe(learnt_from, merges)
    tokens = encode(text, rules)
    assert "".join(tokens) == text
    assert set(tokens) <= {*ALPHABET, *(a + b for a, b in rules)}
    assert all(" " not in token[:-1] for token in tokens)  # none goes across a word's end


@given(texts, texts, st.integers(0, 12))
def test_words_do_not_see_each_other(left: str, right: str, merges: int):
    rules, _ = slow_bpe(left + right, merges)
    left += " "
    assert encode(left + right, rules) == encode(left, rules) + encode(right, rules)


@given(texts, st.integers(0, 8))
def test_more_merges_begin_with_the_same_rules_and_never_lengthen(text: str, merges: int):
    rules, _ = slow_bpe(text, merges + 1)
    assert learn_bpe(text, len(rules))[:merges] == rules[:merges]
    assert len(encode(text, rules)) <= len(encode(text, rules[:merges]))


def test_overlapping_pairs_are_merged_from_the_left():
    assert encode("aaa aaaa", [("a", "a")]) == ("aa", "a", " ", "aa", "aa")


def test_of_equally_frequent_pairs_the_later_in_the_alphabet_is_merged():
    assert learn_bpe("ab cd", 1) == [("c", "d")]
    assert learn_bpe("ab ab cd", 1) == [("b", " ")]  # as often as ("a", "b"), and later


def test_the_novel():
    *book, last = chapters()
    rules = learn_bpe(" ".join(book) + " ", 500)
    assert len(set(rules)) == 500
    assert rules[0] == ("e", " ")
    tokens = encode(last, rules)
    assert len(tokens) == 3566
    assert "".join(tokens) == last


# --- Bad input ------------------------------------------------------------------------------------


@pytest.mark.parametrize(("text", "place", "sign"), [("A", 0, "'A'"), ("ab.c", 2, "'.'")])
def test_other_characters_are_refused(text: str, place: int, sign: str):
    message = (
        f"text[{place}] is {sign}; only the letters a to z and the space are in the alphabet "
        "(lib.alice.letters makes such a text)"
    )
    with refuses(message):
        learn_bpe(text, 0)
    with refuses(message):
        encode(text, [])


@pytest.mark.parametrize("merges", [-1, 1.0, True, "1", None])
def test_a_number_of_merges_that_is_none_is_refused(merges):
    with refuses(f"merges is {merges!r}; give an integer of at least 0"):
        learn_bpe("abc", merges)


@pytest.mark.parametrize(("text", "possible"), [("", 0), ("a b c", 2), ("abc", 2)])
def test_more_merges_than_there_are_pairs_are_refused(text: str, possible: int):
    assert len(learn_bpe(text, possible)) == possible
    with refuses(
        f"merges is {possible + 1}, but after {possible} every word of this text is one token; "
        "ask for fewer"
    ):
        learn_bpe(text, possible + 1)


def test_rules_that_come_from_a_file_or_an_iterator():
    rules = learn_bpe("the thin thing", 2)
    merged = encode("the thin thing", rules)
    assert len(merged) < len("the thin thing")
    assert encode("the thin thing", json.loads(json.dumps(rules))) == merged
    assert encode("the thin thing", iter(rules)) == merged


@pytest.mark.parametrize("rule", ["th", ("t", "h", "e"), (1, 2), 3, None, ("t",)])
def test_what_is_no_rule_is_refused(rule):
    with refuses(f"rules[1] is {rule!r}; give pairs of tokens, such as ('t', 'h')"):
        encode("the", [("h", "e"), rule])


@pytest.mark.parametrize("bad", [None, 3, ["abc"], b"abc"])
def test_what_is_no_text_is_refused(bad):
    with refuses(f"the text is a {type(bad).__name__}; give a string"):
        encode(bad, [])
    with refuses(f"the text is a {type(bad).__name__}; give a string"):
        learn_bpe(bad, 1)
    with refuses(f"the text is a {type(bad).__name__}; give a string"):
        letters(bad)
    if not isinstance(bad, list | bytes):
        with refuses(f"rules are {bad!r}; give pairs of tokens, such as ('t', 'h')"):
            encode("abc", bad)
