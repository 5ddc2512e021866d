# Right answers to exercise 8.4 in another style. canary-alternative-08_language


# %% number by number, in plain Python
def online_logsumexp(chunks):
    largest, total = -math.inf, 0.0
    for chunk in chunks:
        for z in chunk:
            if z == -math.inf:
                continue
            if z <= largest:
                total += math.exp(z - largest) if largest < math.inf else 0.0
            else:
                total = total * math.exp(largest - z) + 1.0
                largest = float(z)
    return largest + math.log(total) if total > 0 else largest


# %% the library's sum of each chunk, merged by logaddexp
from scipy.special import logsumexp


def online_logsumexp(chunks):
    so_far = -np.inf
    for chunk in chunks:
        if len(chunk):
            so_far = np.logaddexp(so_far, logsumexp(chunk))
    return so_far


# %% PyTorch
def online_logsumexp(chunks):
    state = torch.tensor(-torch.inf, dtype=torch.float64)
    for chunk in chunks:
        z = torch.tensor(np.array(chunk, dtype=np.float64))
        state = torch.logsumexp(torch.cat([state[None], z]), 0)
    return state.item()
