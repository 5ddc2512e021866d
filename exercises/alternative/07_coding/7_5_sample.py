# Right answers to exercise 7.5 in another style.


# %% several bits at once
def sample(bits, first, after, n):
    from bisect import bisect_right

    if bits.replace("0", "").replace("1", ""):
        raise ValueError("bits hold something else")
    width, offset, place, message = 1 << 63, 0, 0, []
    grow = 63
    table = first
    while True:
        fresh = bits[place : place + grow]
        offset = (offset << grow) + (int("0" + fresh, 2) << (grow - len(fresh)))
        place += grow
        if len(message) == n:
            return message
        unit = width >> 16
        k = bisect_right(table, offset // unit) - 1
        if k >= len(table) - 1:
            raise ValueError("no message begins like this")
        offset -= unit * table[k]
        width = unit * (table[k + 1] - table[k])
        grow = 64 - width.bit_length()
        width <<= grow
        table = after[k]
        message.append(k)


# %% all the bits as one number
def sample(bits, first, after, n):
    if any(bit not in "01" for bit in bits):
        raise ValueError("0 and 1 only")
    # Where the message begins, and the point, both as multiples of 2**-places.
    point, places = int("0" + bits, 2), len(bits)
    if places < 63:
        point, places = point << (63 - places), 63
    more = places - 63
    low, width, table, found = 0, 2**63, first, np.zeros(n, dtype=np.int64)
    for i in range(n):
        unit = width // 2**16
        number = ((point >> more) - low) // unit
        for k, (a, b) in enumerate(zip(table, table[1:], strict=False)):
            if a <= number < b:
                break
        else:
            raise ValueError("beyond the last unit")
        low, width = low + unit * a, unit * (b - a)
        while width < 2**63:
            low, width = 2 * low, 2 * width
            if more:
                more -= 1
            else:
                point *= 2
        table = after[k]
        found[i] = k
    return found


# %% an iterator of bits
def sample(bits, first, after, n):
    from itertools import chain, repeat

    if not all(map({"0", "1"}.__contains__, bits)):
        raise ValueError("not made of 0 and 1")
    flow = chain(map(int, bits), repeat(0))
    offset = 0
    for _ in range(63):
        offset = 2 * offset + next(flow)
    width, symbols = 2**63, []
    for _ in range(n):
        table = after[symbols[-1]] if symbols else first
        unit, left = width // 65536, 0
        number = offset // unit
        if number > 65535:
            raise ValueError("no symbol owns this")
        symbol = sum(fence <= number for fence in table) - 1
        left = table[symbol]
        offset, width = offset - unit * left, unit * (table[symbol + 1] - left)
        while width.bit_length() < 64:
            offset, width = 2 * offset + next(flow), 2 * width
        symbols.append(symbol)
    return symbols
