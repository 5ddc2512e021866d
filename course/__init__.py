"""What the repository knows of the course itself: its chapters, its exercises, its guards."""
