# Wrong answers to exercise 1.3. Each cell is named after its misconception.


# %% takes the first root
def mle(k, n):
    theta = sp.Symbol("theta")
    slope = sp.diff(theta**k * (1 - theta) ** (n - k), theta)
    return sp.solve(slope, theta)[0]


# %% takes the odds
def mle(k, n):
    return sp.sympify(k) / (sp.sympify(n) - k)


# %% takes the posterior mean
def mle(k, n):
    theta = sp.Symbol("theta", positive=True)
    L = theta**k * (1 - theta) ** (n - k)
    return sp.integrate(theta * L, (theta, 0, 1)) / sp.integrate(L, (theta, 0, 1))


# %% swaps the colours
def mle(k, n):
    return 1 - sp.sympify(k) / n


# %% answers with a float
def mle(k, n):
    if n == 0 or not 0 <= k <= n:
        raise ValueError("no such counts")
    return sp.sympify(k / n)


# %% misses the ends
def mle(k, n):
    theta = sp.Symbol("theta", positive=True)
    slope = sp.diff(theta**k * (1 - theta) ** (n - k), theta)
    [inside] = [root for root in sp.solve(slope, theta) if root != 1]
    return inside


# %% answers for numbers only
def mle(k, n):
    if n == 0 or not 0 <= k <= n:
        raise ValueError("no such counts")
    return sp.Rational(k, n)


# %% estimates from nothing
def mle(k, n):
    k, n = sp.sympify(k), sp.sympify(n)
    if k.is_negative or (n - k).is_negative:
        raise ValueError("no such counts")
    return k / n


# %% accepts impossible counts
def mle(k, n):
    if n == 0:
        raise ValueError("no balls")
    return sp.sympify(k) / sp.sympify(n)
