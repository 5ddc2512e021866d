"""Guess the next letter of a covered page, say how sure you are, and pay in bits."""
