"""Facts about the course, read from its files, and the guards that check them."""
