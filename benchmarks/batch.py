"""What `labtape score` of an archive costs: articles against seconds and memory, and what a stop costs; real processes, one run.

    python benchmarks/batch.py [--quick] [--sizes 1000 5000 …] [--jobs 2] [--bundle market3-fast] [--picture FILE.svg]

Each row is one run of the real command over a JSONL of invented articles: seconds, CPU seconds of all its processes, the most
memory they held at one time (sampled 5 times a second), and the rate. Articles are 300 words on the average (lengths spread as in
news: 60 to 1,500), in stories of heavy-tailed sizes (benchmarks/story_flow.py) told over months, 1,000 a day, and about labs,
models and chips that the lexicon knows: three sentences of seven kinds among its own, so that events are alike as in a trade's news. Then one run is killed (-9, with all its processes) in the middle and given again:
how many articles were scored twice. Last, how long `import labtape` takes. It judges nothing: machines are noisy.
"""

from __future__ import annotations

import argparse
import itertools
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory

from story_flow import Flow

SIZES = (1_000, 2_000, 5_000, 10_000, 20_000, 50_000, 100_000)
QUICK = (1_000, 2_000)
A_DAY = 1_000
SINCE = datetime(2026, 1, 5, tzinfo=UTC)
MB = 1024 * 1024
SUBJECTS = (
    "OpenAI", "Anthropic", "DeepSeek", "Moonshot AI", "Alibaba’s Qwen", "Google’s Gemini", "Nvidia", "Microsoft", "Mistral AI",
    "Zhipu", "Meta", "xAI", "Oracle", "CoreWeave", "MiniMax",
)  # fmt: skip
LEADS = (
    "{a} cut the price of its newest model by {n}% on Monday, and said that demand had doubled since the spring.",
    "{a} will pay {b} ${n} billion over five years for computing power, people who know of the contract said.",
    "{a} took about {n}% of the tokens on OpenRouter last month, up from {m}%, while {b} lost ground.",
    "Shares of {b} fell {m}% after {a} released a model that needs fewer chips than those of its rivals.",
    "“We cannot build data centers fast enough,” said the head of {a}, which buys most of its chips from {b}.",
    "Washington is weighing new limits on exports of chips to China, and {a} may lose {n}% of its sales there.",
    "{a} reported revenue of ${n}.{m} billion for the quarter, more than analysts had expected of it, and raised its outlook.",
)  # fmt: skip


def archive(path: Path, n: int) -> None:
    """Write `n` articles as JSON Lines, oldest first; the same ones each time."""
    flow = Flow(n, hours=max(60.0, 24 * n / A_DAY))
    with path.open("w", encoding="utf-8") as file:
        for told in flow.articles(SINCE):
            article = told.annotated.article
            random = Random(f"lead/{told.story}")
            a, b = random.sample(SUBJECTS, 2)
            leads = [
                t.format(a=a, b=b, n=random.randint(11, 60), m=random.randint(2, 9))
                for t in random.sample(LEADS, 3)
            ]
            own = Random(article.id)
            n_words = int(min(1500, max(60, own.lognormvariate(5.55, 0.55))))
            words = (article.text.split() * 5)[: max(20, n_words - 60)]
            body = (" ".join(words[at : at + 100]) for at in (0, 100, 200))
            text = "\n".join(f"{lead} {told}" for lead, told in zip(leads, body, strict=True))
            row = {
                "id": article.id, "title": f"{a}: {article.title[:70]}", "text": f"{text} {' '.join(words[300:])}".rstrip(),
                "publisher": article.publisher, "published_at": article.published_at.isoformat(),
                "url": f"https://news.example/{article.id}",
            }  # fmt: skip
            file.write(json.dumps(row, ensure_ascii=False) + "\n")


# ---------------------------------------------------------------- one run


@dataclass(frozen=True, slots=True)
class Row:
    """One run: `mb` is the most memory of all its processes at one time, pages that they share counted once for each."""

    articles: int
    seconds: float
    cpu_seconds: float
    mb: float
    out_mb: float

    @property
    def per_second(self) -> float:
        return self.articles / self.seconds

    @property
    def per_cpu_second(self) -> float:
        return self.articles / self.cpu_seconds


