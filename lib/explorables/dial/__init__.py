"""The dial: the likelihood of some balls at every setting (chapter 1)."""
