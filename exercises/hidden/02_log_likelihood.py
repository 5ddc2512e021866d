"""Hidden checks of the exercises of chapter 2. Marked: canary-hidden-log_likelihood."""

from __future__ import annotations

from math import comb, inf, nan

import numpy as np
import sympy as sp
from check import agree

from hidden import exercise, raises, reason


def _balls(rng, black, white):
    return "".join(rng.permutation(list("b" * black + "w" * white)))


@exercise(
    "2.1",
    example=lambda f: f("wbwbb", 0.6),
    forbidden=("lib.bernoulli.log_likelihood",),
)
def log_likelihood(f, rng):
    theta = float(rng.uniform(0.1, 0.4))
    black, white = (int(n) for n in rng.integers(3, 9, size=2))
    seq = _balls(rng, black, white)
    wanted = black * np.log(theta) + white * np.log(1 - theta)
    with reason(
        "turns the sign",
        "A log-likelihood of probabilities is at most 0. The minus belongs to the NLL.",
        "2.3",
    ):
        assert f("wb", theta) < 0
    with reason("divides by the number of balls", "ℓ is the sum; the mean is for J = −ℓ/N.", "2.3"):
        assert not agree(f("bb", theta), f("b", theta))
    with reason("takes another base", "log is the natural logarithm; the unit is the nat.", "2.3"):
        assert not any(agree(f("b", 0.5), log(0.5), 1e-6) for log in (np.log2, np.log10))
    with reason("swaps the colours", "θ belongs to black, 1 − θ to white.", "2.2"):
        assert not agree(f("b", theta), np.log(1 - theta))
    with reason(
        "counts every order", "One sequence has one order; log C(N, k) has no place here.", "2.2"
    ):
        assert not agree(f(seq, theta), wanted + np.log(comb(black + white, black)), 1e-9)
    with reason(
        "finds another sum",
        "This fails for a few balls. One cause may be a rounded result, another a ball that is "
        "left out: each adds the logarithm of its own probability.",
        "2.2",
    ):
        assert agree(f("b", theta), np.log(theta))
        assert agree(f("ww", theta), 2 * np.log(1 - theta))
        assert agree(f(seq, theta), wanted)
    with reason(
        "takes the log of the product",
        "The product underflows to 0, and log 0 is −∞. Add the logarithms instead.",
        "2.1",
    ):
        many = 10**6 // (black + white)
        assert agree(f(seq * many, theta), many * wanted, 1e-9)
    with reason(
        "lets 0 times log 0 become NaN",
        "A colour that never came adds nothing, whatever its probability.",
        "2.8",
    ):
        assert f("w" * white, 0) == 0
        assert f("b" * black, 1.0) == 0
    with reason("stumbles over no balls", "A sum of no terms is 0.", "2.2"):
        assert f("", theta) == 0
    with reason(
        "fails where the balls are impossible",
        "An impossible ball makes ℓ = −∞. That is an answer; it needs no error or warning.",
        "2.8",
    ):
        f(seq, 0), f(seq, 1.0)
    with reason(
        "puts a tiny number in the place of 0",
        "The price would then be set by a number that nobody measured. Return −∞.",
        "2.8",
    ):
        assert f(seq, 0.0) == -inf
        assert f(seq, 1) == -inf
    with reason("accepts any theta", "θ outside [0, 1] must be refused.", "2.2"):
        assert all(raises(lambda bad=bad: f("wb", bad)) for bad in (-0.1, 1.5))
        assert raises(lambda: f("b", 1.5))
    with reason("lets NaN through", "NaN < 0 and NaN > 1 are both false.", "2.2"):
        assert all(raises(lambda balls=balls: f(balls, nan)) for balls in ("wb", "b"))
    with reason(
        "asks about theta only when a ball comes",
        "θ must be a probability even if no ball was drawn.",
        "2.2",
    ):
        assert all(raises(lambda bad=bad: f("", bad)) for bad in (-0.1, 2, nan))
    with reason("accepts any letter", "A ball is w or b; refuse everything else.", "2.2"):
        assert raises(lambda: f(seq + "x", theta))
        assert raises(lambda: f(seq.upper(), theta))
    with reason(
        "reads no letters where the answer is infinite",
        "A letter that is not a ball is refused at θ = 0 and 1 as well: look at all letters first.",
        "2.2",
    ):
        assert all(raises(lambda end=end: f(seq + "x", end)) for end in (0, 1, 0.0, 1.0))


