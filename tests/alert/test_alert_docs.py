"""The settings in the documentation are settings that labtape takes."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from labtape.alert.nouns import Alert, Rule, StoryNow
from labtape.desk.alerting import plan_of
from labtape.lexicon import lexicon
from labtape.plain import hints_of
from labtape.settings import load_settings

DOCS = Path(__file__).parents[2] / "docs"
ALERTS = (DOCS / "alerts.md").read_text("utf-8")


def test_the_example_of_alerts_is_a_whole_watch(tmp_path: Path) -> None:
    pytest.importorskip("apprise", reason="the alerts extra is not installed")
    (example,) = re.findall(r"^```toml\n(.*?)^```", ALERTS, re.M | re.S)
    file = tmp_path / "labtape.toml"
    file.write_text(example, "utf-8")
    settings = load_settings(file, {})
    plan = plan_of(settings, lexicon=lexicon())
    assert [rule.name for rule in plan.rules] == ["export controls on chips", "open-weight labs"]
    assert plan.targets["open-weight labs"] == ("pipeline",)
    assert [target.partition("/")[0] for target in plan.digest_targets] == ["phone", "phone"]


def test_every_condition_of_a_rule_is_in_the_table() -> None:
    table = "\n".join(line for line in ALERTS.splitlines() if line.startswith("|"))
    names = set(hints_of(Rule)) - {"name", "channels"}
    assert names <= set(re.findall(r"`(\w+)`", table))


def test_every_field_of_an_alert_is_on_the_page() -> None:
    shown = set(re.findall(r'"(\w+)"', ALERTS))
    assert set(hints_of(Alert)) | set(hints_of(StoryNow)) <= shown


def test_the_settings_for_a_client_call_a_command_that_is_there(labtape) -> None:
    (example,) = re.findall(r"^```json\n(.*?)^```", (DOCS / "mcp.md").read_text("utf-8"), re.M | re.S)
    server = json.loads(example)["mcpServers"]["labtape"]
    assert server["command"] == "labtape"
    assert labtape(*server["args"], "--help").code == 0
