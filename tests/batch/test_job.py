"""A run over files: whole, stopped anywhere, with many processes, with what cannot be read; always the same bytes."""

from __future__ import annotations

import gzip
import json
import resource
import shutil
import signal
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from labtape.batch import Options, Tools, score_files
from labtape.batch.parts import folder_of
from labtape.exceptions import BatchError, SettingsError
from labtape.report import record_from_dict, write_records

NOW = datetime(2026, 6, 10, tzinfo=UTC)
RULES = Tools(bundle="rules")
TITLES = (
    "Nvidia shares fall 6% as the US tightens chip exports",
    "DeepSeek halves API prices",
    "Qwen took about 18% of tokens on OpenRouter in May",
    "智谱发布GLM-6并开源",
)


class Stopped(Exception):
    """What stands for a kill between two chunks."""


def news(path: Path, n: int = 30, *, bad: tuple[int, ...] = (9, 10), dated: bool = True) -> Path:
    """`n` lines, those of `bad` without words; alike articles of one day make stories."""
    lines = []
    for k in range(n):
        day = datetime(2026, 1, 1, tzinfo=UTC) + timedelta(days=k // 3)
        row = {
            "id": f"a{k}",
            "title": f"{TITLES[k % 4]}: {k // 8}",
            "text": f"{TITLES[k % 4]}. Item {k // 8}.",
        }
        row |= {"published_at": day.isoformat()} if dated else {}
        lines.append(json.dumps({"id": f"a{k}"} if k in bad else row, ensure_ascii=False))
    path.write_text("\n".join(lines) + "\n", "utf-8")
    return path


def run(source: Path, out: Path, **options):
    given = {name: options.pop(name) for name in ("jobs", "stories") if name in options}
    return score_files(
        [source] if isinstance(source, Path) else source, out, options=Options(RULES, chunk=8, **given),
        clock=lambda: NOW, **{"now": NOW, **options},
    )  # fmt: skip


def stop_after(n: int):
    """Stops a run when it has kept `n` chunks in this start."""
    seen = 0

    def hear(progress):
        nonlocal seen
        seen += 1
        if seen == n:
            raise Stopped

    return hear


def ids(out: Path) -> list[str]:
    return [json.loads(line)["id"] for line in out.read_text("utf-8").splitlines()]


# ---------------------------------------------------------------- whole


def test_every_readable_article_is_a_record_in_order(tmp_path):
    report = run(news(tmp_path / "news.jsonl"), tmp_path / "out.jsonl")
    assert ids(tmp_path / "out.jsonl") == [f"a{k}" for k in range(30) if k not in (9, 10)]
    assert (report.n_records, report.n_failures, report.n_resumed, report.n_kept) == (28, 2, 0, 0)
    assert not folder_of(tmp_path / "out.jsonl").exists()


def test_failures_lie_beside_the_output_with_file_and_line(tmp_path):
    source = news(tmp_path / "news.jsonl")
    report = run(source, tmp_path / "out.jsonl")
    lines = (tmp_path / "out.jsonl.errors.jsonl").read_text("utf-8").splitlines()
    assert [(e["source"], e["line"]) for e in map(json.loads, lines)] == [
        (str(source), 10),
        (str(source), 11),
    ]
    assert report.sources[str(source)].failures == 2
    news(source, bad=())
    assert run(source, tmp_path / "out.jsonl").errors is None
    assert not (tmp_path / "out.jsonl.errors.jsonl").exists()


@pytest.mark.parametrize("name", ["out.jsonl", "out.jsonl.gz", "out.csv", "out.parquet"])
def test_a_file_of_parts_has_the_bytes_of_one_written_at_once(tmp_path, name):
    source = news(tmp_path / "news.jsonl")
    run(source, tmp_path / "plain.jsonl")
    run(source, tmp_path / name)
    records = [
        record_from_dict(json.loads(line))
        for line in (tmp_path / "plain.jsonl").read_text("utf-8").splitlines()
    ]
    (tmp_path / "once").mkdir()
    write_records(records, tmp_path / "once" / name)
    assert (tmp_path / name).read_bytes() == (tmp_path / "once" / name).read_bytes()


def test_zst_holds_the_same_lines(tmp_path):
    zstandard = pytest.importorskip("zstandard")
    source = news(tmp_path / "news.jsonl")
    run(source, tmp_path / "out.jsonl")
    run(source, tmp_path / "out.jsonl.zst")
    with (tmp_path / "out.jsonl.zst").open("rb") as file:
        assert (
            zstandard.ZstdDecompressor().stream_reader(file).read() == (tmp_path / "out.jsonl").read_bytes()
        )


def test_the_report_says_what_was_done(tmp_path):
    source = news(tmp_path / "news.jsonl")
    run(source, tmp_path / "out.jsonl")
    report = json.loads((tmp_path / "out.jsonl.report.json").read_text("utf-8"))
    assert report["schema"] == "labtape.batch/1"
    assert next(iter(report)) == "schema"
    assert report["inputs"][0]["n_bytes"] == source.stat().st_size
    assert sum(report["labels"].values()) == report["n_records"] == 28
    assert report["output"] == {
        "path": str(tmp_path / "out.jsonl"), "format": "jsonl", "n_bytes": (tmp_path / "out.jsonl").stat().st_size,
    }  # fmt: skip
    assert report["model"]["bundle"] == "rules"
    assert report["spent"]["cpu_seconds"] > 0


def test_an_empty_folder_and_an_empty_file_are_failures_and_the_output_is_empty(tmp_path):
    (tmp_path / "folder").mkdir()
    (tmp_path / "empty.jsonl").write_bytes(b"")
    report = run([tmp_path / "folder", tmp_path / "empty.jsonl"], tmp_path / "out.jsonl")
    assert (report.n_records, report.n_failures) == (0, 2)
    assert (tmp_path / "out.jsonl").read_bytes() == b""


def test_a_folder_that_holds_the_output_is_read_without_it(tmp_path):
    news(tmp_path / "news.jsonl", 12, bad=(3,))
    first = run(tmp_path, tmp_path / "out.jsonl")
    again = run(tmp_path, tmp_path / "out.jsonl")
    assert first.n_records == again.n_records == 11


def test_one_id_twice_is_two_records_in_one_story(tmp_path):
    source = news(tmp_path / "news.jsonl", 3, bad=())
    source.write_text(source.read_text("utf-8") * 2, "utf-8")
    run(source, tmp_path / "out.jsonl")
    records = [json.loads(line) for line in (tmp_path / "out.jsonl").read_text("utf-8").splitlines()]
    assert [r["id"] for r in records] == ["a0", "a1", "a2"] * 2
    assert [r["story"]["id"] for r in records[:3]] == [r["story"]["id"] for r in records[3:]]


def test_the_stories_are_listed_where_wanted(tmp_path):
    source = news(tmp_path / "news.jsonl")
    run(source, tmp_path / "out.jsonl", story_list=tmp_path / "stories.jsonl")
    stories = [json.loads(line) for line in (tmp_path / "stories.jsonl").read_text("utf-8").splitlines()]
    placed = [article for story in stories for article in story["article_ids"]]
    assert sorted(placed) == sorted(ids(tmp_path / "out.jsonl"))


# ---------------------------------------------------------------- stopped


@pytest.mark.parametrize("stories", [True, False])
@settings(max_examples=4, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(stops=st.lists(st.integers(1, 3), min_size=1, max_size=3))
def test_a_run_that_was_stopped_anywhere_gives_the_same_bytes(tmp_path_factory, stories, stops):
    folder = tmp_path_factory.mktemp("job")
    source = news(folder / "news.jsonl", 37)
    run(source, folder / "whole.jsonl", stories=stories, story_list=folder / "whole.stories")
    out = folder / "out.jsonl"
    n_stopped = 0
    for n in stops:
        try:
            run(source, out, stories=stories, on_progress=stop_after(n), story_list=folder / "out.stories")
        except Stopped:
            n_stopped += 1
            assert not out.exists()
        else:
            break
    report = run(source, out, stories=stories, story_list=folder / "out.stories")
    assert out.read_bytes() == (folder / "whole.jsonl").read_bytes()
    assert (folder / "out.stories").read_bytes() == (folder / "whole.stories").read_bytes()
    if report.n_resumed:
        assert report.n_resumed == n_stopped
        assert report.n_kept >= 8


def test_a_stop_between_the_last_chunk_and_the_file_costs_nothing(tmp_path):
    source, out = news(tmp_path / "news.jsonl", 20), tmp_path / "out.jsonl"
    errors = tmp_path / "out.jsonl.errors.jsonl"
    with pytest.raises(SettingsError, match="is a folder"):  # the list of failures cannot be written there
        run(source, out, on_begin=lambda job: errors.mkdir())
    errors.rmdir()
    report = run(source, out)
    assert report.n_kept == 20
    assert len(ids(out)) == report.n_records == 18


def test_what_goes_on_keeps_the_time_of_its_first_start(tmp_path):
    source, out = news(tmp_path / "news.jsonl"), tmp_path / "out.jsonl"
    with pytest.raises(Stopped):
        run(source, out, now=None, on_progress=stop_after(1))
    later = score_files([source], out, options=Options(RULES, chunk=8), clock=lambda: NOW + timedelta(days=9))
    assert later.scored_at == NOW
    assert {json.loads(line)["scored_at"] for line in out.read_text("utf-8").splitlines()} == {
        "2026-06-10T00:00:00Z"
    }


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"stories": False}, "stories: false, was true"),
        ({"now": NOW + timedelta(days=1)}, "--now: 2026-06-11T00:00:00Z, was 2026-06-10T00:00:00Z"),
    ],
)
def test_what_does_not_fit_is_named(tmp_path, change, words):
    source, out = news(tmp_path / "news.jsonl"), tmp_path / "out.jsonl"
    with pytest.raises(Stopped):
        run(source, out, on_progress=stop_after(1))
    with pytest.raises(BatchError) as caught:
        run(source, out, **change)
    assert words in str(caught.value)
    assert "--restart" in str(caught.value)
    assert run(source, out, restart=True, **change).n_kept == 0


