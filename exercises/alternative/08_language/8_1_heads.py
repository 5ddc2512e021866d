# Right answers to exercise 8.1 in another style. canary-alternative-08_language


# %% a sum
def heads(tosses):
    if any(toss not in "ht" for toss in tosses):
        raise ValueError("h or t")
    return sum(toss == "h" for toss in tosses)
