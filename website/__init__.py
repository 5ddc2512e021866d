"""What turns the built pages into the book that visitors see."""