def test_an_input_that_was_changed_is_named(tmp_path):
    source, out = news(tmp_path / "news.jsonl"), tmp_path / "out.jsonl"
    with pytest.raises(Stopped):
        run(source, out, on_progress=stop_after(1))
    n_bytes = source.stat().st_size
    source.write_text(source.read_text("utf-8") + '{"title": "One more"}\n', "utf-8")
    with pytest.raises(BatchError, match=rf"news\.jsonl has \d+ bytes, had {n_bytes}"):
        run(source, out)


def test_other_words_under_the_same_size_and_time_are_noticed(tmp_path):
    import os

    source, out = news(tmp_path / "news.jsonl"), tmp_path / "out.jsonl"
    with pytest.raises(Stopped):
        run(source, out, on_progress=stop_after(1))
    times = source.stat()
    source.write_text(source.read_text("utf-8").replace("DeepSeek halves", "DeepSeek raises"), "utf-8")
    os.utime(source, ns=(times.st_atime_ns, times.st_mtime_ns))
    with pytest.raises(BatchError, match="do not hold what was read before"):
        run(source, out)


@pytest.mark.parametrize("manifest", [None, b'{"half'])
def test_a_job_without_a_part_has_nothing_to_lose_and_just_begins(tmp_path, manifest):
    source, out = news(tmp_path / "news.jsonl"), tmp_path / "out.jsonl"
    folder = folder_of(out)
    with pytest.raises(Stopped):
        run(
            source,
            out,
            on_begin=lambda job: shutil.copytree(folder, tmp_path / "killed") and stop_after(1)(job),
        )
    shutil.copytree(tmp_path / "killed", folder)  # as a kill before the first part leaves it
    if manifest is not None:
        (folder / "manifest.json").write_bytes(manifest)
    report = run(source, out, stories=False, now=NOW + timedelta(days=1))
    assert (report.n_records, report.n_resumed, report.n_kept) == (28, 0, 0)
    assert report.scored_at == NOW + timedelta(days=1)


