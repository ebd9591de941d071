from __future__ import annotations

import pytest

from contracts.store import StoreContract
from labtape.ports import Store
from labtape.store import open_store


class TestMemoryStore(StoreContract):
    @pytest.fixture
    def store(self) -> Store:
        return open_store("memory:")
