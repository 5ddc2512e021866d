# Right answers to exercise 4.5 in another style. canary-alternative-04_softmax


# %% entry by entry
def grad_nll(z, y):
    z = [[float(v) for v in row] for row in z]
    gradient = []
    for row, label in zip(z, y):
        top = max(row)
        total = math.fsum(math.exp(v - top) for v in row)
        q = [math.exp(v - top) / total for v in row]
        q[label] -= 1
        gradient.append([v / len(z) for v in q])
    return np.array(gradient)


# %% one-hot rows and the exponential of log-softmax
def grad_nll(z, y):
    z = np.asarray(z, dtype=float)
    z = z - z.max(axis=1)[:, None]
    log_q = z - np.log(np.exp(z).sum(axis=1))[:, None]
    return (np.exp(log_q) - np.eye(z.shape[1])[np.asarray(y)]) / z.shape[0]