@exercise("2.2", example=lambda f: f([0.4, 0.6, 0.4, 0.6, 0.6] * 300, "float64"))
def first_zero(f, rng):
    with reason("counts from 0", "The first factor is number 1.", "2.1"):
        assert f([0.5, 0.0, 0.5], "float64") == 2
        assert f([0.0], "float32") == 1
    with reason(
        "takes nearly 0 for 0", "Small is not dead: ask whether the product is exactly 0.", "2.1"
    ):
        assert f([1e-10, 1e-10, 0.5, 0.0], "float64") == 4
    with reason(
        "takes the smallest normal number for the smallest",
        "Below finfo.tiny there are still the subnormal numbers; they are not 0.",
        "A.1",
    ):
        assert f([1e-200, 1e-120, 0.5, 0.0], np.float64) == 4
    with reason(
        "multiplies in float64",
        "This fails for halves, which every type holds. One cause may be a product that is kept in "
        "a wider type and only compared in this one.",
        "A.1",
    ):
        assert f([0.5] * 1200, "float16") == 25
        assert f(np.full(1200, 0.5), np.float32) == 150
    with reason(
        "rounds only at the end",
        "The product is rounded to the type after every multiplication, and the next factor "
        "meets the rounded one.",
        "A.1",
    ):
        # A factor above 1/2 rounds the smallest number back to itself.
        factor = float(rng.uniform(0.55, 0.7))
        assert f([factor] * 60 + [0.0], "float16") == 61
        assert f([factor] * 400 + [0.0], "float32") == 401
    with reason(
        "gives a number although the product lives",
        "np.argmax answers 0 when nothing is True. Return None if the product never dies.",
        "2.1",
    ):
        assert f([0.5] * 10, "float16") is None
        assert f([1.0], np.float64) is None
    with reason("stumbles over an empty list", "Of no factors the product is 1.", "2.1"):
        assert f([], "float32") is None
    with reason(
        "rounds the products only",
        "Each factor is rounded to the type first, before it meets the product.",
        "A.1",
    ):
        # Rounded, the factor is 1/2: half the smallest number is a tie, and becomes 0.
        for dtype, smallest, above in (("float16", 2.0**-24, 1e-4), ("float32", 2.0**-149, 1e-8)):
            factor = 0.5 + above * float(rng.uniform(0.5, 1.0))
            assert f([smallest, factor, 0.0], dtype) == 2
    with reason("answers with a float", "Factors are counted: the number is an integer.", "2.1"):
        assert isinstance(f([0.5, 0.0], "float64"), int | np.integer)
    with reason("finds another ball", "Multiply one by one in the type, until exactly 0.", "2.1"):
        for dtype, many in (("float16", 60), ("float32", 300), ("float64", 2000)):
            factors = rng.uniform(0.05, 0.95, size=many)
            product = np.cumprod(factors.astype(dtype), dtype=dtype)
            assert f(list(factors), dtype) == np.flatnonzero(product == 0)[0] + 1
    with reason(
        "accepts what is not a probability",
        "A factor outside [0, 1] must be refused.",
        "2.1",
    ):
        assert all(raises(lambda bad=bad: f([0.5, bad], "float64")) for bad in (1.5, -0.1, inf))
    with reason("lets NaN through", "NaN < 0 and NaN > 1 are both false.", "2.1"):
        assert raises(lambda: f([0.5, nan], "float64"))
    with reason(
        "accepts a factor that is a little outside",
        "A hair outside [0, 1] is outside. One cause may be a check of the rounded factors, which "
        "are 1 or 0: check each as it comes. Another may be a tolerance.",
        "A.1",
    ):
        for bad in (1 + 1e-9, -1e-12):
            assert raises(lambda bad=bad: f([0.5, bad], "float16"))
    with reason(
        "checks only as far as the product lives",
        "Every factor must be a probability, those after the death of the product too.",
        "2.1",
    ):
        assert all(raises(lambda bad=bad: f([0.0, bad], "float64")) for bad in (1.5, -0.1, nan))


