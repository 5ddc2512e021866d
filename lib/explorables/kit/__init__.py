"""What the explorables share: the script and style of their pages, and how stills are drawn."""
