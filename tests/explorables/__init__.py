"""Tests of the explorables: a module for each, what holds for every one, and a way to call them."""