@exercise("2.3", example=lambda f: f("wbwbb", 0.5))
def score(f, rng):
    theta = float(rng.uniform(0.1, 0.4))
    black, white = (int(n) for n in rng.integers(3, 9, size=2))
    seq = _balls(rng, black, white)
    scale = black / theta + white / (1 - theta)
    with reason(
        "turns the sign", "This is the slope of ℓ, not of the NLL: black pulls to the right.", "2.4"
    ):
        assert not f("bw", theta) < 0
    with reason("swaps the colours", "1/θ is the pull of a black ball.", "2.4"):
        assert f("b", theta) > 0
    with reason(
        "forgets the inner derivative",
        "The derivative of log(1 − θ) is −1/(1 − θ): white pulls to the left.",
        "2.4",
    ):
        assert f("w", theta) < 0
    with reason(
        "differentiates the likelihood",
        "Wanted is the slope of ℓ = log L, which is L′/L.",
        "2.2",
    ):
        assert not agree(f("b", theta), 1.0, 1e-3)
    with reason(
        "divides by the number of balls",
        "The pulls add up; only the mean NLL is divided by N.",
        "2.4",
    ):
        assert agree(f(seq * 3, theta), 3 * f(seq, theta), 1e-6 * scale)
    with reason(
        "finds another slope",
        "This fails for a few balls, and by much. One cause may be the base of the logarithm, "
        "another the pull of white balls: 1/(1 − θ).",
        "2.4",
    ):
        assert abs(f("b", theta) * theta - 1) < 0.01
        assert abs(f("w", theta) * (1 - theta) + 1) < 0.01
        assert abs(f(seq, theta) - black / theta + white / (1 - theta)) < 0.01 * scale
    with reason(
        "takes a difference quotient",
        "Two values of ℓ give its slope only roughly. Each black ball pulls with exactly 1/θ, "
        "each white one with −1/(1 − θ).",
        "2.4",
    ):
        for dial in (theta, 1e-9, 1 - theta):
            assert abs(f("b" * black, dial) * dial / black - 1) < 1e-12
        assert abs(f(seq, theta) - black / theta + white / (1 - theta)) < 1e-12 * scale
        h = 1e-5  # central differences; the error is of order h²/θ²
        up, down = (black * np.log(t) + white * np.log(1 - t) for t in (theta + h, theta - h))
        assert abs(f(seq, theta) - (up - down) / (2 * h)) < 1e-6 * scale
        share = black / (black + white)
        assert abs(f(seq, share)) < 1e-12 * (black + white) / (share * (1 - share))
    with reason(
        "fails at the ends",
        "θ = 0 and θ = 1 are dial settings too. The slope has a limit there.",
        "2.4",
    ):
        f(seq, 0), f(seq, 1), f(seq, 0.0), f(seq, 1.0)
    with reason(
        "keeps away from the ends",
        "A ball that the dial calls impossible pulls without limit: the slope is infinite.",
        "2.4",
    ):
        assert f(seq, 0) == inf
        assert f(seq, 1.0) == -inf
        assert f("b", 0.0) == inf
        assert f("w", 1) == -inf
    with reason(
        "lets a colour pull that never came",
        "Without black balls nothing tends to infinity at θ = 0, and without white ones "
        "nothing does at θ = 1.",
        "2.4",
    ):
        assert agree(f("w" * white, 0), -white)
        assert agree(f("b" * black, 1.0), black)
    with reason("stumbles over no balls", "Where nothing pulls, the slope is 0.", "2.4"):
        assert f("", 0) == f("", theta) == f("", 1) == 0
    with reason("accepts any theta", "θ outside [0, 1] must be refused.", "2.4"):
        assert all(raises(lambda bad=bad: f("wb", bad)) for bad in (-0.1, 1.5))
    with reason("lets NaN through", "NaN < 0 and NaN > 1 are both false.", "2.4"):
        assert raises(lambda: f("wb", nan))
    with reason(
        "asks about theta only when a ball comes",
        "θ must be a probability even if no ball was drawn.",
        "2.4",
    ):
        assert all(raises(lambda bad=bad: f("", bad)) for bad in (-0.1, 2, nan))
    with reason("accepts any letter", "A ball is w or b; refuse everything else.", "2.4"):
        assert raises(lambda: f(seq + "x", theta))
        assert raises(lambda: f(seq.upper(), theta))
    with reason(
        "reads no letters where the answer is infinite",
        "A letter that is not a ball is refused at θ = 0 and 1 as well: look at all letters first.",
        "2.4",
    ):
        assert all(raises(lambda end=end: f(seq + "x", end)) for end in (0, 1, 0.0, 1.0))


