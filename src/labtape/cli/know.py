"""The commands about knowledge: train, evaluate, models, lexicon."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from labtape.cli.common import complain, console, progress, settings
from labtape.exceptions import BundleError, ReadError, SettingsError

models_app = typer.Typer(help="The model bundles: list, show, verify.", no_args_is_help=True)
lexicon_app = typer.Typer(help="What labtape knows, as files: check them.", no_args_is_help=True)


def register(app: typer.Typer) -> None:
    app.command()(train)
    app.command()(evaluate)
    app.add_typer(models_app, name="models")
    app.add_typer(lexicon_app, name="lexicon")


def train(
    context: typer.Context,
    data: Annotated[
        Path | None,
        typer.Option(
            help="Folder with the public sets (train/*.csv), as their owners publish them; without it, labels alone."
        ),
    ] = None,
    gold: Annotated[
        list[Path] | None,
        typer.Option(
            metavar="FILE", help="JSONL of annotated AI news for the decision and calibration; repeatable."
        ),
    ] = None,
    labels: Annotated[
        list[Path] | None,
        typer.Option(
            metavar="PATH",
            help="Labelled articles, with texts (corpora/articles) or without (corpora/labels/pool): a JSONL or a folder. "
            "Those of the split 'test' are the test; 'apart' is left out.",
        ),
    ] = None,
    texts: Annotated[
        Path | None, typer.Option(help="The texts of --labels: a JSONL or a folder of them.")
    ] = None,
    out: Annotated[Path, typer.Option("-o", "--out", help="Bundle folder to write.")] = Path(
        "models/market3"
    ),
    seed: Annotated[int, typer.Option(help="Same seed, same digest.")] = 0,
    encoder: Annotated[
        bool,
        typer.Option(
            "--encoder",
            help="Fine-tune the encoder as well (pip install 'labtape[train]'; most of an hour on two cores); else the bundle is a fast one without.",
        ),
    ] = False,
    baseline: Annotated[
        bool,
        typer.Option(
            "--baseline",
            help="Write nothing: train TF-IDF and logistic regression on --data, on --labels, on both; measure each on --gold and on the labels' dev and test.",
        ),
    ] = False,
) -> None:
    """Train the model and write its bundle.

    A bundle is weights, a manifest with digests, and a card.
    """
    if data and not data.is_dir():
        raise ReadError(f"{data}: no such folder; name the one that holds train/*.csv")
    for path in gold or ():
        _must_be_there(path, "a JSONL of annotated articles")
    if baseline:
        from labtape.train.baseline import baseline_table, compare

        with progress("training"):
            compared = compare(data, gold or (), labels or (), texts, seed=seed)
        console().print(baseline_table(compared.trials))
        if compared.n_missing or compared.n_changed:
            complain(f"labtape: {compared.n_missing} texts missing, {compared.n_changed} changed; left out")
        return
    from labtape.signal.bundle import RELIABILITY
    from labtape.train import train as train_bundle

    with progress("training") as bar:
        bundle = train_bundle(
            data,
            gold or (),
            out,
            labels=labels or (),
            texts=texts,
            seed=seed,
            lexicon_folders=settings(context).lexicon,
            encoder=encoder,
            progress=bar,
        )
    typer.echo(f"{bundle}: written; read {bundle / 'card.md'}")
    if not (bundle / RELIABILITY).is_file():
        complain(
            f"labtape: no {RELIABILITY}: charts need Altair and vl-convert: pip install 'labtape[charts]'"
        )


def evaluate(
    context: typer.Context,
    gold: Annotated[
        list[Path],
        typer.Argument(
            metavar="GOLD",
            help="JSONL of annotated articles, in the form of docs/annotation.md; or CSV of headlines: text, label, perhaps entity; "
            "or the word 'stories': how articles are grouped.",
        ),
    ],
    texts: Annotated[
        Path | None, typer.Option(help="JSONL with the texts, where GOLD has labels only (corpora/labels).")
    ] = None,
    json: Annotated[bool, typer.Option("--json", help="Print the measures as JSON.")] = False,
    floors: Annotated[Path | None, typer.Option(help="Floors to compare with.")] = None,
    records: Annotated[Path | None, typer.Option(help="Also write the records here, as JSONL.")] = None,
    errors: Annotated[
        int, typer.Option(min=0, help="How many mention errors of a kind to show; 0 shows none.")
    ] = 5,
    errors_out: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Also write every mention error here: .csv or .jsonl.")
    ] = None,
    shared: Annotated[
        Path | None,
        typer.Option(
            metavar="FOLDER",
            help="For 'stories': the folder that holds stories/*.csv and pool/pool.jsonl; default ../shared.",
        ),
    ] = None,
) -> None:
    """Measure labtape on articles, headlines or stories.

    Prints the measures beside baselines and the mention errors by kind, and compares the measures with the floors; exit 1
    when one is under its floor.
    """
    if Path("stories") in gold:
        if len(gold) > 1 or texts or records or errors_out:
            raise SettingsError(
                "evaluate stories: stands alone; takes --shared, --floors and --json (for a file of this name give its ending)"
            )
        from labtape.cli.evaluating import evaluated_stories

        place = shared or Path("../shared")
        failed = evaluated_stories(place, settings(context), as_json=json, floors=floors, screen=console())
        raise typer.Exit(1 if failed else 0)
    if shared:
        raise SettingsError(f"--shared {shared}: is for 'labtape evaluate stories'; leave it out for files")
    for path in (*gold, *([texts] if texts else [])):
        _must_be_there(path, "a JSONL of annotated articles")
    from labtape.cli.evaluating import check_errors_name, evaluated, evaluated_headlines, write_errors

    if errors_out:
        check_errors_name(errors_out)
    chosen = settings(context)
    headlines = [path for path in gold if path.suffix == ".csv"]
    if headlines and (texts or floors or records or errors_out):
        raise SettingsError(
            f"{headlines[0]}: --texts, --floors, --records and --errors-out are for annotated articles; leave them out for headlines"
        )
    for path in headlines:
        evaluated_headlines(path, chosen, now=datetime.now(UTC), as_json=json, screen=console())
    done = {
        path: evaluated(
            path,
            chosen,
            texts=texts,
            now=datetime.now(UTC),
            as_json=json,
            floors=floors,
            records=records,
            n_cases=errors,
            screen=console(),
        )
        for path in gold
        if path not in headlines
    }
    if errors_out:
        write_errors(errors_out, {path.name: found.errors for path, found in done.items()})
    raise typer.Exit(1 if any(found.failed for found in done.values()) else 0)


def _must_be_there(path: Path, what: str) -> None:
    if not path.exists():
        raise ReadError(f"{path}: no such file; name {what} or a folder of them")


@models_app.command("list")
def list_models() -> None:
    """The bundles that are here, with version, size and label set."""
    from labtape.signal import bundles

    for bundle in bundles():
        typer.echo(
            f"{bundle.name}\t{bundle.version}\t{bundle.label_set}\t{bundle.n_bytes / 1e6:.1f} MB\t{bundle.path}"
        )


@models_app.command("show")
def show_model(name: Annotated[str, typer.Argument(help="A bundle's name or folder.")]) -> None:
    """A bundle's card: what it learned from and how good it is.

    Refused when a file of the bundle does not match its digest.
    """
    from labtape.signal import find_bundle, verify
    from labtape.signal.bundle import CARD, RELIABILITY

    manifest = verify(name)
    folder = find_bundle(name)
    if CARD not in manifest.files:
        raise BundleError(f"{folder}: the manifest lists no {CARD}; train again")
    typer.echo((folder / CARD).read_text("utf-8"))
    if RELIABILITY in manifest.files:
        typer.echo(f"Reliability diagram: {folder / RELIABILITY}")


@models_app.command("verify")
def verify_model(name: Annotated[str, typer.Argument(help="A bundle's name or folder.")]) -> None:
    """Compare every file of a bundle with the digest in its manifest."""
    from labtape.signal import verify

    manifest = verify(name)
    files = ", ".join(sorted(manifest.files))
    typer.echo(f"{manifest.name} {manifest.version}: all files match their digests ({files})")


@lexicon_app.command("check")
def check_lexicon(
    context: typer.Context,
    folders: Annotated[
        list[Path] | None,
        typer.Argument(
            metavar="FOLDER", help="Folders of your own beside the shipped one; those of the settings."
        ),
    ] = None,
) -> None:
    """Check every file, row and field, and what refers to what."""
    from labtape.lexicon import check, load_lexicon

    chosen = tuple(folders or map(Path, settings(context).lexicon))
    problems = check(*chosen)
    for problem in problems:
        complain(problem)
    if problems:
        raise typer.Exit(1)
    known = load_lexicon(*chosen)
    typer.echo(
        f"lexicon {known.version}: {len(known.labs)} labs, {len(known.models)} model families, {len(known.aliases)} "
        f"aliases, {len(known.assets)} assets, {len(known.events)} dated events, {len(known.shares)} published shares, "
        f"{len(known.feeds)} feeds, {len(known.event_types)} event types, {len(known.relations)} relations; no problems"
    )
