"""Run a notebook's answers in a student's process and its checks in another one, the judge's.

    codec      values as plain data
    channel    numbered, size-checked messages
    loans      a check's functions, lent to a student's function
    errors     errors as plain data
    shell      IPython without a kernel, for the student's cells
    worker     the student's side: processes that hold the answers
    proxies    the judge's side of a student's function
    session    the judge's side of a notebook
    court      the judge's process, from its begin to its end

`judge_notebook`, in ``grading.grade_one``, starts it all.
"""
