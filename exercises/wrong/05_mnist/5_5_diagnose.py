# Wrong answers to exercise 5.5. Each cell is named after its misconception. canary-wrong-05_mnist


# %% judges by the accuracy
def diagnose(log):
    K, n = log["classes"], log["batch"]
    p = np.array(log["label_shares"])
    H = -(p * np.log(p)).sum()
    floor = np.log(np.e + K - 1) - 1
    first = log["first_loss"]
    train, test = np.array(log["train_loss"]), np.array(log["test_loss"])
    highest = np.where(np.isnan(train), np.inf, train).max()
    if first < 0:
        return "minus forgotten", first
    if abs(first - np.log(n)) < abs(first - np.log(K)):
        return "softmax over the batch", first
    if highest > first + 0.5:
        return "learning rate too high", highest
    if test.min() > H - 0.15:
        return "labels shuffled", test.min()
    if max(log["test_accuracy"]) < 0.85:
        return "softmax twice", train.min()
    return "healthy", test.min()


# %% takes a negative loss for a small one
def diagnose(log):
    K, n = log["classes"], log["batch"]
    p = np.array(log["label_shares"])
    H = -(p * np.log(p)).sum()
    floor = np.log(np.e + K - 1) - 1
    first = log["first_loss"]
    train, test = np.array(log["train_loss"]), np.array(log["test_loss"])
    highest = np.where(np.isnan(train), np.inf, train).max()
    if first > np.log(K) + 0.3:
        return "softmax over the batch", first
    if highest > first + 0.5:
        return "learning rate too high", highest
    if test.min() > H - 0.15:
        return "labels shuffled", test.min()
    if train.min() >= floor:
        return "softmax twice", train.min()
    return "healthy", test.min()


# %% does not ask over what the softmax sums
def diagnose(log):
    K, n = log["classes"], log["batch"]
    p = np.array(log["label_shares"])
    H = -(p * np.log(p)).sum()
    floor = np.log(np.e + K - 1) - 1
    first = log["first_loss"]
    train, test = np.array(log["train_loss"]), np.array(log["test_loss"])
    highest = np.where(np.isnan(train), np.inf, train).max()
    if first < 0:
        return "minus forgotten", first
    if highest > first + 0.5:
        return "learning rate too high", highest
    if test.min() > H - 0.15:
        return "labels shuffled", test.min()
    if train.min() >= floor:
        return "softmax twice", train.min()
    return "healthy", test.min()


# %% looks at the last epoch alone
def diagnose(log):
    K, n = log["classes"], log["batch"]
    p = np.array(log["label_shares"])
    H = -(p * np.log(p)).sum()
    floor = np.log(np.e + K - 1) - 1
    first = log["first_loss"]
    train, test = np.array(log["train_loss"]), np.array(log["test_loss"])
    highest = np.where(np.isnan(train), np.inf, train).max()
    if first < 0:
        return "minus forgotten", first
    if abs(first - np.log(n)) < abs(first - np.log(K)):
        return "softmax over the batch", first
    if np.isnan(train[-1]) or train[-1] > first + 0.5:
        return "learning rate too high", highest
    if test.min() > H - 0.15:
        return "labels shuffled", test.min()
    if train.min() >= floor:
        return "softmax twice", train.min()
    return "healthy", test.min()


# %% loses NaN in a comparison
def diagnose(log):
    K, n = log["classes"], log["batch"]
    p = np.array(log["label_shares"])
    H = -(p * np.log(p)).sum()
    floor = np.log(np.e + K - 1) - 1
    first = log["first_loss"]
    train, test = np.array(log["train_loss"]), np.array(log["test_loss"])
    highest = train.max()
    if first < 0:
        return "minus forgotten", first
    if abs(first - np.log(n)) < abs(first - np.log(K)):
        return "softmax over the batch", first
    if highest > first + 0.5:
        return "learning rate too high", highest
    if test.min() > H - 0.15:
        return "labels shuffled", test.min()
    if train.min() >= floor:
        return "softmax twice", train.min()
    return "healthy", test.min()


