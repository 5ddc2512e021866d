"""One call for each figure: a module for each module of ``lib.figures``, found by its name.

A sample has the name of its function, and a variant after two underscores where one function has
several pictures: ``three_rows__shifted``. It draws with small data that are made up here; nothing
is trained.
"""
