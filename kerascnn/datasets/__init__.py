"""Images and labels by name or from a path."""