# %% looks at the training set alone
def diagnose(log):
    K, n = log["classes"], log["batch"]
    p = np.array(log["label_shares"])
    H = -(p * np.log(p)).sum()
    floor = np.log(np.e + K - 1) - 1
    first = log["first_loss"]
    train, test = np.array(log["train_loss"]), np.array(log["test_loss"])
    highest = np.where(np.isnan(train), np.inf, train).max()
    if first < 0:
        return "minus forgotten", first
    if abs(first - np.log(n)) < abs(first - np.log(K)):
        return "softmax over the batch", first
    if highest > first + 0.5:
        return "learning rate too high", highest
    if train.min() > H - 0.15:
        return "labels shuffled", test.min()
    if train.min() >= floor:
        return "softmax twice", train.min()
    return "healthy", test.min()


# %% takes a rising test loss for a bug
def diagnose(log):
    K, n = log["classes"], log["batch"]
    p = np.array(log["label_shares"])
    H = -(p * np.log(p)).sum()
    floor = np.log(np.e + K - 1) - 1
    first = log["first_loss"]
    train, test = np.array(log["train_loss"]), np.array(log["test_loss"])
    highest = np.where(np.isnan(train), np.inf, train).max()
    if first < 0:
        return "minus forgotten", first
    if abs(first - np.log(n)) < abs(first - np.log(K)):
        return "softmax over the batch", first
    if highest > first + 0.5:
        return "learning rate too high", highest
    if test[-1] > H - 0.15:
        return "labels shuffled", test.min()
    if train.min() >= floor:
        return "softmax twice", train.min()
    return "healthy", test.min()


# %% thinks of ten classes only
def diagnose(log):
    K, n = log["classes"], log["batch"]
    p = np.array(log["label_shares"])
    H = -(p * np.log(p)).sum()
    floor = 1.46115
    first = log["first_loss"]
    train, test = np.array(log["train_loss"]), np.array(log["test_loss"])
    highest = np.where(np.isnan(train), np.inf, train).max()
    if first < 0:
        return "minus forgotten", first
    if abs(first - np.log(n)) < abs(first - np.log(K)):
        return "softmax over the batch", first
    if highest > first + 0.5:
        return "learning rate too high", highest
    if test.min() > H - 0.15:
        return "labels shuffled", test.min()
    if train.min() >= floor:
        return "softmax twice", train.min()
    return "healthy", test.min()


# %% expects the batch to be larger than the classes
def diagnose(log):
    K, n = log["classes"], log["batch"]
    p = np.array(log["label_shares"])
    H = -(p * np.log(p)).sum()
    floor = np.log(np.e + K - 1) - 1
    first = log["first_loss"]
    train, test = np.array(log["train_loss"]), np.array(log["test_loss"])
    highest = np.where(np.isnan(train), np.inf, train).max()
    if first < 0:
        return "minus forgotten", first
    if first > np.log(K) + 0.3:
        return "softmax over the batch", first
    if highest > first + 0.5:
        return "learning rate too high", highest
    if test.min() > H - 0.15:
        return "labels shuffled", test.min()
    if train.min() >= floor:
        return "softmax twice", train.min()
    return "healthy", test.min()


# %% expects ln K where the classes are unequal
def diagnose(log):
    K, n = log["classes"], log["batch"]
    floor = np.log(np.e + K - 1) - 1
    first = log["first_loss"]
    train, test = np.array(log["train_loss"]), np.array(log["test_loss"])
    highest = np.where(np.isnan(train), np.inf, train).max()
    if first < 0:
        return "minus forgotten", first
    if abs(first - np.log(n)) < abs(first - np.log(K)):
        return "softmax over the batch", first
    if highest > first + 0.5:
        return "learning rate too high", highest
    if test.min() > np.log(K) - 0.15:
        return "labels shuffled", test.min()
    if train.min() >= floor:
        return "softmax twice", train.min()
    return "healthy", test.min()


# %% reports another number
def diagnose(log):
    K, n = log["classes"], log["batch"]
    p = np.array(log["label_shares"])
    H = -(p * np.log(p)).sum()
    floor = np.log(np.e + K - 1) - 1
    first = log["first_loss"]
    train, test = np.array(log["train_loss"]), np.array(log["test_loss"])
    highest = np.where(np.isnan(train), np.inf, train).max()
    if first < 0:
        return "minus forgotten", first
    if abs(first - np.log(n)) < abs(first - np.log(K)):
        return "softmax over the batch", first
    if highest > first + 0.5:
        return "learning rate too high", highest
    if test.min() > H - 0.15:
        return "labels shuffled", test.min()
    if train.min() >= floor:
        return "softmax twice", train.min()
    return "healthy", test[-1]
