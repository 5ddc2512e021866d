"""What the explorables share: the script and style sheet of their pages, and how stills are drawn."""
