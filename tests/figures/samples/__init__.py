"""A sample call of each figure, in a module for each module of ``lib.figures`` of the same name.

A sample has the name of its function, with a variant after two underscores if a function has
several pictures: ``three_rows__shifted``. It uses small, made-up data; nothing is trained.
"""
