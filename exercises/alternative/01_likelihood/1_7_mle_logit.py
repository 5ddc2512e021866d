# Right answers to exercise 1.7 in another style.


# %% sympy
def mle_logit(k, n):
    if n < 1 or k < 0 or k > n:
        raise ValueError("impossible counts")
    if k in (0, n):
        return sp.oo if k else -sp.oo
    phi = sp.Symbol("phi", real=True)
    ell = k * phi - n * sp.log(1 + sp.exp(phi))
    [best] = sp.solve(sp.diff(ell, phi), phi)
    return best


def area_under_likelihood_in_phi(k, n):
    if n < 1 or k < 0 or k > n:
        raise ValueError("impossible counts")
    if k in (0, n):
        return sp.oo
    theta = sp.Symbol("theta", positive=True)
    return sp.integrate(sp.expand(theta ** (k - 1) * (1 - theta) ** (n - k - 1)), (theta, 0, 1))


# %% SciPy's special functions
from scipy.special import betaln, logit


def mle_logit(k, n):
    if not (n > 0 and 0 <= k <= n):
        raise ValueError("impossible counts")
    return logit(k / n)


def area_under_likelihood_in_phi(k, n):
    if not (n > 0 and 0 <= k <= n):
        raise ValueError("impossible counts")
    return np.inf if k == 0 or k == n else np.exp(betaln(k, n - k))


# %% quadrature with the right tolerance
from scipy.integrate import quad
from scipy.special import expit


def mle_logit(k, n):
    if not (n > 0 and 0 <= k <= n):
        raise ValueError("impossible counts")
    with np.errstate(divide="ignore"):
        return np.log(np.float64(k) / np.float64(n - k))


def area_under_likelihood_in_phi(k, n):
    if not (n > 0 and 0 <= k <= n):
        raise ValueError("impossible counts")
    if k in (0, n):
        return np.inf

    def likelihood(phi):
        return expit(phi) ** k * expit(-phi) ** (n - k)

    low, high = -80 / k, 80 / (n - k)
    return quad(likelihood, low, high, epsabs=0, epsrel=1e-11, points=[mle_logit(k, n)])[0]


# %% a fine grid, wide enough
def mle_logit(k, n):
    if n == 0 or k < 0 or k > n:
        raise ValueError("impossible counts")
    if k == 0:
        return -np.inf
    if k == n:
        return np.inf
    return np.log(k) - np.log(n - k)


def area_under_likelihood_in_phi(k, n):
    if n == 0 or k < 0 or k > n:
        raise ValueError("impossible counts")
    if k in (0, n):
        return np.inf
    phi = np.linspace(-40, 40, 4001)
    theta = 1 / (1 + np.exp(-phi))
    return np.sum(theta**k * (1 - theta) ** (n - k)) * (phi[1] - phi[0])


# %% trading one factor for the next
def mle_logit(k, n):
    if n < 1 or not 0 <= k <= n:
        raise ValueError("impossible counts")
    if k == 0 or k == n:
        return float("inf") if k else float("-inf")
    return 2 * float(np.arctanh(2 * k / n - 1))


def area_under_likelihood_in_phi(k, n):
    if n < 1 or not 0 <= k <= n:
        raise ValueError("impossible counts")
    if k == 0 or k == n:
        return float("inf")
    area = Fraction(1, n - k)  # one black ball: the integral of (1 - theta)^(n - k - 1)
    for black in range(1, k):
        area *= Fraction(black, n - k + black)
    return float(area)
