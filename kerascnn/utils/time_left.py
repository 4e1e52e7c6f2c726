"""The time that a piece of work still takes, from what is finished and when."""

from collections import deque
from heapq import heapify, heapreplace
from math import exp
from statistics import fmean

# The rate is that of so much of the time, the latest.
LATEST_SHARE = 0.5
# A piece is taken for as large as so many of the latest on average.
USUAL_PIECES = 5
# From this part of a piece under way on, the rest is credited more and more slowly.
EXPECTED_SHARE = 0.8
MOST_FINISHES = 400
# Of more pieces nobody need know in which order they end.
MOST_SIMULATED = 1000


class TimeLeft:
    """An estimate of the time left, from the rate at which work was finished.

    Work is done piece by piece, in one or several lanes. What is under way in each lane is taken
    for as large as the latest pieces, and never for quite finished: the time left does not run out
    early. At the end some lanes are idle. Rates are measured after the first piece of each lane,
    which also holds what happens once, such as tracing; from one piece to a later one of the same
    lane, so that it does not matter how far the others are.

    Args:
        total: how much work there is, in any unit, above 0.
        expected: the seconds that all of it is expected to take; None if nothing is known.
        lanes: how many pieces are under way at a time.
    """

    def __init__(self, total: float, expected: float | None = None, lanes: int = 1) -> None:
        self._total = total
        self._expected = expected
        self._lanes = lanes
        # The time of each finished piece, and what was finished by then.
        self._finishes: deque[tuple[float, float]] = deque(maxlen=MOST_FINISHES + lanes)
        self._n_finished = 0
        # When the piece under way in each lane was begun, as far as can be told.
        self._begun = deque([0.0] * lanes, maxlen=lanes)
        self._pieces: deque[float] = deque(maxlen=USUAL_PIECES)
        self._done = 0.0

    def skip(self, work: float) -> None:
        """Take out work that need not be done."""
        left = max(self._total - work, 0.0)
        if self._expected is not None:
            self._expected *= left / self._total
        self._total = left

    def finish(self, work: float, now: float) -> None:
        """Note that one more piece is finished.

        Args:
            work: in the unit of the total.
            now: seconds since the start.
        """
        self._done += work
        self._n_finished += 1
        self._finishes.append((now, self._done))
        self._begun.append(now)
        self._pieces.append(work)

    def seconds(self, now: float) -> float | None:
        """Return how many seconds are left; None where nothing is known.

        Args:
            now: seconds since the start.
        """
        rate, left = self._rate(), self._total - self._done
        if rate is None:
            return None
        if left <= 0:
            return 0.0
        n_pieces = max(1, round(left / self._usual_piece()))
        duration = left / n_pieces * self._lanes / rate
        # Where there are fewer pieces than lanes, those that ended last are idle.
        begun = sorted(self._begun)[:n_pieces]
        ends = [duration * (1 - _credited((now - each) / duration)) for each in begun]
        n_more = n_pieces - len(ends)
        if n_pieces > MOST_SIMULATED:
            return (sum(ends) + n_more * duration) / self._lanes
        return _last_end(ends, n_more, duration)

    def _rate(self) -> float | None:
        """Return the work per second; None where nothing is known.

        What was expected counts as much as half of the first pieces of all lanes, and soon next to
        nothing.
        """
        expected = self._total / self._expected if self._expected else None
        measured = self._measured_rate()
        if measured is None or not expected:
            return measured or expected
        weight = 1 / (1 + (2 * self._n_finished / self._lanes) ** 2)
        return measured ** (1 - weight) * expected**weight

    def _measured_rate(self) -> float | None:
        """Return the rate of the latest rounds of all lanes; before there are two, of the first."""
        if not self._finishes or self._finishes[-1][0] <= 0:
            return None
        last, done = self._finishes[-1]
        rate = self._lanes * self._usual_piece() / last
        for number in range(len(self._finishes) - 1 - self._lanes, -1, -self._lanes):
            first, before = self._finishes[number]
            if last > first and done > before:
                rate = (done - before) / (last - first)
            if last - first >= LATEST_SHARE * last:
                break
        return rate

    def _usual_piece(self) -> float:
        """Return the work of a piece: a mean over the latest ones."""
        mean = fmean(self._pieces) if self._pieces else 0.0
        return mean if mean > 0 else self._total / self._lanes


def _last_end(ends: list[float], n_more: int, duration: float) -> float:
    """Return when the last piece ends.

    Args:
        ends: when those under way do, in seconds from now.
        n_more: how many others there are; the lane that is free first takes the next.
        duration: of each, in seconds.
    """
    heapify(ends)
    for _ in range(n_more):
        heapreplace(ends, ends[0] + duration)
    return max(ends)


def _credited(share: float) -> float:
    """Return which share of a piece under way is taken for done, below 1.

    Args:
        share: the time it has taken, as a share of that which was expected.
    """
    if share <= EXPECTED_SHARE:
        return share
    rest = 1 - EXPECTED_SHARE
    return 1 - rest * exp(-(share - EXPECTED_SHARE) / rest)
