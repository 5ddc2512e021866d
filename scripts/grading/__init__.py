"""What `make grade` is made of: reading submissions, a fence around them, nbgrader's plug-ins."""