@exercise("2.4", example=lambda f: f("wbwbb", 0.1, 2))
def fit_gd(f, rng):
    theta = float(rng.uniform(0.45, 0.55))
    black, white = (int(n) for n in rng.integers(3, 9, size=2))
    seq = _balls(rng, black, white)

    def slope(k, n, dial):
        return ((n - k) / (1 - dial) - k / dial) / n

    with reason("counts the dials differently", "The start and one for each step.", "2.4"):
        assert len(f("wbb", 0.01, 4, start=theta)) == 5
        assert len(f("wbb", 0.01, 0, start=theta)) == 1
    with reason("forgets the start", "The list begins with the start, as it was given.", "2.4"):
        assert agree(f("wbb", 0.01, 0, start=theta), [theta])
    with reason(
        "walks uphill",
        "A loss goes down: subtract lr times the slope of J. Black balls pull to the right.",
        "2.4",
    ):
        assert f("bbw", 0.01, 1, start=0.5)[1] > 0.5
        assert f("wwb", 0.01, 1, start=0.5)[1] < 0.5
    with reason(
        "takes the sum for the mean",
        "J is a mean: copying the data must change no step.",
        "2.3",
    ):
        assert agree(f(seq * 3, 0.01, 3, start=theta), f(seq, 0.01, 3, start=theta))
    with reason("steps by something else", "Each step is lr times the slope of J.", "2.4"):
        path = [theta]
        for _ in range(4):
            path.append(path[-1] - 0.01 * slope(black, black + white, path[-1]))
        assert agree(f(seq, 0.01, 4, start=theta), path)
    # Two black balls: the slope at 1/2 is -2, so a rate of 0.4 leads to 1.3, halved to 0.9.
    rate = float(rng.uniform(0.3, 0.4))
    with reason(
        "leaves the interval", "A θ beyond 0 or 1 is not a probability. Halve such a step.", "2.4"
    ):
        assert 0 <= f("bb", rate, 1, start=0.5)[1] <= 1
    with reason(
        "halves only once", "One halving may not be enough. Repeat it while θ is outside.", "2.4"
    ):
        assert all(0 <= dial <= 1 for dial in f("wbwbb", 0.1, 30, start=0.01))
    with reason(
        "stands still instead of halving",
        "A step that leads outside is shortened, not skipped.",
        "2.4",
    ):
        assert f("bb", rate, 1, start=0.5)[1] != 0.5
    with reason(
        "clips instead of halving",
        "Cut off at the edge, the dial lands where the next slope is enormous. Halve the step.",
        "2.4",
    ):
        assert f("bb", rate, 1, start=0.5)[1] < 0.99
    with reason(
        "shortens the step in another way",
        "Half the step, and half of that, as often as it takes: no other fraction.",
        "2.4",
    ):
        assert agree(f("bb", rate, 1, start=0.5)[1], 0.5 + rate)
        assert agree(f("ww", rate, 1, start=0.5)[1], 0.5 - rate)
    with reason(
        "steps onto the edge", "Strictly between 0 and 1: the ends themselves are outside.", "2.4"
    ):
        assert agree(f("bb", 0.25, 1, start=0.5), [0.5, 0.75])
        assert agree(f("w", 0.25, 1, start=0.5), [0.5, 0.25])
    with reason(
        "keeps away from the edge",
        "This fails where a step ends a hair inside. However near to 0 or 1, it is inside: no "
        "halving, and no margin.",
        "2.4",
    ):
        hair = 2.0 ** -int(rng.integers(42, 48))
        assert f("b", 0.25 - hair / 2, 1, start=0.5)[1] == 1 - hair
        assert f("w", 0.25 - hair / 2, 1, start=0.5)[1] == hair
    with reason(
        "keeps the halved rate", "Only this one step is halved; the next has the full lr.", "2.4"
    ):
        path = [0.001]  # the first step is halved eight times or nine
        for _ in range(2):
            step = -rate * slope(2, 3, path[-1])
            while not 0 < path[-1] + step < 1:
                step /= 2
            path.append(path[-1] + step)
        assert agree(f("bbw", rate, 2, start=0.001), path, 1e-9)
    with reason("does not come to rest", "Where the pulls balance, at k/N, it stays.", "2.4"):
        assert agree(f("wbwbb", 0.1, 200, start=0.01)[-1], 0.6, 1e-9)
        share = black / (black + white)
        assert agree(f(seq, 0.05, 400, start=theta)[-1], share, 1e-9)
        alone = f("bbb", 0.5, 80)
        assert all(0 < dial < 1 for dial in alone)
        assert alone[-1] > 0.999
    with reason(
        "ends the list where the dial rests",
        "A step of length 0 is a step: as many dials as were asked for, equal ones too.",
        "2.4",
    ):
        assert agree(f("wb" * black, rate, 4, start=0.5), [0.5] * 5)
        assert len(f("wbwbb", 0.1, 400)) == 401
    with reason(
        "gives up halving",
        "The rate may be huge and the start tiny: halve until the step ends inside.",
        "2.4",
    ):
        for rate, start in ((1e100, 0.5), (0.1, 1e-100), (1e100, 1e-100)):
            assert all(0 < dial < 1 for dial in f("wbb", rate, 3, start=start))
    with reason("fits no balls", "Of no balls there is no mean NLL: refuse them.", "2.4"):
        assert raises(lambda: f("", 0.1, 1))
    with reason("accepts any letter", "A ball is w or b; refuse everything else.", "2.4"):
        assert raises(lambda: f(seq + "x", 0.1, 1))
        assert raises(lambda: f(seq.upper(), 0.1, 1))
    with reason(
        "accepts any rate", "A rate must be positive and finite: refuse 0, NaN and ∞ too.", "2.4"
    ):
        assert all(raises(lambda bad=bad: f(seq, bad, 1)) for bad in (0, -0.1, nan, inf))
    with reason(
        "accepts any start", "Strictly between 0 and 1, like every dial: refuse the ends.", "2.4"
    ):
        assert all(raises(lambda bad=bad: f(seq, 0.1, 1, start=bad)) for bad in (0, 1, -2, nan))
    with reason(
        "checks only what it needs for a step", "Without a step, bad input is still bad.", "2.4"
    ):
        assert raises(lambda: f(seq + "x", 0.1, 0))
        assert raises(lambda: f(seq, -0.1, 0))
        assert raises(lambda: f(seq, 0.1, 0, start=1))


