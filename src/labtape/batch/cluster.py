"""The frame function and whole files on a Dask cluster; Dask itself is imported when one of these is asked for.

    score_dask(ddf)            lazily, a task per partition
    score_parts(client, parts) a task per part of a file, in order; what a worker could not do comes as a `Failure`

Dask runs a partition again when its worker dies. One that was running on `allowed-failures` (3) more workers when they died is
taken for the cause and given up, so that a poisonous row costs its part and not the job.
"""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from pathlib import Path
from socket import gethostname
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from labtape.arguments import check_model, checked_bundle, checked_folders, checked_now
from labtape.batch.core import Tools, opened
from labtape.batch.frame import check_frame_columns, empty_frame, labels_for, score_frame
from labtape.exceptions import BundleError, ClusterError, LexiconError, SettingsError
from labtape.read import Failure
from labtape.version import __version__

if TYPE_CHECKING:
    import dask.dataframe as dd
    import pandas as pd
    from distributed import Client, Future, LocalCluster

    from labtape.ports import Model

PATIENCE = (
    60.0  # seconds without any worker until a job is given up; a nanny starts a dead worker again in some ten
)
_LOOK = 2.0  # seconds between two looks at whether anybody is there
_RETRIES = 2  # of a part that raised something: a store of files far away may not answer once
# Parts that are with the cluster at once, for each of its threads: enough that none waits, few enough to hold in memory.
_AHEAD = 3
_GONE = "the scheduler is gone, and with it what was under way; start it and run again"
T = TypeVar("T")
R = TypeVar("R")


# ---------------------------------------------------------------- frames


def score_dask(
    ddf: dd.DataFrame,
    *,
    any_topic: bool = False,
    bundle: str = "market3",
    bundle_digest: str = "",
    model: Model | None = None,
    lexicon: tuple[str, ...] = (),
    now: datetime | None = None,
) -> dd.DataFrame:
    """Return the record columns of every row of a Dask frame, partition by partition, when it is computed.

    The answer is that of `labtape.score_frame`: same columns, dtypes, index, order and divisions, whichever worker did a
    partition and however often. `now` is one for all partitions; give it, and the same frame gives the same
    values again. Folders (`bundle`, `lexicon`) must be under the same path on the workers; the model's digest is checked
    there. Raises `SettingsError` for what is no Dask frame or has neither title nor text, `BundleError` and
    `LexiconError` for what cannot be loaded, here or when the frame is computed.

    >>> import pandas as pd, dask.dataframe as dd
    >>> ddf = dd.from_pandas(pd.DataFrame({"title": ["Nvidia falls 6%", "Kimi K3 is out"]}), npartitions=2)
    >>> scored = score_dask(ddf, bundle="rules")
    >>> scored.npartitions, list(scored[["title"]].compute(scheduler="sync")["title"])
    (2, ['Nvidia falls 6%', 'Kimi K3 is out'])
    """
    import dask.dataframe as dd

    if not isinstance(ddf, dd.DataFrame):
        raise SettingsError(
            f"score_dask: is a {type(ddf).__module__}.{type(ddf).__name__}; would take a dask.dataframe.DataFrame, "
            "as dask.dataframe.from_pandas(frame, npartitions=8)"
        )
    check_frame_columns(ddf.columns)
    check_model(model)
    name, wanted = checked_bundle(bundle, bundle_digest)
    tools = cluster_tools(Tools(name, checked_folders(lexicon), wanted), model)
    return ddf.map_partitions(
        _score_partition,
        tools=tools,
        model=model,
        now=checked_now(now),
        any_topic=any_topic,
        meta=empty_frame(labels_for(tools, model)),
    )


def cluster_tools(tools: Tools, model: Model | None = None) -> Tools:
    """The same tools as another machine must have them: whole paths, and the digest of the model that is meant."""
    found = replace(
        tools, bundle=_whole(tools.bundle), lexicon=tuple(str(Path(f).absolute()) for f in tools.lexicon)
    )
    if model is not None:
        return found
    digest = opened(found)[1].ref.digest
    return replace(found, digest=digest) if digest.startswith("sha256:") else found


