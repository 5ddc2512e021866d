# Wrong answers to exercise 3.7. Each cell is named after its misconception.


# %% stumbles over ties
def huffman_lengths(p):
    import heapq

    if not all(x > 0 for x in p) or not abs(sum(p) - 1) <= 1e-9:
        raise ValueError("no distribution")
    heap = [(x, k) for k, x in enumerate(p)]
    heapq.heapify(heap)
    while len(heap) > 1:
        (a, left), (b, right) = heapq.heappop(heap), heapq.heappop(heap)
        heapq.heappush(heap, (a + b, (left, right)))
    lengths = [0] * len(p)

    def walk(tree, depth):
        if isinstance(tree, tuple):
            walk(tree[0], depth + 1)
            walk(tree[1], depth + 1)
        else:
            lengths[tree] = depth

    walk(heap[0][1], 0)
    return lengths


# %% demands a sum of exactly 1
def huffman_lengths(p):
    import heapq

    if not min(p, default=0) > 0 or math.fsum(p) != 1:
        raise ValueError("no distribution")
    lengths = [0] * len(p)
    heap = [(x, [k]) for k, x in enumerate(p)]
    heapq.heapify(heap)
    while len(heap) > 1:
        (a, left), (b, right) = heapq.heappop(heap), heapq.heappop(heap)
        for k in left + right:
            lengths[k] += 1
        heapq.heappush(heap, (a + b, left + right))
    return lengths


# %% joins the two most frequent
def huffman_lengths(p):
    import heapq

    if not all(x > 0 for x in p) or not abs(sum(p) - 1) <= 1e-9:
        raise ValueError("no distribution")
    lengths = [0] * len(p)
    heap = [(-x, [k]) for k, x in enumerate(p)]
    heapq.heapify(heap)
    while len(heap) > 1:
        (a, left), (b, right) = heapq.heappop(heap), heapq.heappop(heap)
        for k in left + right:
            lengths[k] += 1
        heapq.heappush(heap, (a + b, left + right))
    return lengths


# %% loses whose length is whose
def huffman_lengths(p):
    import heapq

    if not all(x > 0 for x in p) or not abs(sum(p) - 1) <= 1e-9:
        raise ValueError("no distribution")
    heap = [(x, [0]) for x in p]
    heapq.heapify(heap)
    while len(heap) > 1:
        (a, left), (b, right) = heapq.heappop(heap), heapq.heappop(heap)
        heapq.heappush(heap, (a + b, [depth + 1 for depth in left + right]))
    return sorted(heap[0][1])


# %% builds a chain
def huffman_lengths(p):
    if not all(x > 0 for x in p) or not abs(sum(p) - 1) <= 1e-9:
        raise ValueError("no distribution")
    lengths = [0] * len(p)
    order = sorted(range(len(p)), key=lambda k: p[k])
    for joined in range(2, len(p) + 1):  # always the next rarest joins the group
        for k in order[:joined]:
            lengths[k] += 1
    return lengths


# %% gives all the same length
def huffman_lengths(p):
    if not all(x > 0 for x in p) or not abs(sum(p) - 1) <= 1e-9:
        raise ValueError("no distribution")
    rank = sorted(range(len(p)), key=lambda k: -p[k])
    K = len(p)
    longest = math.ceil(math.log2(K))
    lengths = [longest] * K
    for k in rank[: 2**longest - K]:  # truncated binary: some are one shorter
        lengths[k] -= 1
    return lengths


# %% rounds every surprise up
def huffman_lengths(p):
    if not all(x > 0 for x in p) or not abs(sum(p) - 1) <= 1e-9:
        raise ValueError("no distribution")
    return [math.ceil(-math.log2(x)) for x in p]


# %% divides from the top
def huffman_lengths(p):
    if not all(x > 0 for x in p) or not abs(sum(p) - 1) <= 1e-9:
        raise ValueError("no distribution")
    lengths = [0] * len(p)

    def divide(classes):
        if len(classes) < 2:
            return
        gaps = [
            abs(sum(p[k] for k in classes[:i]) - sum(p[k] for k in classes[i:]))
            for i in range(1, len(classes))
        ]
        cut = 1 + gaps.index(min(gaps))
        for k in classes:
            lengths[k] += 1
        divide(classes[:cut])
        divide(classes[cut:])

    divide(sorted(range(len(p)), key=lambda k: -p[k]))
    return lengths


# %% asks about the only class
def huffman_lengths(p):
    import heapq

    if not all(x > 0 for x in p) or not abs(sum(p) - 1) <= 1e-9:
        raise ValueError("no distribution")
    if len(p) == 1:
        return [1]
    lengths = [0] * len(p)
    heap = [(x, [k]) for k, x in enumerate(p)]
    heapq.heapify(heap)
    while len(heap) > 1:
        (a, left), (b, right) = heapq.heappop(heap), heapq.heappop(heap)
        for k in left + right:
            lengths[k] += 1
        heapq.heappush(heap, (a + b, left + right))
    return lengths


# %% accepts probability 0
def huffman_lengths(p):
    import heapq

    if not all(x >= 0 for x in p) or not abs(sum(p) - 1) <= 1e-9:
        raise ValueError("no distribution")
    lengths = [0] * len(p)
    heap = [(x, [k]) for k, x in enumerate(p)]
    heapq.heapify(heap)
    while len(heap) > 1:
        (a, left), (b, right) = heapq.heappop(heap), heapq.heappop(heap)
        for k in left + right:
            lengths[k] += 1
        heapq.heappush(heap, (a + b, left + right))
    return lengths


# %% accepts what is no distribution
def huffman_lengths(p):
    import heapq

    if any(x == 0 or math.isnan(x) for x in p):
        raise ValueError("never comes")
    lengths = [0] * len(p)
    heap = [(x, [k]) for k, x in enumerate(p)]
    heapq.heapify(heap)
    while len(heap) > 1:
        (a, left), (b, right) = heapq.heappop(heap), heapq.heappop(heap)
        for k in left + right:
            lengths[k] += 1
        heapq.heappush(heap, (a + b, left + right))
    return lengths


# %% lets NaN through
def huffman_lengths(p):
    import heapq

    if any(x <= 0 for x in p) or abs(sum(p) - 1) > 1e-9:
        raise ValueError("no distribution")
    lengths = [0] * len(p)
    heap = [(x, [k]) for k, x in enumerate(p)]
    heapq.heapify(heap)
    while len(heap) > 1:
        (a, left), (b, right) = heapq.heappop(heap), heapq.heappop(heap)
        for k in left + right:
            lengths[k] += 1
        heapq.heappush(heap, (a + b, left + right))
    return lengths


# %% misses the best code
def huffman_lengths(p):
    import heapq

    if not all(x > 0 for x in p) or not abs(sum(p) - 1) <= 1e-9:
        raise ValueError("no distribution")
    lengths = [0] * len(p)
    heap = [(round(100 * x), [k]) for k, x in enumerate(p)]  # percents are easier to read
    heapq.heapify(heap)
    while len(heap) > 1:
        (a, left), (b, right) = heapq.heappop(heap), heapq.heappop(heap)
        for k in left + right:
            lengths[k] += 1
        heapq.heappush(heap, (a + b, left + right))
    return lengths
