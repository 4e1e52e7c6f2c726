"""The error of data that cannot be used, and the most that a file may unpack to."""

MAX_BYTES = 4 * 2**30  # what a file may unpack to unless the user allows more


class DatasetError(ValueError):
    """A dataset is not available or cannot be used; the message names the remedy."""
