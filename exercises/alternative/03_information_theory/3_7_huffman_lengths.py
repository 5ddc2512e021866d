# Right answers to exercise 3.7 in another style.


# %% sorts again after every join
def huffman_lengths(p):
    if len(p) == 0 or not min(p) > 0 or abs(sum(p) - 1) > 1e-9 or sum(p) != sum(p):
        raise ValueError("p must be positive and sum to 1")
    code = {k: 0 for k in range(len(p))}
    nodes = [[p[k], {k}] for k in code]
    while len(nodes) > 1:
        nodes = sorted(nodes, key=lambda node: node[0])
        first = nodes.pop(0)
        second = nodes.pop(0)
        both = first[1] | second[1]
        for k in both:
            code[k] = code[k] + 1
        nodes.append([first[0] + second[0], both])
    return list(code.values())


# %% a tree of parents, the latest first at ties
def huffman_lengths(p):
    from heapq import heapify, heappop, heappush

    p = np.asarray(p, dtype=float)
    if not (np.all(p > 0) and np.isclose(p.sum(), 1, rtol=0, atol=1e-9)):
        raise ValueError("not a distribution of positive shares")
    K = len(p)
    parent = {}
    heap = [(share, -k) for k, share in enumerate(p)]
    heapify(heap)
    node = K
    while len(heap) > 1:
        (a, left), (b, right) = heappop(heap), heappop(heap)
        parent[left] = parent[right] = -node
        heappush(heap, (a + b, -node))
        node += 1
    lengths = np.zeros(K, dtype=int)
    for k in range(K):
        at = -k
        while at in parent:
            at = parent[at]
            lengths[k] += 1
    return lengths


# %% by recursion: the code of a smaller alphabet, one codeword split
def huffman_lengths(p):
    p = list(p)
    if any(not x > 0 for x in p) or not abs(sum(p) - 1) <= 1e-9:
        raise ValueError("leave out zeros and check the sum")

    def code(shares):
        if len(shares) == 1:
            return [0]
        i, j = sorted(range(len(shares)), key=shares.__getitem__)[:2]
        rest = [k for k in range(len(shares)) if k not in (i, j)]
        *others, joined = code([shares[k] for k in rest] + [shares[i] + shares[j]])
        lengths = dict(zip(rest, others))
        lengths[i] = lengths[j] = joined + 1
        return [lengths[k] for k in range(len(shares))]

    return code(p)
