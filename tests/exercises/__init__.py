"""Tests of the exercises: their notebooks, their checks, and answers to them, right and wrong."""

from course.contents import ROOT, exercises
from tests.exercises.answers import EXERCISES, notebook

sources = exercises
__all__ = ["EXERCISES", "ROOT", "notebook", "sources"]
