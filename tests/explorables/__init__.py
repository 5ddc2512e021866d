"""Tests of the explorables: one module each, one for all, and helpers to call their JavaScript."""