def test_parts_without_a_manifest_are_no_job(tmp_path):
    source, out = news(tmp_path / "news.jsonl"), tmp_path / "out.jsonl"
    with pytest.raises(Stopped):
        run(source, out, on_progress=stop_after(2))
    (folder_of(out) / "manifest.json").unlink()  # as a kill in the middle of --restart leaves it
    assert run(source, out, stories=False).n_kept == 0


def test_a_spoiled_part_is_named_and_nothing_is_guessed(tmp_path):
    source, out = news(tmp_path / "news.jsonl"), tmp_path / "out.jsonl"
    with pytest.raises(Stopped):
        run(source, out, on_progress=stop_after(2))
    part = folder_of(out) / "000" / "000000.part"
    part.write_bytes(part.read_bytes()[:-20])
    with pytest.raises(BatchError, match=r"out\.jsonl\.labtape-job/000/000000\.part: is spoiled"):
        run(source, out)


def test_what_a_kill_left_half_written_is_no_part(tmp_path):
    source, out = news(tmp_path / "news.jsonl"), tmp_path / "out.jsonl"
    run(source, tmp_path / "whole.jsonl")
    with pytest.raises(Stopped):
        run(source, out, on_progress=stop_after(1))
    (folder_of(out) / "000" / ".000001.part.99999.part").write_bytes(gzip.compress(b"half")[:9])
    assert run(source, out).n_kept == 8
    assert out.read_bytes() == (tmp_path / "whole.jsonl").read_bytes()


def test_two_runs_at_once_are_refused(tmp_path):
    pytest.importorskip("fcntl")
    source, out = news(tmp_path / "news.jsonl"), tmp_path / "out.jsonl"

    def another(progress):
        with pytest.raises(BatchError, match="another process works on it"):
            run(source, out)
        raise Stopped

    with pytest.raises(Stopped):
        run(source, out, on_progress=another)


