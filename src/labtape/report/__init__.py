"""What people see and what machines read."""

from __future__ import annotations

from labtape.report.record import record_from_dict, record_json, record_to_dict, to_record
from labtape.report.schema import record_schema

__all__ = ["record_from_dict", "record_json", "record_schema", "record_to_dict", "to_record"]
