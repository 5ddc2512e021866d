"""The message's piece of the strip: each ball zooms in, and a codeword within it is the file."""
