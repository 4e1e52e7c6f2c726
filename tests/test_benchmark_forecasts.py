"""The benchmark of forecasts holds what a plan expects beside what a search takes."""

from benchmarks.forecasts import CASES, measure


def test_a_case_is_planned_and_searched():
    """With no time at all it trains for one epoch; nothing is claimed of its speed."""
    epochs, expected, taken = measure(CASES[0], seconds=0.0)
    assert epochs == 1
    assert expected > 0
    assert taken > 0


def test_every_case_can_be_planned():
    """All of them name models and arguments that there are."""
    for case in CASES:
        [assignment] = case.search(epochs=1).plan(*case.data()).assignments
        assert assignment.engine.name == case.engine
