"""The dial: the likelihood of every setting, given some balls (chapter 1)."""