def _whole(bundle: str) -> str:
    """A bundle's name as it is, a folder or the file of a plug-in with its whole path."""
    kind, colon, place = bundle.rpartition(":")
    return f"{kind}{colon}{Path(place).absolute()}" if Path(place).exists() else bundle


def _score_partition(frame: pd.DataFrame, **given: Any) -> pd.DataFrame:  # Any: keywords of score_frame
    return told_where(score_frame, frame, **given)


def told_where(work: Callable[..., R], *given: Any, **named: Any) -> R:  # Any: whatever the work takes
    """What the work returns; where a bundle or lexicon is not on this machine, the error says which machine."""
    try:
        return work(*given, **named)
    except (BundleError, LexiconError) as e:
        raise type(e)(
            f"{e} (on the worker {gethostname()}, which must have the same labtape, bundles and lexicons)"
        ) from e


# ---------------------------------------------------------------- the cluster


@contextmanager
def connected(address: str, *, timeout: float = 10.0) -> Iterator[Client]:
    """A client of the scheduler at `tcp://HOST:PORT`, or of so many processes of this machine where a number is given.

    Raises `ClusterError` within `timeout` seconds, and as long again for workers, where nobody answers or nobody works.
    """
    import dask
    from distributed import Client

    if address.isdigit():
        with _local(int(address)) as cluster, Client(cluster, set_as_default=False) as client:
            yield client
        return
    with dask.config.set({"distributed.comm.timeouts.connect": f"{timeout}s"}):
        client = _client(address, timeout)
        try:
            _await_workers(client, address, timeout)
            yield client
        finally:
            client.close(timeout=5)


def _local(n: int) -> LocalCluster:
    from distributed import LocalCluster

    if not n:
        raise ClusterError("0 workers: give a number above 0, or the address of a scheduler")
    try:
        # Without a page to look at, Dask still listens for HTTP, on 8787, and warns where that is taken: any free port does.
        return LocalCluster(
            n_workers=n, threads_per_worker=1, processes=True,
            dashboard_address="127.0.0.1:0", scheduler_kwargs={"dashboard": False},
        )  # fmt: skip
    except (OSError, RuntimeError) as e:
        raise ClusterError(f"{n} workers of this machine: they do not start ({_first(e)})") from e


def _client(address: str, timeout: float) -> Client:
    from distributed import Client

    if "://" not in address:
        raise ClusterError(f"{address}: is no address of a scheduler; would be tcp://HOST:8786, or a number")
    try:
        return Client(address, timeout=timeout, set_as_default=False)
    except (OSError, ValueError, TypeError) as e:
        raise ClusterError(
            f"{address}: no Dask scheduler answers there ({_first(e)}); start one with `dask scheduler`"
        ) from e


def _await_workers(client: Client, address: str, timeout: float) -> None:
    try:
        client.wait_for_workers(1, timeout=timeout)
    except TimeoutError as e:
        raise ClusterError(
            f"{address}: the scheduler has no workers; start some with `dask worker {address} --nthreads 1`"
        ) from e


def warm_up(client: Client, tools: Tools = Tools()) -> None:
    """Let every worker load the model now, and each that comes later when it starts; once per process.

    Raises `ClusterError` where a worker has no labtape or another version of it, `BundleError` and `LexiconError` where
    it cannot load what is meant. Not needed: without it a worker loads at its first partition.
    """
    from labtape.batch.warm import WarmUp

    tools = cluster_tools(tools)
    versions = client.run(_version, on_error="return")
    for worker, version in versions.items():
        if isinstance(version, ModuleNotFoundError):
            raise ClusterError(f"worker {worker}: {version}; install labtape {__version__} there")
        if isinstance(version, Exception):
            raise ClusterError(f"worker {worker}: {_first(version)}")
        if version != __version__:
            raise ClusterError(
                f"worker {worker}: has labtape {version}, this is {__version__}; install the same"
            )
    failed = client.run(partial(told_where, _load, tools), on_error="return")
    for error in failed.values():
        if isinstance(error, Exception):
            raise error
    client.register_plugin(WarmUp(tools))


def _version() -> str:
    return __version__


def _load(tools: Tools) -> None:
    opened(tools)


# ---------------------------------------------------------------- parts in order


@dataclass(frozen=True, slots=True)
class Done(Generic[T, R]):
    """What became of one item: a value, or an error in words."""

    item: T
    value: R | None = None
    error: str = ""


