# Right answers to exercise 7.3 in another style.


# %% digit by digit
def codeword(low, width, radix):
    high = low + width
    if not 0 <= low < high <= 1:
        raise ValueError("no piece of the strip")
    left, size = [(Fraction(0), "")], Fraction(1)
    while True:
        for start, word in left:
            if low <= start and start + size <= high:
                return word
        size /= radix
        # Only words that overlap the piece can lead to one that lies inside.
        left = [
            (start + k * size, f"{word}{k}")
            for start, word in left
            for k in range(radix)
            if start + k * size < high and start + (k + 1) * size > low
        ]
        if len(left) > 4 * radix:  # the first words are enough
            left = left[: 4 * radix]


# %% whole numbers
def codeword(low, width, radix):
    if width <= 0:
        raise ValueError("the piece is empty")
    if low < 0 or low + width > 1:
        raise ValueError("the piece reaches outside the strip")
    common = math.lcm(low.denominator, width.denominator)
    a, b = int(low * common), int((low + width) * common)
    power = 1
    while (-(-a * power // common) + 1) * common > b * power:
        power *= radix
    number, digits = -(-a * power // common), []
    while power > 1:
        power //= radix
        digits.append(str(number // power % radix))
    return "".join(digits)


# %% NumPy writes the digits
def codeword(low, width, radix):
    if low < 0 or width <= 0 or low > 1 - width:
        raise ValueError(f"{low} and {width} are no piece")
    L = 0
    while Fraction(1, radix**L) > width:
        L += 1
    if math.ceil(low * radix**L) + 1 > (low + width) * radix**L:
        L += 1  # a whole word fits into two thirds of ... at most one more
    while math.ceil(low * radix**L) + 1 > (low + width) * radix**L:
        L += 1
    number = math.ceil(low * radix**L)
    return np.base_repr(number, radix).rjust(L, "0") if L else ""