@exercise(
    "2.5",
    example=lambda f, g: (f("wbwbb", 0.6, 2), g("wbwbb", 0.6, 2)),
)
def expected_minibatch(loss, likelihood, rng):
    theta = float(rng.uniform(0.15, 0.35))
    black, white = int(rng.integers(2, 5)), int(rng.integers(3, 5))
    n = black + white + 2
    seq = f"b{_balls(rng, black, white)}b"  # black at both ends
    black += 2
    whole = -(black * np.log(theta) + white * np.log(1 - theta)) / n
    L = theta**black * (1 - theta) ** white

    def wanted(dial, m):
        """Count the minibatches by how many black balls they hold: hypergeometric."""
        ways = [comb(black, j) * comb(white, m - j) for j in range(m + 1)]
        products = [dial**j * (1 - dial) ** (m - j) for j in range(m + 1)]
        return sum(w * p ** (n / m) for w, p in zip(ways, products, strict=True)) / comb(n, m)

    with reason(
        "forgets the minus", "An NLL of probabilities is never below 0: −log of each.", "2.5"
    ):
        assert loss("bbb", theta, 2) > 0
    with reason("measures in bits", "The answer is asked in nats: natural logarithm.", "2.5"):
        assert not agree(loss("bbb", theta, 2), -np.log2(theta))
    with reason(
        "takes the sum of a minibatch", "Per ball means: divide by m, whatever m is.", "2.5"
    ):
        assert not agree(loss("bbb", theta, 2), -2 * np.log(theta))
    with reason(
        "finds another mean",
        "This fails for three equal balls, where all minibatches cost the same. One cause may be a "
        "sum over the minibatches: average over them.",
        "2.5",
    ):
        assert agree(loss("bbb", theta, 2), -np.log(theta))
    with reason(
        "draws a ball twice", "A minibatch holds m different balls; none is put back.", "2.5"
    ):
        assert agree(likelihood("wb", theta, 2), theta * (1 - theta))
    with reason(
        "draws minibatches at random",
        "This fails because equal calls gave different answers: go through all minibatches.",
        "2.5",
    ):
        for f in (loss, likelihood):
            assert f(seq, theta, 2) == f(seq, theta, 2)
    with reason(
        "drops minibatches that look alike",
        "Two black balls are two balls. Choose positions, not colours.",
        "2.5",
    ):
        assert agree(loss("wbb", theta, 1), -(2 * np.log(theta) + np.log(1 - theta)) / 3)
    with reason(
        "takes only neighbours",
        "This fails for a longer sequence. One cause may be that only balls side by side share a "
        "minibatch: every choice of m balls counts.",
        "2.5",
    ):
        for m in range(1, n + 1):
            assert agree(loss(seq, theta, m), whole)
    with reason(
        "takes the power after averaging the logs",
        "exp(−N · mean NLL) of all minibatches is L again, but it is not the average of the "
        "minibatches' own estimates.",
        "2.5",
    ):
        assert likelihood(seq, theta, 2) > L * (1 + 1e-6)
    with reason(
        "forgets the power N/m",
        "A product of m factors stands for one of N factors only to the power N/m.",
        "2.5",
    ):
        assert agree(likelihood("bbbbb", theta, 2) / theta**5, 1.0)
    with reason(
        "finds another likelihood",
        "This fails for minibatches that are not pairs. One cause may be the power N/2, which is "
        "for pairs: in general it is N/m. Another may be a ball that is drawn twice.",
        "2.5",
    ):
        assert abs(likelihood(seq, theta, n) / L - 1) < 1e-12 * n
        for m in range(1, n):
            assert abs(likelihood(seq, theta, m) / wanted(theta, m) - 1) < 1e-12 * n
    with reason(
        "fails at an impossible ball",
        "This fails at θ = 0 or 1. The loss is ∞ there, without a warning. The likelihood is still "
        "an average, to which minibatches without the impossible ball contribute.",
        "2.8",
    ):
        for m in (1, 2, n):
            assert loss(seq, 0, m) == loss(seq, 1.0, m) == inf
            assert agree(likelihood(seq, 0.0, m), wanted(0.0, m))
        assert loss("ww", 0, 1) == 0
    with reason("accepts any m", "m must lie in 1 to N; refuse everything else.", "2.5"):
        assert all(raises(lambda m=m: loss(seq, theta, m)) for m in (0, -1, n + 1))
    with reason(
        "checks m in one function only", "Each function may be called without the other.", "2.5"
    ):
        assert all(raises(lambda m=m: likelihood(seq, theta, m)) for m in (0, -1, n + 1))


