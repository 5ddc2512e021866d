# Right answers to exercise 6.1 in another style. canary-alternative-06_scoring


# %% a sum
def heads(tosses):
    if any(toss not in "ht" for toss in tosses):
        raise ValueError("h or t")
    return sum(toss == "h" for toss in tosses)
