"""Logits: softmax, and how each class is pushed (chapter 4)."""
