# Right answers to exercise 7.1 in another style. canary-alternative-07_coding


# %% one bit after the other
def pieces(words):
    if len(set(words)) != len(words):
        raise ValueError("a word occurs twice")
    found = []
    for word in words:
        low, width = Fraction(0), Fraction(1)
        for bit in word:
            if bit not in ("0", "1"):
                raise ValueError(f"{bit!r} is no bit")
            width /= 2
            low += width * (bit == "1")
        if any(other != word and other.startswith(word) for other in words):
            raise ValueError(f"{word} begins another word")
        found.append((low, width))
    return found


# %% pieces that may not overlap
def pieces(words):
    import re

    found = []
    for word in words:
        if re.fullmatch("[01]*", word, re.A) is None or "\n" in word:
            raise ValueError("only 0 and 1, please")
        size = 1 << len(word)
        found.append([Fraction(int(word, 2) if word else 0, size), Fraction(1, size)])
    end = Fraction(0)
    for low, width in sorted(found):
        if low < end:
            raise ValueError("two pieces overlap: one word begins the other")
        end = low + width
    return found


# %% a tree
def pieces(words):
    tree = {}
    for word in words:
        if word.strip("01"):
            raise ValueError("other characters than 0 and 1")
        node = tree
        for bit in word:
            if "end" in node:
                raise ValueError("a shorter word begins this one")
            node = node.setdefault(bit, {})
        if node:
            raise ValueError("this word begins another, or is there twice")
        node["end"] = True
    return tuple(
        (
            sum((Fraction(int(b), 2 << n) for n, b in enumerate(word)), Fraction(0)),
            Fraction(1, 2 ** len(word)),
        )
        for word in words
    )