def score_parts(
    client: Client, work: Callable[[T], R], items: Iterable[T], *, patience: float = PATIENCE
) -> Iterator[Done[T, R]]:
    """The work on each item, by whichever worker is free, in the order of the items.

    Few items are under way at once, so that memory does not grow with their number. An item whose workers die again and again,
    or whose work raises something, comes back with an error; the others are done. Raises `BundleError` and
    `LexiconError` as the workers do, and `ClusterError` when the scheduler is lost or no worker was there for
    `patience` seconds.
    """
    source = iter(items)
    waiting: deque[tuple[T, Future]] = deque()
    try:
        while True:
            if client.status != "running":
                raise ClusterError(_GONE)
            room = max(4, _AHEAD * _n_threads(client)) - len(waiting)
            for _ in range(room):
                try:
                    item = next(source)
                except StopIteration:
                    break
                waiting.append((item, client.submit(work, item, pure=False, retries=_RETRIES)))
            if not waiting:
                return
            item, future = waiting.popleft()
            yield _done(client, item, future, patience)
            future.release()
    finally:
        if waiting and client.status == "running":
            client.cancel([future for _, future in waiting])


def _done(client: Client, item: T, future: Future, patience: float) -> Done[T, R]:
    """What became of an item; waits as long as there is anybody who could do it."""
    from concurrent.futures import CancelledError

    seen = time.monotonic()
    while True:
        try:
            if future.status == "finished":
                return Done(item, value=_fetched(client, future, patience))
            return Done(item, value=future.result(timeout=_LOOK))
        except CancelledError as e:  # what Dask says of work whose scheduler went
            raise ClusterError(_GONE) from e
        except Exception as e:
            if future.status == "error":
                return _failed(item, e)
            if not isinstance(e, TimeoutError):
                raise ClusterError(f"{_GONE} ({_first(e)})") from e
        # A "lost" one is not gone: a worker took its result along, and the scheduler has it made again.
        if client.status != "running" or future.status == "cancelled":
            raise ClusterError(_GONE)
        if _n_threads(client):
            seen = time.monotonic()
        elif time.monotonic() - seen > patience:
            raise ClusterError(f"no worker for {patience:.0f} seconds; start some and run again")


def _fetched(client: Client, future: Future, patience: float) -> Any:  # Any: what the work gives
    """What is done, which may take long to come over, and comes from another worker where the one that had it died.

    Raises `TimeoutError` after `patience` seconds, and as soon as the scheduler is gone: Dask alone would go on waiting.
    """
    import asyncio

    async def fetch() -> Any:  # Any: as above
        coming = asyncio.ensure_future(client.gather(future, asynchronous=True))
        last = time.monotonic() + patience
        while not (await asyncio.wait([coming], timeout=_LOOK))[0]:
            if client.status != "running" or time.monotonic() > last:
                coming.cancel()
                raise TimeoutError
        return coming.result()

    return client.sync(fetch)


def _failed(item: T, error: Exception) -> Done[T, R]:
    """An item whose work raised something, in words. Raises what would fail for every item."""
    from distributed.scheduler import KilledWorker

    if isinstance(error, BundleError | LexiconError):
        raise error
    if isinstance(error, KilledWorker):
        n = error.allowed_failures + 1
        words = f"given up: {n} workers died while they read it (out of memory, or a row that kills)"
        return Done(item, error=words)
    why = f" ({_first(error.__cause__)})" if error.__cause__ else ""
    return Done(item, error=f"{type(error).__name__}: {_first(error)}{why}")


def _n_threads(client: Client) -> int:
    """The threads of all workers that the scheduler knows of. Raises `ClusterError` where there is no scheduler."""
    try:
        workers = client.scheduler_info(n_workers=-1)["workers"]
    except (OSError, RuntimeError) as e:
        raise ClusterError(_GONE) from e
    return sum(worker["nthreads"] for worker in workers.values())


def _first(error: BaseException) -> str:
    return (str(error).splitlines() or [type(error).__name__])[0][:200]


def as_failure(place: str, done: Done[Any, Any]) -> Failure:  # Any: of no matter what
    """The error of an item as a failure at its place."""
    return Failure(place, done.error)
