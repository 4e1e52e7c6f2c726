"""The time left, against the time that simulated work really takes."""

import pytest

from kerascnn.utils.time_left import TimeLeft

FACTOR = 1.5


def in_turn(seconds, lanes, start=0.0):
    """Return when each of some pieces of work is finished by so many lanes, in order."""
    free = [start] * lanes
    ends = []
    for each in seconds:
        lane = free.index(min(free))
        free[lane] += each
        ends.append(free[lane])
    return sorted(ends)


SERIAL = in_turn([3.0] * 60, 1, start=12)
LANES = in_turn([20.0 + 4 * (number % 5) for number in range(40)], 4, start=8)
# 24 lanes of a stack end together.
STACKS = [number // 24 * 25 + 30.0 for number in range(240)]
# After 8 s of tracing two long lanes end one shortly after another, and go on so.
APART = sorted([*(50 + 42.0 * k for k in range(18)), *(51.2 + 42.0 * k for k in range(18))])
# The second half of the work takes twice as long.
SLOWER = [*in_turn([2.0] * 60, 1), *in_turn([4.0] * 60, 1, start=120)]


@pytest.mark.parametrize(
    ("ends", "lanes", "seconds"),
    [(SERIAL, 1, 1), (LANES, 4, 8), (STACKS, 24, 1), (APART, 2, 1)],
    ids=["serial", "lanes", "stacks", "apart"],
)
def test_the_time_left_is_right_after_a_minute(ends, lanes, seconds):
    """Within a factor of 1.5 and a second, or half of what unequal fits differ in."""
    left = TimeLeft(len(ends), expected=2 * ends[-1], lanes=lanes)
    waiting = list(ends)
    for now in range(int(ends[-1]) - 4):
        while waiting and waiting[0] <= now:
            left.finish(1.0, waiting.pop(0))
        if now >= 60:
            told, real = left.seconds(now), ends[-1] - now
            assert real / FACTOR - seconds <= told <= real * FACTOR + seconds, (now, told, real)


def test_a_change_of_speed_is_followed():
    """Only the latest half of the time counts."""
    left = TimeLeft(len(SLOWER))
    for end in SLOWER[:100]:
        left.finish(1.0, end)
    now = SLOWER[99]
    assert left.seconds(now) == pytest.approx(SLOWER[-1] - now, rel=0.25)


def test_the_time_does_not_run_out_while_work_is_under_way():
    """A last burst that is late leaves some time, until it is there."""
    left = TimeLeft(4.0)
    left.finish(2.0, 10.0)
    assert left.seconds(20.0) > 0
    assert left.seconds(30.0) > 0
    left.finish(2.0, 31.0)
    assert left.seconds(31.0) == 0


def test_before_anything_is_finished_the_forecast_counts():
    """Without one nothing is known."""
    assert TimeLeft(10.0).seconds(5.0) is None
    assert TimeLeft(10.0, expected=40.0).seconds(10.0) == pytest.approx(30.0)


def test_a_first_burst_is_not_all_that_counts():
    """A sweep in six bursts, of which the first also waits for traces: as measured on two cores."""
    left = TimeLeft(1.0, expected=84.0)
    left.finish(0.2, 45.0)
    assert 88 / FACTOR < left.seconds(69.0) < 88 * FACTOR
    left.finish(0.27, 77.0)
    assert 78 / FACTOR < left.seconds(79.0) < 78 * FACTOR


def test_work_of_an_earlier_run_takes_no_time():
    """Half is there at the start; the rest goes on at its own speed."""
    left = TimeLeft(20.0, expected=200.0)
    left.skip(10.0)
    assert left.seconds(0.0) == pytest.approx(100.0)
    left.finish(1.0, 5.0)
    left.finish(1.0, 10.0)
    assert left.seconds(10.0) == pytest.approx(40.0, rel=0.2)
