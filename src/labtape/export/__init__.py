"""Records as what quant libraries load: a factor, wide frames, and the long frame they are made from.

    records ─long→ one row per record and asset, with when it held ─aggregate→ (time, asset) ─factor, wide, …→ a library

Everything is point in time: a value of a session rests on nothing that became available after it, a later revision included.

    value(t, asset) = Σ score · relevance · novelty · decay / Σ relevance · decay
"""

from __future__ import annotations

from labtape.export.assets import NAMES, name_of
from labtape.export.frames import as_qlib, as_zipline, factor, wide
from labtape.export.long import long
from labtape.export.mean import aggregate, decay

__all__ = ["NAMES", "aggregate", "as_qlib", "as_zipline", "decay", "factor", "long", "name_of", "wide"]