def command(source: Path, out: Path, jobs: int, bundle: str) -> list[str]:
    return [
        sys.executable, "-m", "labtape", "--bundle", bundle, "score", str(source), "-o", str(out), "--jobs", str(jobs),
        "--now", "2026-12-01T00:00Z",
    ]  # fmt: skip


def measured(source: Path, out: Path, n: int, jobs: int, bundle: str) -> Row:
    """Run the command once and watch its processes."""
    began, peak = time.perf_counter(), 0.0
    run = subprocess.Popen(
        command(source, out, jobs, bundle), stderr=subprocess.DEVNULL, start_new_session=True
    )
    try:
        while run.poll() is None:
            peak = max(peak, sum(map(resident, family(run.pid))))
            time.sleep(0.2)
    finally:  # where this measure itself is stopped
        if run.poll() is None:
            os.killpg(run.pid, signal.SIGKILL)
    seconds = time.perf_counter() - began
    assert run.returncode == 0, run.returncode
    report = json.loads(out.with_name(f"{out.name}.report.json").read_text("utf-8"))
    assert report["n_records"] == n
    return Row(n, seconds, report["spent"]["cpu_seconds"], peak / MB, out.stat().st_size / MB)


def family(pid: int) -> list[int]:
    """A process and all below it."""
    found, below = [pid], children()
    for one in found:
        found.extend(below.get(one, ()))
    return found


def children() -> dict[int, list[int]]:
    by_parent: dict[int, list[int]] = {}
    for place in Path("/proc").glob("[0-9]*"):
        try:
            parent = int((place / "stat").read_text().rpartition(")")[2].split()[1])
        except OSError:
            continue
        by_parent.setdefault(parent, []).append(int(place.name))
    return by_parent


def resident(pid: int) -> int:
    try:
        return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")
    except OSError:
        return 0


# ---------------------------------------------------------------- what a stop costs


@dataclass(frozen=True, slots=True)
class Stop:
    """A run that was killed: articles on the disk then, those of whole chunks that were scored and lost, and whether the bytes came out equal."""

    kept: int
    same: bool
    seconds_whole: float
    seconds_both: float


def stopped(source: Path, folder: Path, n: int, jobs: int, bundle: str, whole: Path, seconds: float) -> Stop:
    """Kill a run in the middle, give it again, compare."""
    out = folder / "stopped.jsonl"
    job = folder / "stopped.jsonl.labtape-job"
    began = time.perf_counter()
    run = subprocess.Popen(
        command(source, out, jobs, bundle), stderr=subprocess.DEVNULL, start_new_session=True
    )
    while len(list(job.glob("*/*.part"))) < n // 128:
        assert run.poll() is None
        time.sleep(0.02)
    os.killpg(run.pid, signal.SIGKILL)
    run.wait()
    subprocess.run(command(source, out, jobs, bundle), check=True, stderr=subprocess.DEVNULL)
    both = time.perf_counter() - began
    report = json.loads(out.with_name(f"{out.name}.report.json").read_text("utf-8"))
    same = digest(out) == digest(whole)
    return Stop(report["n_kept"], same, seconds, both)


def digest(path: Path) -> str:
    with path.open("rb") as file:
        found = sha256()
        while block := file.read(MB):
            found.update(block)
        return found.hexdigest()


VERDICTS = """
import sys, time
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path
from labtape.batch import Tools, score
from labtape.read import read_articles
now = datetime(2026, 12, 1, tzinfo=UTC)
articles = list(islice(read_articles(Path(sys.argv[1]), now=now), 564))
tools = Tools(sys.argv[2])
list(score(articles[:64], tools=tools, now=now))
began = time.process_time()
list(score(articles[64:], tools=tools, now=now))
print((len(articles) - 64) / (time.process_time() - began))
"""


def verdicts_per_cpu_second(source: Path, bundle: str) -> float:
    """The rate of records alone on the same articles: one process, warm, nothing grouped, nothing written."""
    done = subprocess.run(
        [sys.executable, "-c", VERDICTS, str(source), bundle], capture_output=True, text=True, check=True
    )
    return float(done.stdout)


