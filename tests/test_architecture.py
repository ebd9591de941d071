"""The shape of the house: who imports whom, what importing loads, what the package exports."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

import labtape

SOURCE = Path(labtape.__file__).parent
ROOT = Path(__file__).parents[1]
HEAVY = {
    "spacy", "pandas", "sklearn", "numpy", "sqlalchemy", "feedparser", "trafilatura", "httpx2", "rich", "altair", "joblib",
    "protego", "prometheus_client", "scipy", "pyarrow", "torch", "transformers", "apprise", "mcp", "warcio", "zstandard",
}  # fmt: skip

# Each library has one home (docs/design.md).
HOMES = {
    "feedparser": {"read"},
    "trafilatura": {"read"},
    "htmldate": {"read"},
    "spacy": {"annotate"},
    "sqlalchemy": {"store"},
    "alembic": {"store"},
    "sklearn": {"estimators", "signal", "train"},
    "torch": {"signal", "train"},
    "transformers": {"signal", "train"},
    "onnxruntime": {"signal", "train"},
    "onnxruntime_extensions": {"train"},
    "huggingface_hub": {"signal"},
    "httpx2": {"fetch", "deliver"},
    "httpcore2": {"fetch", "deliver"},
    "apprise": {"deliver"},
    "mcp": {"mcp"},
    "fastapi": {"web"},
    "pandas": {"report", "batch", "train", "study", "calls", "export", "pandas"},
    "typer": {"cli"},
    "uvicorn": {"web"},
    "rich": {"report", "cli", "train"},
    "jinja2": {"report", "web"},
    "nh3": {"web"},
    "markdown_it": {"web"},
    "altair": {"report"},
    "vl_convert": {"report"},
    "pyarrow": {"report", "read"},
    "joblib": {"signal", "train", "batch", "estimators"},
    "datasketch": {"story", "train"},
    "exchange_calendars": {"study"},
    "dask": {"batch", "cli"},
    "distributed": {"batch", "cli"},
    "fsspec": {"read"},
    "msgspec": {"plain"},
    "w3lib": {"read"},
    "charset_normalizer": {"read"},
    "protego": {"crawl"},
    "prometheus_client": {"crawl"},
    "warcio": {"read"},
    "zstandard": {"read", "report"},
}


def run(code: str) -> str:
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return done.stdout.strip()


def imported(path: Path) -> set[str]:
    """The top-level packages a module imports anywhere in it."""
    names: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and node.level == 0:
            names.add(node.module.split(".")[0])
    return names


def test_importing_labtape_loads_nothing_heavy():
    loaded = set(run("import labtape, sys; print(' '.join(sys.modules))").split())
    assert "labtape.exceptions" in loaded
    assert not loaded & HEAVY


def test_help_loads_nothing_heavy():
    code = "import labtape.cli, sys; print(' '.join(sys.modules))"
    assert not set(run(code).split()) & (HEAVY - {"rich"})


def test_nothing_but_the_steps_for_spacy_loads_spacy():
    """What labels, reports and prints does without; the page is drawn with it, when one is."""
    code = (
        "import sys, labtape.annotate, labtape.annotate.displacy, labtape.report.linked\n"
        "from labtape.cli import main\n"
        "try: main(['--bundle', 'rules', 'label', 'Qwen gains'])\n"
        "except SystemExit: pass\n"
        "print('spacy' in sys.modules)"
    )
    assert run(code).endswith("\nFalse")


def test_every_library_has_one_home():
    strays = [
        f"{path.relative_to(SOURCE)}: {library}"
        for path in SOURCE.rglob("*.py")
        for library in imported(path) & set(HOMES)
        if path.relative_to(SOURCE).parts[0].removesuffix(".py") not in HOMES[library]
        and path != SOURCE / "__init__.py"
    ]
    assert strays == []


def test_imports_only_go_down():
    pytest.importorskip("importlinter", reason="the dev extra is not installed")
    tool = Path(sys.executable).parent / "lint-imports"
    done = subprocess.run([tool, "--no-cache"], capture_output=True, text=True, cwd=ROOT)
    assert done.returncode == 0, done.stdout


def test_no_module_of_ours_is_longer_than_a_thousand_lines():
    long = {str(p): n for p in SOURCE.rglob("*.py") if (n := len(p.read_text("utf-8").splitlines())) > 1000}
    assert long == {}


def test_only_the_command_line_prints():
    strays = [
        str(path.relative_to(SOURCE))
        for path in SOURCE.rglob("*.py")
        if "cli" not in path.parts
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "print"
    ]
    assert strays == []


def test_the_exported_names_are_there():
    for name in labtape.__all__:
        assert getattr(labtape, name).__doc__
