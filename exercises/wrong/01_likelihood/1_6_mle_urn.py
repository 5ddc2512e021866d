# Wrong answers to exercise 1.6. Each cell is named after its misconception.


# %% counts what is left
from math import comb


def mle_urn(n_total, k_black, k_white):
    k, w, n = k_black, k_white, n_total
    weights = [comb(B, k) * comb(n - B, w) for B in range(n + 1)]
    best = max(weights)
    return weights.index(best) - k, weights.count(best) == 2


# %% puts the balls back
def mle_urn(n_total, k_black, k_white):
    if k_black + k_white > n_total:
        raise ValueError("more balls drawn than there are")
    share = k_black / (k_black + k_white)
    return round(share * n_total), share * n_total % 1 == 0.5


# %% takes the larger of two
def mle_urn(n_total, k_black, k_white):
    black, rest = divmod(k_black * (n_total + 1), k_black + k_white)
    return black, rest == 0


# %% never reports a tie
from math import comb


def mle_urn(n_total, k_black, k_white):
    if k_black + k_white > n_total:
        raise ValueError("more balls drawn than there are")
    numbers = range(n_total + 1)
    best = max(numbers, key=lambda B: comb(B, k_black) * comb(n_total - B, k_white))
    return best, False


# %% reports a tie always
from math import comb


def mle_urn(n_total, k_black, k_white):
    weights = [comb(B, k_black) * comb(n_total - B, k_white) for B in range(n_total + 1)]
    best = max(weights)
    return weights.index(best), best in weights


# %% calls a close second a tie
from scipy.special import gammaln


def mle_urn(n_total, k_black, k_white):
    B = np.arange(k_black, n_total - k_white + 1)
    W = n_total - B
    log_likelihood = (
        gammaln(B + 1) - gammaln(B - k_black + 1) + gammaln(W + 1) - gammaln(W - k_white + 1)
    )
    close = np.isclose(log_likelihood, log_likelihood.max(), rtol=1e-4, atol=0)
    return int(B[np.argmax(log_likelihood)]), bool(close.sum() > 1)


# %% compares rounded numbers
def mle_urn(n_total, k_black, k_white):
    best, best_likelihood, tie = 0, -1.0, False
    for black in range(k_black, n_total - k_white + 1):
        likelihood, left = 1.0, n_total
        for i in range(k_black):
            likelihood *= (black - i) / left
            left -= 1
        for i in range(k_white):
            likelihood *= (n_total - black - i) / left
            left -= 1
        if likelihood > best_likelihood:
            best, best_likelihood, tie = black, likelihood, False
        elif likelihood == best_likelihood:
            tie = True
    return best, tie


# %% forgets the ends of the urn
def mle_urn(n_total, k_black, k_white):
    if k_black < 0 or k_white < 0 or not 0 < k_black + k_white <= n_total:
        raise ValueError("impossible draw")
    black, rest = divmod(k_black * (n_total + 1), k_black + k_white)
    return (black - 1, True) if rest == 0 else (black, False)


# %% answers an impossible draw
from math import comb


def mle_urn(n_total, k_black, k_white):
    if k_black + k_white == 0:
        raise ValueError("no draws")
    k, w = max(k_black, 0), max(k_white, 0)
    weights = [comb(B, k) * comb(n_total - B, w) for B in range(n_total + 1)]
    best = max(weights)
    return weights.index(best), weights.count(best) > 1


# %% estimates from nothing
from math import comb


def mle_urn(n_total, k_black, k_white):
    if k_black < 0 or k_white < 0 or k_black + k_white > n_total:
        raise ValueError("impossible draw")
    weights = [comb(B, k_black) * comb(n_total - B, k_white) for B in range(n_total + 1)]
    best = max(weights)
    return weights.index(best), weights.count(best) > 1