def import_seconds(n: int = 7) -> float:
    """The median of `import labtape`, in seconds, as the interpreter counts it."""
    code = "import time; t = time.perf_counter(); import labtape; print(time.perf_counter() - t)"
    spent = sorted(
        float(subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout)
        for _ in range(n)
    )
    return spent[n // 2]


# ---------------------------------------------------------------- the table and the picture

HEAD = f"{'articles':>9}{'seconds':>9}{'CPU s':>9}{'articles/s':>12}{'per CPU s':>11}{'MB at most':>12}{'MB written':>12}"


def line(row: Row) -> str:
    return (
        f"{row.articles:>9,}{row.seconds:>9.1f}{row.cpu_seconds:>9.1f}{row.per_second:>12.0f}"
        f"{row.per_cpu_second:>11.0f}{row.mb:>12.0f}{row.out_mb:>12.0f}"
    )


def measure(
    sizes: Sequence[int], folder: Path, jobs: int, bundle: str, say: Callable[[str], object]
) -> Iterator[Row]:
    """A row for each size, and for the smallest what a stop costs."""
    for n in sizes:
        source, out = folder / f"{n}.jsonl", folder / f"{n}.scored.jsonl"
        archive(source, n)
        row = measured(source, out, n, jobs, bundle)
        say(line(row))
        yield row
        if n == sizes[0]:
            say(
                f"records alone, warm, in one process: {verdicts_per_cpu_second(source, bundle):.0f} per CPU s"
            )
            stop = stopped(source, folder, n, jobs, bundle, out, row.seconds)
            say(
                f"killed (-9) when {stop.kept:,} of {n:,} were kept, and given again: bytes {'equal' if stop.same else 'DIFFER'}; "
                f"{stop.seconds_both:.1f} s in all, {stop.seconds_whole:.1f} s without a stop"
            )
        for path in folder.glob("*.jsonl"):
            path.unlink()


def picture(rows: Sequence[Row], path: Path) -> None:
    """Seconds and memory over the articles, as .svg or .png."""
    import altair as alt
    import vl_convert

    values = [asdict(row) for row in rows]
    base = alt.Chart(alt.Data(values=values)).encode(
        x=alt.X("articles:Q", scale=alt.Scale(type="log", nice=False), axis=alt.Axis(format="~s")),
        color=alt.value("#1f4fbf"),
    )
    panels = [
        base.mark_line(point=True).encode(y=alt.Y(f"{field}:Q", title=title, scale=alt.Scale(type=scale, zero=scale == "linear")))
        .properties(width=340, height=240, title=title)
        for field, title, scale in (("seconds", "seconds", "log"), ("mb", "memory of all processes, MB", "linear"))
    ]  # fmt: skip
    chart = alt.hconcat(*panels, background="white", padding=18).configure(
        font="Helvetica, Arial, sans-serif"
    )
    version = ".".join(alt.SCHEMA_VERSION.removeprefix("v").split(".")[:2])
    if path.suffix == ".png":
        path.write_bytes(vl_convert.vegalite_to_png(chart.to_dict(), vl_version=version, scale=2))
    else:
        path.write_text(vl_convert.vegalite_to_svg(chart.to_dict(), vl_version=version), "utf-8")


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--quick", action="store_true", help="2,000 articles at most")
    parser.add_argument("--sizes", type=int, nargs="+", help="a run of each, rising")
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--bundle", default="market3-fast")
    parser.add_argument("--picture", type=Path, metavar="FILE", help=".svg or .png")
    given = parser.parse_args()
    if given.picture and given.picture.suffix not in (".svg", ".png"):
        parser.error(f"{given.picture}: no picture has this ending; have: .svg, .png")
    sizes = given.sizes or (QUICK if given.quick else SIZES)
    if any(a >= b for a, b in zip((0, *sizes), sizes, strict=False)):
        parser.error(f"--sizes {' '.join(map(str, sizes))}: must rise from 1 or more")
    with TemporaryDirectory() as folder:
        print(HEAD)
        rows = list(
            measure(sizes, Path(folder), given.jobs, given.bundle, lambda text: print(text, flush=True))
        )
    for a, b in itertools.pairwise(rows):
        more = (b.articles - a.articles) / (b.cpu_seconds - a.cpu_seconds)
        print(
            f"from {a.articles:,} to {b.articles:,} articles: {more:.0f} per CPU s, without what starting costs"
        )
    print(f"import labtape: {import_seconds() * 1000:.0f} ms")
    if given.picture:
        picture(rows, given.picture)


if __name__ == "__main__":
    main()
