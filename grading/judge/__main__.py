"""Judge one notebook; started by ``grading.grade_one`` with a socket as its standard input."""

from __future__ import annotations

import os

from grading.judge.court import main

if __name__ == "__main__":
    main(os.dup(0))
