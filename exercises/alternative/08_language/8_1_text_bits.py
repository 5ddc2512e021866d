# Right answers to exercise 8.1 in another style. canary-alternative-08_language


# %% a list of probabilities, and NumPy
def text_bits(model, text):
    q = np.array([model(text[:t]).get(text[t], 0) for t in range(len(text))])
    with np.errstate(divide="ignore"):
        return float(-np.log2(q).sum())


# %% the text letter by letter, natural logarithms
def text_bits(model, text):
    past, nats = "", 0.0
    for letter in text:
        table = model(past)
        if letter not in table or table[letter] == 0:
            nats = math.inf
        else:
            nats += -math.log(table[letter])
        past += letter
    return nats / math.log(2)
