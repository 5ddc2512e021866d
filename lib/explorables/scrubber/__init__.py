"""The scrubber: thirty test images through sixty epochs of training (chapter 5)."""
