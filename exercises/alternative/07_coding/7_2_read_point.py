# Right answers to exercise 7.2 in another style.


# %% keeps the piece instead of moving the point
def read_point(point, pmf, n):
    if point < 0 or point >= 1:
        raise ValueError("not on the strip")
    low, width, message = Fraction(0), Fraction(1), []
    while len(message) < n:
        end = low
        for s, q in enumerate(pmf):
            end += width * q
            if point < end:
                break
        low, width = end - width * pmf[s], width * pmf[s]
        message.append(s)
    return message


# %% whole numbers over one denominator
def read_point(point, pmf, n):
    if not 0 <= point < 1:
        raise ValueError("a point of the strip, please")
    total = math.lcm(*(Fraction(q).denominator for q in pmf))
    units = [int(q * total) for q in pmf]
    fences = [sum(units[:k]) for k in range(len(units) + 1)]
    a, b = Fraction(point).as_integer_ratio()
    message = []
    for _ in range(n):
        # a / b lies in unit number a * total // b
        unit = a * total // b
        s = next(k for k in range(len(units)) if fences[k] <= unit < fences[k + 1])
        a, b = a * total - b * fences[s], b * units[s]
        message.append(s)
    return np.array(message, dtype=int)


# %% by halves
def read_point(point, pmf, n):
    if point < 0 or 1 <= point:
        raise ValueError(f"{point} is not in [0, 1)")
    if n == 0:
        return []
    first, last, start, size = 0, len(pmf), Fraction(0), Fraction(1)
    while last - first > 1:
        middle = (first + last) // 2
        left = sum(pmf[first:middle])
        if point < start + left:
            last, size = middle, left
        else:
            first, start, size = middle, start + left, size - left
    return [first, *read_point((point - start) / size, pmf, n - 1)]
