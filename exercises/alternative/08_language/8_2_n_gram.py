# Right answers to exercise 8.2 in another style. canary-alternative-08_language


# %% the chapter's Counter
from collections import Counter, defaultdict


def learn(text, order):
    if order < 0:
        raise ValueError("an order is 0 or more")
    seen = defaultdict(Counter)
    for t in range(len(text)):
        for start in range(max(0, t - order), t + 1):
            seen[text[start:t]][text[t]] += 1
    return seen


def predict(seen, past, token, K=27):
    q = 1 / K
    for start in reversed(range(len(past) + 1)):
        run = past[start:]
        if run in seen:
            counts = Counter(seen[run])
            q = (counts[token] + len(counts) * q) / (counts.total() + len(counts))
    return q


# %% by recursion, from the longest run to the shortest
def learn(text, order):
    if order < 0:
        raise ValueError("there are no runs of negative length")
    runs = {}
    for n in range(order + 1):
        for end in range(n, len(text)):
            followers = runs.setdefault(text[end - n : end], {})
            followers.setdefault(text[end], 0)
            followers[text[end]] += 1
    return runs


def predict(seen, past, token, K=27):
    shorter = predict(seen, past[1:], token, K) if len(past) else 1 / K
    followers = seen.get(past, {})
    if not followers:
        return shorter
    kinds = len(followers)
    return (followers.get(token, 0) + kinds * shorter) / (sum(followers.values()) + kinds)
