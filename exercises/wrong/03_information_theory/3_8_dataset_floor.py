# Wrong answers to exercise 3.8. Each cell is named after its misconception.


# %% takes the floor to be 0
def dataset_floor(x_ids, labels):
    if len(x_ids) != len(labels) or len(labels) == 0:
        raise ValueError("need as many labels as images, at least one")
    return 0.0  # every label is one-hot, and its entropy is 0


# %% measures in bits
def dataset_floor(x_ids, labels):
    from collections import Counter

    if len(x_ids) != len(labels) or len(labels) == 0:
        raise ValueError("need as many labels as images, at least one")
    seen, pairs = Counter(x_ids), Counter(zip(x_ids, labels))
    return sum(n * math.log2(seen[x] / n) for (x, _), n in pairs.items()) / len(labels)


# %% ignores the images
def dataset_floor(x_ids, labels):
    from collections import Counter

    if len(x_ids) != len(labels) or len(labels) == 0:
        raise ValueError("need as many labels as images, at least one")
    N = len(labels)
    return sum(n / N * math.log(N / n) for n in Counter(labels).values())


# %% predicts the image as well
def dataset_floor(x_ids, labels):
    from collections import Counter

    if len(x_ids) != len(labels) or len(labels) == 0:
        raise ValueError("need as many labels as images, at least one")
    N = len(labels)
    return sum(n / N * math.log(N / n) for n in Counter(zip(x_ids, labels)).values())


# %% conditions the wrong way
def dataset_floor(x_ids, labels):
    from collections import Counter

    if len(x_ids) != len(labels) or len(labels) == 0:
        raise ValueError("need as many labels as images, at least one")
    seen, pairs = Counter(labels), Counter(zip(x_ids, labels))
    return sum(n * math.log(seen[y] / n) for (_, y), n in pairs.items()) / len(labels)


# %% sums over the examples
def dataset_floor(x_ids, labels):
    from collections import Counter

    if len(x_ids) != len(labels) or len(labels) == 0:
        raise ValueError("need as many labels as images, at least one")
    seen, pairs = Counter(x_ids), Counter(zip(x_ids, labels))
    return sum(n * math.log(seen[x] / n) for (x, _), n in pairs.items())


# %% averages over the images
def dataset_floor(x_ids, labels):
    from collections import Counter

    if len(x_ids) != len(labels) or len(labels) == 0:
        raise ValueError("need as many labels as images, at least one")
    floors = []
    for image in set(x_ids):
        mine = [y for x, y in zip(x_ids, labels) if x == image]
        shares = [n / len(mine) for n in Counter(mine).values()]
        floors.append(sum(share * math.log(1 / share) for share in shares))
    return sum(floors) / len(floors)


# %% counts mistakes
def dataset_floor(x_ids, labels):
    from collections import Counter

    if len(x_ids) != len(labels) or len(labels) == 0:
        raise ValueError("need as many labels as images, at least one")
    right = 0
    for image in set(x_ids):
        mine = Counter(y for x, y in zip(x_ids, labels) if x == image)
        right += max(mine.values())
    return 1 - right / len(labels)


# %% expects equal images side by side
def dataset_floor(x_ids, labels):
    from collections import Counter
    from itertools import groupby

    if len(x_ids) != len(labels) or len(labels) == 0:
        raise ValueError("need as many labels as images, at least one")
    total = 0.0
    for _, examples in groupby(zip(x_ids, labels), key=lambda example: example[0]):
        mine = Counter(y for _, y in examples)
        N = sum(mine.values())
        total += sum(n * math.log(N / n) for n in mine.values())
    return total / len(labels)


# %% shies away from certainty
def dataset_floor(x_ids, labels):
    from collections import Counter

    if len(x_ids) != len(labels) or len(labels) == 0:
        raise ValueError("need as many labels as images, at least one")
    seen, pairs = Counter(x_ids), Counter(zip(x_ids, labels))
    K = len(set(labels))  # Laplace's rule, so that no q is 0
    nll = sum(n * math.log((seen[x] + K) / (n + 1)) for (x, _), n in pairs.items())
    return nll / len(labels)


# %% glues names together
def dataset_floor(x_ids, labels):
    from collections import Counter

    if len(x_ids) != len(labels) or len(labels) == 0:
        raise ValueError("need as many labels as images, at least one")
    N = len(labels)
    both = Counter(str(x) + str(y) for x, y in zip(x_ids, labels))
    joint = sum(n / N * math.log(N / n) for n in both.values())
    return joint - sum(n / N * math.log(N / n) for n in Counter(x_ids).values())


# %% lets zip cut the longer list
def dataset_floor(x_ids, labels):
    from collections import Counter

    pairs = Counter(zip(x_ids, labels))
    if not pairs:
        raise ValueError("no examples")
    seen = Counter()
    for (x, _), n in pairs.items():
        seen[x] += n
    N = sum(seen.values())
    return sum(n * math.log(seen[x] / n) for (x, _), n in pairs.items()) / N


# %% answers for no data
def dataset_floor(x_ids, labels):
    from collections import Counter

    if len(x_ids) != len(labels):
        raise ValueError("need as many labels as images")
    seen, pairs = Counter(x_ids), Counter(zip(x_ids, labels))
    nll = sum(n * math.log(seen[x] / n) for (x, _), n in pairs.items())
    return nll / max(len(labels), 1)


# %% misses the floor
def dataset_floor(x_ids, labels):
    from collections import Counter

    if len(x_ids) != len(labels) or len(labels) == 0:
        raise ValueError("need as many labels as images, at least one")
    total = 0.0  # the share of the commonest label, the rest spread over the others
    for image in set(x_ids):
        mine = Counter(y for x, y in zip(x_ids, labels) if x == image)
        top, N = max(mine.values()), sum(mine.values())
        total += top * math.log(N / top)
        if top < N:
            total += (N - top) * math.log((len(mine) - 1) * N / (N - top))
    return total / len(labels)