@exercise(
    "2.6",
    example=lambda f, g: (*f([0.5, 1.25, 99.0], [True, True, False]), g([(1.8, 2), (1.5, 3)])),
)
def combine_shards(shard, combine, rng):
    a, b, c = (float(x) for x in rng.uniform(0.2, 3.0, size=3))
    with reason("turns the mask over", "True means that the entry counts.", "2.5"):
        assert not agree(shard([a, b + 4], [True, False])[0], b + 4)
    with reason(
        "finds another sum",
        "This fails for a short list. One cause may be a mean: shards are added up first.",
        "2.5",
    ):
        assert agree(shard([a, b + 4], [True, False])[0], a)
        assert agree(shard([a, b, c], [True, False, True])[0], a + c)
    with reason("expects one dimension", "Losses and mask may have any shape, if the same.", "2.5"):
        assert agree(shard([[a, b], [c, 9.0]], [[False, True], [True, False]])[0], b + c)
    with reason(
        "counts the padding", "The count is of what the mask keeps, not of all entries.", "2.5"
    ):
        assert agree(shard([a, b, c], [True, False, True])[1], 2)
        assert agree(shard([a, b], [False, False]), (0, 0))
        assert agree(shard(np.array([]), np.array([], dtype=bool)), (0, 0))
    with reason(
        "drops infinite losses",
        "An infinite loss says that the impossible happened. It must show in the sum.",
        "2.8",
    ):
        assert agree(shard([inf, a], [True, True]), (inf, 2))
        assert combine([(inf, 2), (a, 1)]) == inf
    with reason(
        "minds the padding",
        "This fails where padding is NaN or infinite. One cause may be a product: 0 times infinity "
        "is NaN, and so is 0 times NaN. Select first, then look.",
        "2.5",
    ):
        for padding in (inf, nan, -inf):
            assert agree(shard([a, padding, b], [True, False, True]), (a + b, 2))
    with reason("hides a NaN", "A loss that counts must be a number; refuse NaN.", "2.8"):
        assert raises(lambda: shard([a, nan], [True, True]))
    with reason(
        "accepts a mask of another shape",
        "Compare the shapes and refuse different ones. One cause may be that NumPy stretches a "
        "mask in silence, (n, 1) and (n,) to (n, n); another a comparison of lengths or sizes.",
        "2.5",
    ):
        assert raises(lambda: shard(np.ones((3, 1)), np.ones(3, dtype=bool)))
        assert raises(lambda: shard([a, b], [True]))
        assert raises(lambda: shard(np.ones((2, 3)), np.ones(3, dtype=bool)))
    with reason("changes its input", "The caller still needs these losses; copy first.", "2.5"):
        losses, mask = np.array([a, b, c]), np.array([True, False, True])
        shard(losses, mask)
        assert losses.tolist() == [a, b, c]
        assert mask.tolist() == [True, False, True]
    with reason(
        "averages shard after shard",
        "Halving the sum of the mean so far and the next one favours the last shards.",
        "2.5",
    ):
        assert not agree(combine([(a, 1), (b, 1), (c + 4, 1)]), (a + b) / 4 + (c + 4) / 2)
    with reason(
        "takes the mean of the means",
        "A small shard would then count as much as a large one. Add sums, add counts, divide.",
        "2.5",
    ):
        assert not agree(combine([(a, 1), (10 * c + 20, 5)]), (a + 2 * c + 4) / 2)
    with reason(
        "finds another mean",
        "This fails for two or three shards. One cause may be a division by something other than "
        "the number of all examples.",
        "2.5",
    ):
        assert agree(combine([(a, 1), (b, 1), (c + 4, 1)]), (a + b + c + 4) / 3)
        assert agree(combine([(a, 1), (10 * c + 20, 5)]), (a + 10 * c + 20) / 6)
    with reason(
        "reads the shards twice", "A generator can be read once; keep both totals in one go.", "2.5"
    ):
        assert agree(combine(pair for pair in [(a, 2), (b, 3)]), (a + b) / 5)
    with reason("stumbles over an empty shard", "Never divide by the count of one shard.", "2.5"):
        assert agree(combine([(0.0, 0), (a, 2), (0, 0), (b, 1)]), (a + b) / 3)
    with reason(
        "takes a perfect model for no example",
        "A sum of 0 may come from many examples: ask for their number.",
        "2.5",
    ):
        assert agree(combine([(0.0, 3), (0.0, 2)]), 0.0)
        assert agree(combine([(a, 1), (-a, 1)]), 0.0)
    with reason(
        "invents a mean of nothing", "Without an example there is no mean; refuse it.", "2.5"
    ):
        assert raises(lambda: combine([(0.0, 0), (0.0, 0)]))
        assert raises(lambda: combine([]))
    with reason(
        "accepts impossible shards",
        "No shard has a sum without an example.",
        "2.5",
    ):
        assert raises(lambda: combine([(a, 3), (b, 0)]))
    with reason("accepts a negative count", "No shard has fewer than 0 examples.", "2.5"):
        assert raises(lambda: combine([(a, 3), (b, -1)]))
        assert raises(lambda: combine([(a, 3), (0.0, -1)]))
    with reason(
        "takes a negative sum for none",
        "A sum below 0 is a sum too, for densities above 1: without an example, refuse it.",
        "2.5",
    ):
        assert raises(lambda: combine([(a, 3), (-b, 0)]))
    with reason(
        "adds infinity and minus infinity",
        "They have no sum, and NaN would hide that: refuse them.",
        "2.8",
    ):
        assert agree(shard([-inf, a], [True, True]), (-inf, 2))
        assert raises(lambda: shard([inf, a, -inf], [True, True, True]))
        assert agree(shard([inf, a, -inf], [True, True, False]), (inf, 2))
    with reason(
        "averages infinity and minus infinity",
        "Two such shards have no mean, and NaN would hide that: refuse them.",
        "2.8",
    ):
        assert combine([(-inf, 2), (a, 1)]) == -inf
        assert raises(lambda: combine([(inf, 2), (a, 1), (-inf, 1)]))
    with reason(
        "depends on where the cuts fall",
        "However the examples are cut into shards, the mean is that of all examples.",
        "2.5",
    ):
        losses = rng.exponential(size=(40, 7))
        mask = rng.random(size=losses.shape) < 0.6
        losses[~mask] = rng.choice([nan, inf, 5.0], size=np.sum(~mask))
        for cuts in ([], [20], [0, 1, 33], sorted(rng.integers(0, 41, size=6))):
            pieces = zip(np.split(losses, cuts), np.split(mask, cuts), strict=True)
            assert agree(combine([shard(*piece) for piece in pieces]), losses[mask].mean())


