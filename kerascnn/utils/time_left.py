"""The time that a piece of work still takes, from what is finished and when."""

from collections import deque
from itertools import pairwise
from math import exp
from statistics import fmean

# Work that is finished within so many seconds was done together, as by a stack of lanes.
TOGETHER = 1.0
# The rate is that of so much of the time, the latest.
LATEST_SHARE = 0.5
# Shorter parts of the time tell no rate.
LEAST_SHARE = 1 / 3
# From this part of the work under way on, the rest is credited more and more slowly.
EXPECTED_SHARE = 0.8
MOST_BURSTS = 400


class TimeLeft:
    """An estimate of the time left, from the rate at which work was finished.

    Work that is finished together is a burst. Until the next one comes, what is under way is taken
    for as large as the last, and never for quite finished: the time left does not run out early.
    The first burst also holds what happens once, such as tracing, so rates are measured after it.

    Args:
        total: how much work there is, in any unit, above 0.
        expected: the seconds that all of it is expected to take; None if nothing is known.
    """

    def __init__(self, total: float, expected: float | None = None) -> None:
        self._total = total
        self._expected = expected
        # The time of each burst, and what was finished by then.
        self._bursts: deque[tuple[float, float]] = deque(maxlen=MOST_BURSTS)
        self._done = 0.0

    def skip(self, work: float) -> None:
        """Take out work that need not be done."""
        left = max(self._total - work, 0.0)
        if self._expected is not None:
            self._expected *= left / self._total
        self._total = left

    def finish(self, work: float, now: float) -> None:
        """Note that so much more work is finished.

        Args:
            work: in the unit of the total.
            now: seconds since the start.
        """
        self._done += work
        if self._bursts and now - self._bursts[-1][0] < TOGETHER:
            now = self._bursts.pop()[0]
        self._bursts.append((now, self._done))

    def seconds(self, now: float) -> float | None:
        """Return how many seconds are left; None where nothing is known.

        Args:
            now: seconds since the start.
        """
        rate = self._rate()
        if rate is None:
            return None
        chunk = min(self._usual_chunk(), self._total - self._done)
        since = now - (self._bursts[-1][0] if self._bursts else 0.0)
        credit = chunk * _credited(rate * since / chunk) if chunk > 0 else 0.0
        return max(0.0, (self._total - self._done - credit) / rate)

    def _rate(self) -> float | None:
        """Return the work per second; None where nothing is known.

        What was expected counts as much as a first burst, and soon next to nothing.
        """
        expected = self._total / self._expected if self._expected else None
        measured = self._measured_rate()
        if measured is None or not expected:
            return measured or expected
        weight = 1 / (1 + len(self._bursts) ** 2)
        return measured ** (1 - weight) * expected**weight

    def _measured_rate(self) -> float | None:
        if not self._bursts:
            return None
        last, done = self._bursts[-1]
        start = next(i for i, (at, _) in enumerate(self._bursts) if at >= LATEST_SHARE * last)
        first, before = self._bursts[max(0, start - 1)]
        # Lanes that end one shortly after another do not tell the rate of all the time before.
        if last - first >= LEAST_SHARE * last and done > before:
            return (done - before) / (last - first)
        return done / last if last > 0 else None

    def _usual_chunk(self) -> float:
        """Return the work of a burst: a mean over the latest ones."""
        if not self._bursts:
            return self._total
        finished = [0.0, *(done for _, done in self._bursts)][-5:]
        return fmean(b - a for a, b in pairwise(finished))


def _credited(share: float) -> float:
    """Return which share of the work under way is taken for done, below 1.

    Args:
        share: the time it has taken, as a share of that which was expected.
    """
    if share <= EXPECTED_SHARE:
        return share
    rest = 1 - EXPECTED_SHARE
    return 1 - rest * exp(-(share - EXPECTED_SHARE) / rest)
