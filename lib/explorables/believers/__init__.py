"""Two believers: cross-entropy is a floor plus a part that can be fixed (chapter 3)."""
