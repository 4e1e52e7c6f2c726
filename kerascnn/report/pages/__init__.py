"""Pages: what each kind of results shows, and in which template."""
