# Right answers to exercise 1.3 in another style.


# %% sympy finds the candidates, the heights decide
def mle(k, n):
    theta = sp.Symbol("theta", positive=True)
    slope = sp.diff(k * sp.log(theta) + (n - k) * sp.log(1 - theta), theta)
    if n == 0 or (k < 0) == True:  # noqa: E712 (of a symbol it may be neither)
        raise ValueError(f"{k} black of {n}?")
    if isinstance(k, sp.Symbol) or isinstance(n, sp.Symbol):
        [root] = sp.solve(slope, theta)
        return root
    if n < 1 or k > n:
        raise ValueError(f"{k} black of {n}?")
    L = theta**k * (1 - theta) ** (n - k)
    candidates = {sp.Integer(0), sp.Integer(1), *sp.solve(slope, theta)}
    return max(candidates, key=lambda place: L.subs(theta, place))


# %% Rational for numbers, a quotient for symbols
def mle(k, n):
    try:
        numbers = int(k), int(n)
    except TypeError:
        if n == 0 or sp.sympify(k).is_negative:
            raise ValueError("these numbers count no balls") from None
        return k / n
    if numbers[1] <= 0 or not 0 <= numbers[0] <= numbers[1]:
        raise ValueError("k must lie in 0..n, and n must not be 0")
    return sp.Rational(*numbers)


# %% cases, one by one
def mle(k, n):
    if n == 0:
        raise ValueError("no balls")
    if k == n:
        return sp.S.One
    if k == 0:
        return sp.S.Zero
    if isinstance(k, int) and (k < 0 or (isinstance(n, int) and k > n)):
        raise ValueError("impossible counts")
    t = sp.Symbol("t")
    return sp.solve(sp.Eq(k * (1 - t), (n - k) * t), t)[0]
