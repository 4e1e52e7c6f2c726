"""What tests of several searches count."""

from typing import Any

import pytest

from kerascnn.training.compiled import CompiledNetwork


@pytest.fixture
def epochs_trained(monkeypatch) -> list[int]:
    """Return a list that grows by one with each epoch of a compiled network."""
    trained: list[int] = []
    run_epoch = CompiledNetwork.run_epoch

    def counted(*given: Any) -> Any:
        trained.append(1)
        return run_epoch(*given)

    monkeypatch.setattr(CompiledNetwork, "run_epoch", counted)
    return trained
