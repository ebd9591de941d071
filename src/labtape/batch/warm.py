"""What every worker of a cluster does when it starts, also one that takes the place of a dead one: it loads the model."""

from __future__ import annotations

from typing import TYPE_CHECKING

from distributed import WorkerPlugin

from labtape.batch.core import Tools, opened

if TYPE_CHECKING:
    from distributed import Worker


class WarmUp(WorkerPlugin):  # type: ignore[misc]  # Dask is not followed by the checker
    """Loads lexicon and model of `tools` before the first partition comes."""

    idempotent = True

    def __init__(self, tools: Tools) -> None:
        self.name = f"labtape-{tools.bundle}-{tools.digest}-{'-'.join(tools.lexicon)}"
        self._tools = tools

    def setup(self, worker: Worker) -> None:
        opened(self._tools)
