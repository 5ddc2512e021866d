# Right answers to exercise 1.6 in another style.


# %% every urn, with binomials
from math import comb


def mle_urn(n_total, k_black, k_white):
    if k_black < 0 or k_white < 0 or not 0 < k_black + k_white <= n_total:
        raise ValueError("impossible draw, or none")
    weights = [comb(B, k_black) * comb(n_total - B, k_white) for B in range(n_total + 1)]
    best = max(weights)
    return weights.index(best), weights.count(best) > 1


# %% every urn, factor by factor
def mle_urn(n_total, k_black, k_white):
    if k_black + k_white > n_total or k_black + k_white == 0 or k_black < 0 or k_white < 0:
        raise ValueError("these balls cannot have been drawn")
    best, best_likelihood, tie = None, 0, False
    for black in range(n_total + 1):
        likelihood = 1
        for i in range(k_black):
            likelihood *= max(black - i, 0)
        for i in range(k_white):
            likelihood *= max(n_total - black - i, 0)
        if likelihood > best_likelihood:
            best, best_likelihood, tie = black, likelihood, False
        elif likelihood == best_likelihood:
            tie = True
    return best, tie


# %% climbing by the ratio of neighbours
def mle_urn(n_total, k_black, k_white):
    if min(k_black, k_white) < 0 or not 1 <= k_black + k_white <= n_total:
        raise ValueError("impossible draw, or none")
    black = k_black
    while black < n_total - k_white:
        # L(black + 1) / L(black), as an exact fraction
        up = Fraction(black + 1, black + 1 - k_black)
        up *= Fraction(n_total - black - k_white, n_total - black)
        if up <= 1:
            return black, np.bool_(up == 1)
        black += 1
    return black, np.bool_(False)