@exercise(
    "2.7",
    example=lambda f, g, h: (
        f(1.0, 0.0, 0.5),
        *g(sp.symbols("y1:4", real=True)),
        *h([1, 2, 6]),
    ),
    forbidden=(
        "scipy.stats.norm",
        "torch.nn.functional.gaussian_nll_loss",
        "torch.nn.GaussianNLLLoss",
        "torch.distributions.Normal",
    ),
)
def gaussian(nll, derive, fit, rng):
    data = rng.normal(size=5) * 2 + 1
    mu, width = (float(x) for x in rng.uniform(0.5, 1.0, size=2))  # width: the log of sigma
    far = float(rng.uniform(1.0, 3.0))
    constant = np.log(2 * np.pi) / 2

    def rise(z, log_sigma):
        """Return the extra loss of an observation z widths away from the centre."""
        sigma = np.exp(log_sigma)
        return nll(mu + z * sigma, mu, log_sigma) - nll(mu, mu, log_sigma)

    with reason(
        "takes log_sigma for sigma", "σ is exp(log_sigma); log_sigma may be 0 or negative.", "2.9"
    ):
        assert all(np.isfinite(nll(far, mu, value)) for value in (0.0, -width))
    with reason(
        "turns the sign", "The NLL is lowest in the centre; the log-density is highest.", "2.9"
    ):
        assert rise(far, 0.0) > 0
    with reason("forgets the half", "The square is divided by 2σ², not by σ².", "2.9"):
        assert agree(rise(far, 0.0), far**2 / 2, 1e-9)
    with reason(
        "takes log_sigma for the log of the variance", "The variance is exp(2 · log_sigma).", "2.9"
    ):
        assert agree(rise(far, width), far**2 / 2, 1e-9)
    with reason(
        "drops the log of sigma",
        "½ log 2πσ² is a constant only while σ is fixed. Without it every σ would like to grow.",
        "2.9",
    ):
        # The gradient check: central differences of the student's own mean NLL.
        def mean_nll(m, log_sigma):
            return sum(float(nll(float(y), m, log_sigma)) for y in data) / len(data)

        h, best = 1e-5, (data.mean(), np.log(data.std()))
        for m, s in (best, (mu, width)):
            slope_m = (mean_nll(m + h, s) - mean_nll(m - h, s)) / (2 * h)
            slope_s = (mean_nll(m, s + h) - mean_nll(m, s - h)) / (2 * h)
            assert agree(slope_m, (m - data.mean()) / np.exp(2 * s), 1e-6)
            assert agree(slope_s, 1 - np.mean((data - m) ** 2) / np.exp(2 * s), 1e-6)
    with reason(
        "drops the constant",
        "½ log 2π does not move the minimum, but the NLL has it: 0.918939 nats.",
        "2.9",
    ):
        assert agree(nll(mu, mu, 0.0), constant)
    with reason(
        "lets no NLL fall below 0",
        "A density may exceed 1, and then its NLL is negative.",
        "2.9",
    ):
        assert agree(nll(mu, mu, -3 - width), constant - 3 - width)
    with reason("adds up the examples", "Arrays in, an array out: no sum, no mean.", "2.9"):
        wanted = ((data - mu) / np.exp(width)) ** 2 / 2 + width + constant
        assert agree(nll(data, mu, width), wanted)
        assert agree(nll(data, np.full(5, mu), np.full(5, width)), wanted)
        assert agree(nll(mu, data, 0.0), (data - mu) ** 2 / 2 + constant)
        assert agree(nll(data, data, data), data + constant)
    with reason(
        "squares sigma until it overflows",
        "σ² leaves the range of float64 long before σ does. Divide by σ first, then square.",
        "2.9",
    ):
        for log_sigma in (400 + width, -400 - width, 690.0, -690.0):
            sigma = np.exp(log_sigma)
            assert agree(nll(far * sigma, 0.0, log_sigma), far**2 / 2 + log_sigma + constant, 1e-9)
        assert agree(nll(mu, mu, -700.0), constant - 700)

    found = {}
    for many in (2, 3):
        ys = sp.symbols(f"x1:{many + 1}", real=True)
        values = rng.choice(np.arange(-9, 10), size=many, replace=False)
        with reason(
            "stops on the way", "Return two expressions: the best mean, the best variance.", "2.9"
        ):
            mu_hat, v_hat = (sp.sympify(part, strict=True) for part in derive(ys))
            assert isinstance(mu_hat, sp.Expr)
            assert isinstance(v_hat, sp.Expr)
            found[many] = (ys, [sp.Integer(int(value)) for value in values], mu_hat, v_hat)

    def exact(expression, ys, values):
        return sp.simplify(expression.subs(dict(zip(ys, values, strict=True))))

    with reason("returns the variance first", "The pair is the mean, then the variance.", "2.9"):
        for ys, values, mu_hat, v_hat in found.values():
            mean = sum(values) / sp.Integer(len(values))
            assert exact(mu_hat, ys, values) == mean or exact(v_hat, ys, values) != mean
    with reason(
        "takes the middle for the mean",
        "The slope in μ is 0 where the deviations add up to 0.",
        "2.9",
    ):
        for ys, values, mu_hat, _ in found.values():
            assert exact(mu_hat, ys, values) == sum(values) / sp.Integer(len(values))
            assert sp.simplify(mu_hat - sum(ys) / len(ys)) == 0
    with reason(
        "leaves mu in the variance",
        "Both must be best at once: put the best μ into the slope in v.",
        "2.9",
    ):
        for ys, _, mu_hat, v_hat in found.values():
            assert sp.simplify(v_hat).free_symbols | mu_hat.free_symbols <= set(ys)
    with reason(
        "returns sigma for the variance", "Asked for is v = σ²; it has the unit of y².", "2.9"
    ):
        for ys, values, _, v_hat in found.values():
            ratio = exact(v_hat, ys, [3 * value for value in values]) / exact(v_hat, ys, values)
            assert sp.simplify(ratio) == 9
    with reason(
        "fails on constant data",
        "They have variance 0 and no lowest NLL: answer −∞, without error or warning.",
        "2.9",
    ):
        fit([2.0] * 4)
    with reason(
        "keeps a smallest variance",
        "Constant data want σ → 0, and the NLL then falls without end. Nothing bounds it.",
        "2.9",
    ):
        assert agree(fit([2.0] * 4), (2.0, 0.0, -inf))
    with reason(
        "divides by n − 1",
        "The unbiased variance is another goal. The NLL is lowest at the mean of the squares, "
        "divided by n.",
        "2.9",
    ):
        for ys, values, _, v_hat in found.values():
            mean = sum(values) / sp.Integer(len(values))
            squares = sum((value - mean) ** 2 for value in values)
            assert exact(v_hat, ys, values) == squares / len(values)
        assert agree(fit([2.0, 4.0])[1], 1.0)
    with reason(
        "takes the median",
        "The median is best under a Laplace distribution; under a Gaussian the mean is.",
        "2.9",
    ):
        assert agree(fit(data)[0], data.mean(), 1e-9)
        assert agree(fit(list(data))[1], data.var(), 1e-9)
    with reason(
        "forgets the squares in the lowest NLL",
        "At the best v the squares still cost ½ on average: J = ½ log 2πv + ½.",
        "2.9",
    ):
        assert agree(fit(data)[2], np.log(2 * np.pi * data.var()) / 2 + 0.5, 1e-9)
        assert agree(fit(data / 10)[2], fit(data)[2] - np.log(10), 1e-9)
    with reason(
        "subtracts two large squares",
        "The mean of squares minus the square of the mean loses all digits near a large offset. "
        "Subtract the mean first.",
        "2.9",
    ):
        steps = rng.permutation([-1.0, 0.0, 1.0, 2.0])  # variance 5/4
        assert agree(fit(1e8 + steps)[1], 1.25, 1e-6)
    with reason(
        "trusts a rounded mean",
        "The mean of equal numbers may be rounded to another number; the variance must be "
        "exactly 0 all the same.",
        "2.9",
    ):
        for same, many in ((0.1, 3), (-0.1, 6), (1.1, 3), (7.0, 1), (float(rng.normal()), 7)):
            assert agree(fit([same] * many), (same, 0.0, -inf))
    with reason("answers without data", "Empty data have no best Gaussian: refuse them.", "2.9"):
        assert raises(lambda: fit([]))
    with reason("lets NaN through", "NaN is not a number: refuse it, wherever it stands.", "2.9"):
        assert all(raises(lambda bad=bad: fit(bad)) for bad in ([1.0, nan, 2.0], [nan], [nan] * 3))
    with reason("fits infinite data", "Infinity is not an observation: refuse it.", "2.9"):
        assert all(raises(lambda bad=bad: fit([1.0, bad])) for bad in (inf, -inf))
        assert all(raises(lambda bad=bad: fit([bad] * 3)) for bad in (inf, -inf))
    with reason(
        "takes nearly equal for equal",
        "Only of constant data is the variance 0. Numbers that differ a little have a width.",
        "2.9",
    ):
        small = 10.0 ** -rng.uniform(80, 120)
        v = small**2 / 4
        _, found_v, lowest = fit([0.0, small])
        assert abs(found_v / v - 1) < 1e-9
        assert agree(lowest, (np.log(2 * np.pi) + np.log(v) + 1) / 2, 1e-9)
    with reason(
        "fails where the NLL is too large for a float",
        "Then it is ∞: an answer, without an error or a warning.",
        "2.9",
    ):
        assert nll(far, 0.0, -690.0) == inf
        assert np.asarray(nll(np.array([far, 0.0]), 0.0, -690.0)).tolist() == [inf, constant - 690]
    with reason(
        "answers in its own symbols",
        "Symbols of one name are different if their assumptions are. Use the symbols as they come.",
        "2.9",
    ):
        for assumptions in ({"positive": True}, {"integer": True}, {"negative": True}):
            ys = sp.symbols("x1:4", **assumptions)
            mu_hat, v_hat = (sp.sympify(part, strict=True) for part in derive(ys))
            mean = sum(ys) / sp.Integer(3)
            assert sp.simplify(mu_hat - mean) == 0
            assert sp.simplify(v_hat - sum((y - mean) ** 2 for y in ys) / 3) == 0
