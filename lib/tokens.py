"""Byte-pair encoding in miniature: frequent pairs of tokens are merged into new tokens.

A token never goes across the end of a word; the space belongs to the word before it. Chapter 8
compares what a text costs in letters and in such tokens.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from itertools import pairwise

from lib._checks import check_integer, check_text
from lib.alice import ALPHABET

Rule = tuple[str, str]

_WORD = re.compile("[a-z]+ ?| ")
_OTHER = re.compile(f"[^{ALPHABET}]")


def learn_bpe(text: str, merges: int) -> list[Rule]:
    """Return the pairs that byte-pair encoding merges in a text, in the order of merging.

    It begins with single letters. Again and again the most frequent pair of neighbours within a
    word becomes one token; of equally frequent pairs, the one that is later in the alphabet.

    Parameters
    ----------
    text : str
        Characters of ``lib.alice.ALPHABET``.
    merges : int
        How many pairs to merge, so how many tokens there will be beside the 27 letters.

    Returns
    -------
    list of (str, str)
        The rules, `merges` of them, for :func:`encode`.

    Raises
    ------
    ValueError
        If the text has other characters, if `merges` is not an integer of at least 0, or if no
        pair is left before so many are merged.

    References
    ----------
    Sennrich, Haddow & Birch (2016).

    Examples
    --------
    >>> learn_bpe("the thin thing", 2)
    [('t', 'h'), ('th', 'i')]
    """
    check_integer(merges, "merges", 0)
    words = Counter(_words(text))
    parts = {word: list(word) for word in words}
    pairs: Counter[Rule] = Counter()
    for word, count in words.items():
        for pair in pairwise(word):
            pairs[pair] += count
    rules: list[Rule] = []
    for done in range(merges):
        best = max(pairs, key=lambda pair: (pairs[pair], pair), default=None)
        if best is None or not pairs[best]:
            raise ValueError(
                f"merges is {merges}, but after {done} every word of this text is one token; ask "
                "for fewer"
            )
        rules.append(best)
        # Only words that hold both halves side by side can change; the others keep their pairs.
        for word in (word for word in words if "".join(best) in word):
            for pair in pairwise(parts[word]):
                pairs[pair] -= words[word]
            parts[word] = _merge(parts[word], best)
            for pair in pairwise(parts[word]):
                pairs[pair] += words[word]
    return rules


def encode(text: str, rules: Iterable[Sequence[str]]) -> tuple[str, ...]:
    """Return a text in tokens, by the rules of :func:`learn_bpe`; ``"".join`` undoes it.

    Parameters
    ----------
    text : str
        Characters of ``lib.alice.ALPHABET``.
    rules : iterable of (str, str)
        Pairs to merge, the first first.

    Returns
    -------
    tuple of str

    Raises
    ------
    ValueError
        If the text has other characters, or a rule is not two tokens.

    Examples
    --------
    >>> encode("the thin thing", [("t", "h"), ("th", "i")])
    ('th', 'e', ' ', 'thi', 'n', ' ', 'thi', 'n', 'g')
    """
    words = _words(text)
    pairs = _rules(rules)
    parts: dict[str, list[str]] = {}
    for word in dict.fromkeys(words):
        tokens = list(word)
        for rule in pairs:
            if "".join(rule) in word:
                tokens = _merge(tokens, rule)
        parts[word] = tokens
    return tuple(token for word in words for token in parts[word])


def _rules(rules: Iterable[Sequence[str]]) -> list[Rule]:
    """Return the rules as pairs of tokens, also those that a file brings back as lists."""
    wanted = "give pairs of tokens, such as ('t', 'h')"
    try:
        listed = list(rules)
    except TypeError:
        raise ValueError(f"rules are {rules!r}; {wanted}") from None
    for i, rule in enumerate(listed):
        pair = isinstance(rule, Sequence) and not isinstance(rule, str) and len(rule) == 2
        if not pair or not all(isinstance(token, str) for token in rule):
            raise ValueError(f"rules[{i}] is {rule!r}; {wanted}")
    return [(first, second) for first, second in listed]


def _words(text: str) -> list[str]:
    """Return the words of a text, each with the space after it; they join to the text."""
    check_text(text)
    if wrong := _OTHER.search(text):
        raise ValueError(
            f"text[{wrong.start()}] is {wrong[0]!r}; only the letters a to z and the space are in "
            "the alphabet (lib.alice.letters makes such a text)"
        )
    return _WORD.findall(text)


def _merge(tokens: list[str], rule: Rule) -> list[str]:
    """Return the tokens of a word with each occurrence of a pair made one, from the left."""
    merged: list[str] = []
    for token in tokens:
        # A token that has just been merged is not the first of the next pair: "aa", "a" stay two.
        if merged and (merged[-1], token) == rule:
            merged[-1] += token
        else:
            merged.append(token)
    return merged