def test_a_run_that_did_nothing_leaves_nothing(tmp_path):
    with pytest.raises(Stopped):
        run(news(tmp_path / "news.jsonl"), tmp_path / "out.jsonl", on_begin=stop_after(1))
    assert not folder_of(tmp_path / "out.jsonl").exists()


# ---------------------------------------------------------------- places that cannot be written


def test_no_place_is_an_error_before_anything_is_scored(tmp_path):
    source = news(tmp_path / "news.jsonl", 3)
    (tmp_path / "folder.jsonl").mkdir()
    with pytest.raises(SettingsError, match=r"folder\.jsonl: is a folder"):
        run(source, tmp_path / "folder.jsonl")
    with pytest.raises(SettingsError, match=r"missing is no folder; give --out a place in one that exists"):
        run(source, tmp_path / "missing" / "out.jsonl")
    with pytest.raises(SettingsError, match=r"out\.xls: no format has this ending"):
        run(source, tmp_path / "out.xls")
    with pytest.raises(SettingsError, match="is read and would be overwritten"):
        run(source, source)


def test_inputs_that_are_not_there_cost_no_earlier_output(tmp_path):
    out = news(tmp_path / "out.jsonl", 3)
    before = out.read_bytes()
    with pytest.raises(SettingsError, match=r"nwes\.jsonl: there is no such file or folder"):
        run(tmp_path / "nwes.jsonl", out)
    assert out.read_bytes() == before
    assert not folder_of(out).exists()


@pytest.mark.parametrize("option", ["report", "story_list"])
def test_nothing_that_is_read_or_written_is_overwritten_by_another_option(tmp_path, option):
    source, out = news(tmp_path / "news.jsonl", 3), tmp_path / "out.jsonl"
    before = source.read_bytes()
    (tmp_path / "link.jsonl").symlink_to(source)
    for path in (source, tmp_path / "link.jsonl"):
        with pytest.raises(SettingsError, match="is read and would be overwritten; give --"):
            run(source, out, **{option: path})
    assert source.read_bytes() == before
    with pytest.raises(SettingsError, match="--out writes there as well"):
        run(source, out, **{option: out})
    with pytest.raises(SettingsError, match="is read and would be overwritten"):  # by the list of failures
        run(source, out, **{option: tmp_path / "out.jsonl.errors.jsonl"})
    with pytest.raises(SettingsError, match="missing is no folder"):
        run(source, out, **{option: tmp_path / "missing" / "x.json"})
    with pytest.raises(SettingsError, match="is a device or a pipe"):
        run(source, out, **{option: Path("/dev/null")})
    assert not out.exists()
    assert not folder_of(out).exists()


def test_a_full_disk_loses_nothing(tmp_path):
    source, out = news(tmp_path / "news.jsonl"), tmp_path / "out.jsonl"
    run(source, tmp_path / "whole.jsonl")
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    limited = (tmp_path / "whole.jsonl").stat().st_size // 2
    before = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (limited, hard))
    try:
        with pytest.raises(SettingsError, match="make room"):
            run(source, out)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
        signal.signal(signal.SIGXFSZ, before)
    assert not out.exists()
    assert run(source, out).n_kept == 30
    assert out.read_bytes() == (tmp_path / "whole.jsonl").read_bytes()


# ---------------------------------------------------------------- memory


def test_articles_are_read_no_further_than_they_are_kept(tmp_path):
    source = news(tmp_path / "news.jsonl", 300, bad=())
    seen = []
    with pytest.raises(Stopped):
        run(source, tmp_path / "out.jsonl", on_progress=lambda p: (seen.append(p), stop_after(1)(p)))
    assert seen[0].n_read < source.stat().st_size / 2
    assert seen[0].n_bytes == source.stat().st_size


def test_articles_without_dates_do_not_pile_up(tmp_path):
    from labtape.batch.core import annotate
    from labtape.read import read_articles
    from labtape.story import Grouper

    articles = list(read_articles(news(tmp_path / "news.jsonl", 60, bad=(), dated=False), now=NOW))
    grouper, closed = Grouper(most=20), []
    for annotated in annotate(articles, RULES):
        grouper.add(annotated)
        closed += grouper.take_closed()
        assert grouper._terms.n_articles <= 20
        assert all(len(story.article_ids) <= 21 for story in grouper.stories())
    placed = [i for story in (*closed, *grouper.stories()) for i in story.article_ids]
    assert sorted(placed) == sorted(a.id for a in articles)
