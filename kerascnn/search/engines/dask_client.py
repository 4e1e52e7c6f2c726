"""The client of a Dask cluster: a user's, one of a scheduler's address, or of a cluster here."""

import asyncio
import importlib.util
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any

ANSWER_SECONDS = 5


def check_scheduler(scheduler: Any) -> None:
    """Raise an error if a search cannot use a cluster.

    Args:
        scheduler: of the search: an address, a client, or None.

    Raises:
        ImportError: if Dask is not installed.
        ValueError: if the scheduler is none.
        ConnectionError: if it does not answer.
    """
    if importlib.util.find_spec("distributed") is None:
        raise ImportError(
            "engine='dask' needs Dask, which is not installed: pip install 'kerascnn[dask]'"
        )
    from distributed import Client

    if not isinstance(scheduler, str | Client | None):
        raise ValueError(
            f"scheduler={scheduler!r} is none: give its address, such as 'tcp://192.168.0.1:8786', "
            "or a distributed.Client"
        )
    if isinstance(scheduler, Client) and scheduler.asynchronous:
        raise ValueError(
            f"scheduler={scheduler!r} is asynchronous: give its scheduler's address instead"
        )
    if isinstance(scheduler, str):
        _check_answer(scheduler)
    elif is_there(scheduler):
        with connected(scheduler) as client:
            ask_for_threads(client)


def is_there(scheduler: Any) -> bool:
    """Return whether there is a cluster already."""
    return scheduler is not None or _current_client() is not None


def place(scheduler: Any) -> str:
    """Return where a cluster is, in a few words."""
    client = _current_client() if scheduler is None else scheduler
    if client is None:
        return "a cluster to be started on this machine"
    return f"scheduler {client if isinstance(client, str) else address(client)}"


def address(client: Any) -> str:
    """Return the address of a client's scheduler."""
    return str(client.scheduler.address)


def scheduler_address(scheduler: Any) -> Any:
    """Return the address of a scheduler that is given by a client; what is none, as it is."""
    return address(scheduler) if hasattr(scheduler, "scheduler") else scheduler


def ask_for_threads(client: Any) -> dict[str, int]:
    """Return how many threads each worker has, by the worker's address.

    Raises:
        ConnectionError: if the scheduler does not answer.
    """
    try:
        if client.status != "running":
            raise ConnectionError(f"the client is {client.status}")
        threads: dict[str, int] = client.sync(
            client.scheduler.ncores, callback_timeout=ANSWER_SECONDS
        )
        return threads
    except (OSError, TimeoutError) as error:
        raise ConnectionError(
            f"scheduler {address(client)} does not answer ({error}): see whether it is running"
        ) from error


@contextmanager
def connected(scheduler: Any, n_workers: int = 1) -> Iterator[Any]:
    """Give a client of a cluster; close what was opened for it.

    Args:
        scheduler: an address, a client, or None for the current client, or else a new cluster.
        n_workers: processes of a new cluster, one thread each.
    """
    from distributed import Client

    own = {"timeout": ANSWER_SECONDS, "set_as_default": False}
    if isinstance(scheduler, str):
        _check_answer(scheduler)
        with Client(scheduler, **own) as client:
            yield client
    elif (client := scheduler or _current_client()) is not None:
        yield client
    else:
        with _local_cluster(n_workers) as cluster, Client(cluster, **own) as client:
            yield client


def _check_answer(scheduler: str) -> None:
    """Raise ConnectionError if no scheduler answers at an address.

    A client that has failed to connect would hold up the end of the program.
    """
    with ThreadPoolExecutor(1) as thread:  # a notebook's own thread has a loop already
        answer = thread.submit(asyncio.run, _answer(scheduler))
        try:
            answer.result()
        except Exception as error:
            raise ConnectionError(
                f"scheduler={scheduler!r} does not answer within {ANSWER_SECONDS} s ({error}): "
                "start one with `dask scheduler`, or give the address that it prints"
            ) from error


async def _answer(scheduler: str) -> Any:
    from distributed import rpc
    from distributed.security import Security

    async def ask() -> Any:
        arguments = Security().get_connection_args("client")
        async with rpc(scheduler, connection_args=arguments) as remote:
            return await remote.ncores()

    return await asyncio.wait_for(ask(), ANSWER_SECONDS)


def _local_cluster(n_workers: int) -> Any:
    from distributed import LocalCluster

    try:
        return LocalCluster(
            n_workers=n_workers,
            threads_per_worker=1,
            dashboard_address=":0",
            memory_limit=0,  # as with other processes here, the system says what is too much
        )
    except RuntimeError as error:
        raise RuntimeError(
            "engine='dask' could not start workers on this machine: a script must call `fit` "
            'below `if __name__ == "__main__":`, because workers import it'
        ) from error


def _current_client() -> Any:
    """Return the client that the program made last and has not closed, if there is one."""
    from distributed import Client

    try:
        client = Client.current()
    except ValueError:
        return None
    return None if client.asynchronous else client
