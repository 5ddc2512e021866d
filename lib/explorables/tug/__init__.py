"""Tug of war: every ball pulls at the dial, and a step follows the pulls (chapter 2)."""
