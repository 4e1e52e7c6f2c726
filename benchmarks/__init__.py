"""Side-by-side times: kerascnn against what a user would run instead. See `__main__`."""
