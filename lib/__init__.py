"""The small package that the chapters of *Why Cross-Entropy?* import.

One module for each idea; a chapter imports the one that it needs:

========================  ============================================================
``lib.bernoulli``         balls, likelihood, log-likelihood, maximum-likelihood estimate
``lib.information``       information, entropy, cross-entropy, KL divergence
``lib.losses``            the loss from logits and its gradient, accurate for any logits
``lib.scoring``           temperature, calibration, and the record of a forecaster
``lib.mnist``             the digits, and the logits that the book traces
``lib.training``          one small network and one training loop
``lib.coding``            an arithmetic coder: from a distribution to a file and back
``lib.integer_network``   a network in whole numbers, the same on every machine
``lib.alice``             a novel, the text of chapter 8
``lib.tokens``            byte-pair encoding: from letters to tokens and back
``lib.memory``            how many bytes of tensors are alive
``lib.parallel``          one function in several processes that can talk to each other
``lib.figures``           the figures that are too long for a cell
``lib.explorables``       the interactive pictures
========================  ============================================================

Derivations live in the chapters. Softmax, log-sum-exp and the sigmoid come from SciPy.
"""
