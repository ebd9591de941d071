"""A model bundle on disk: a folder with a manifest, weights and a card, checked before anything is opened.

    models/market3/
      manifest.json   name, version, label set, features in order, libraries, digests, corpora, scores, calibration
      weights.joblib  what scikit-learn learned; opened only after its sha-256 matched the manifest's
      card.md         for people
      reliability.svg how often verdicts are right, over how sure they are; where charts could be drawn

Unpickling runs code, therefore the order: manifest, schema, libraries, digests, and only then the weights.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from importlib import metadata, resources
from pathlib import Path
from typing import Any, Final, TypeVar

from labtape.exceptions import BundleError

T = TypeVar("T")

# 2: `settings.calibration` in place of `settings.temperature`; a manifest of schema 1 is still read.
SCHEMA: Final = 2
MANIFEST: Final = "manifest.json"
WEIGHTS: Final = "weights.joblib"
CARD: Final = "card.md"
RELIABILITY: Final = "reliability.svg"
_DIGEST: Final = re.compile(r"sha256:[0-9a-f]{64}")


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a bundle says about itself. `settings` are the fitted numbers outside the weights, by name."""

    name: str
    version: str
    label_set: str
    label_set_version: str
    features: tuple[str, ...]
    libraries: Mapping[str, str]
    files: Mapping[str, str]
    corpora: tuple[Mapping[str, Any], ...]  # Any: rows of JSON kept as written
    settings: Mapping[str, Any]  # Any: named numbers and tables of numbers
    scores: Mapping[str, Any]  # Any: as evaluate made them
    digest: str


@dataclass(frozen=True, slots=True)
class BundleInfo:
    """One line of `labtape models list`."""

    name: str
    version: str
    label_set: str
    n_bytes: int
    path: Path


def bundles() -> tuple[BundleInfo, ...]:
    """The bundles that ship with labtape, by name."""
    found = [
        folder for root in _roots() for folder in sorted(root.iterdir()) if (folder / MANIFEST).is_file()
    ]
    infos = []
    for folder in found:
        manifest = read_manifest(folder)
        size = sum(f.stat().st_size for f in folder.iterdir() if f.is_file())
        infos.append(BundleInfo(manifest.name, manifest.version, manifest.label_set, size, folder))
    return tuple(infos)


def find_bundle(name_or_path: str | Path) -> Path:
    """The folder of a bundle, given its name or the folder itself."""
    given = Path(name_or_path)
    if (given / MANIFEST).is_file():
        return given
    if given.is_dir() and len(given.parts) > 1:
        raise BundleError(f"{given}: no {MANIFEST} here; a bundle is a folder that `labtape train` wrote")
    for root in _roots():
        if len(given.parts) == 1 and (root / given / MANIFEST).is_file():
            return root / given
    have = ", ".join([*(folder.name for root in _roots() for folder in sorted(root.iterdir())), "rules"])
    raise BundleError(f"no model bundle '{name_or_path}'; have: {have}, or the path of a bundle's folder")


def verify(name_or_path: str | Path) -> Manifest:
    """The manifest of a bundle whose every file matches its digest; raises `BundleError` otherwise."""
    folder = find_bundle(name_or_path)
    manifest = read_manifest(folder)
    for name, wanted in sorted(manifest.files.items()):
        path = folder / name
        if not path.is_file():
            raise BundleError(f"{path}: missing; the manifest lists it with {wanted}")
        is_now = sha256_of(path)
        if is_now != wanted:
            raise BundleError(
                f"{path}: digest is {is_now}, the manifest says {wanted}; not opened, take the bundle afresh"
            )
    return manifest


def read_manifest(folder: Path) -> Manifest:
    """The manifest, every field checked; raises `BundleError` with file and field."""
    path = folder / MANIFEST
    try:
        body = path.read_bytes()
    except OSError as e:
        raise BundleError(f"{path}: cannot be read ({e.strerror}); a bundle has a {MANIFEST}") from e
    try:
        data = json.loads(body)
    except ValueError as e:
        raise BundleError(f"{path}: not JSON ({e}); `labtape train` writes a new bundle") from e
    if not isinstance(data, dict):
        raise BundleError(f"{path}: not a JSON object; `labtape train` writes a new bundle")
    schema = _field(data, "schema", int, path)
    if schema > SCHEMA:
        raise BundleError(
            f"{path}: manifest schema {schema} is newer than {SCHEMA}, which this labtape reads; update labtape"
        )
    return Manifest(
        name=_field(data, "name", str, path),
        version=_field(data, "version", str, path),
        label_set=_field(data, "label_set", str, path),
        label_set_version=_field(data, "label_set_version", str, path),
        features=tuple(_field(data, "features", list, path)),
        libraries=_field(data, "libraries", dict, path),
        files=_field(data, "files", dict, path),
        corpora=tuple(_field(data, "corpora", list, path)),
        settings=_field(data, "settings", dict, path),
        scores=_field(data, "scores", dict, path),
        digest="sha256:" + hashlib.sha256(body).hexdigest(),
    )


def check_libraries(manifest: Manifest, place: Path) -> None:
    """Raise unless the pickled libraries are here in the same minor version."""
    for name, wanted in sorted(manifest.libraries.items()):
        try:
            have = metadata.version(name)
        except metadata.PackageNotFoundError as e:
            raise BundleError(f"{place}: needs {name}=={wanted}, which is not installed") from e
        if minor(have) != minor(wanted):
            raise BundleError(
                f"{place}: made with {name}=={wanted}, here is {have}; install {name}=={wanted} or train again"
            )


def sha256_of(path: Path) -> str:
    return "sha256:" + hashlib.sha256(path.read_bytes()).hexdigest()


def _field(data: Mapping[str, Any], name: str, kind: type[T], path: Path) -> T:  # Any: JSON
    value = data.get(name)
    if not isinstance(value, kind):
        raise BundleError(f"{path}: field '{name}' is {type(value).__name__}, must be {kind.__name__}")
    return value


def checked_digest(text: str) -> str:
    """A digest as it is compared; raises `BundleError` where the text is none."""
    digest = text.strip().lower()
    if not _DIGEST.fullmatch(digest):
        raise BundleError(f"{text!r} is no digest; a digest is sha256: and 64 hexadecimal digits")
    return digest


def minor(version: str) -> tuple[str, ...]:
    """The part of a version within which a pickle may be opened."""
    return tuple(version.split(".")[:2])


def _roots() -> tuple[Path, ...]:
    """Where bundles live: inside an installed wheel, or models/ of a source tree."""
    package = Path(str(resources.files("labtape")))
    places = (package / "_models", package.parents[1] / "models")
    return tuple(place for place in places if place.is_dir())
