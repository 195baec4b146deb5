"""The golden cases of a template set: `_tests/CASE/case.yaml` in it, and what it must render in `expected`."""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from modelpress.bundle import Entry
from modelpress.errors import ModelpressError, UsageError
from modelpress.filetree import FolderTree, reading
from modelpress.templating.checking.finding import Finding
from modelpress.templating.checking.specimens import SAMPLES, sample_context
from modelpress.templating.context import as_plain
from modelpress.templating.manifest import parse_manifest
from modelpress.templating.plain import plain_data
from modelpress.templating.render import render_plain
from modelpress.templating.set_folder import CASES
from modelpress.templating.sets import TemplateSet, resolve_settings
from modelpress.templating.variables import refuse_unknown_keys, suggestion

CASE_NAME = "case.yaml"
EXPECTED = "expected"
KEYS = ("sample", "variables", "context", "only")
ORDINARY = "ordinary"
LONGEST_COMPARED = 1 << 20  # bytes; the time grows with their square
MOST_LINES = 40  # of one file's difference


@dataclass(frozen=True, slots=True)
class Case:
    """One golden case.

    `sample` names the model that it is rendered for, `context` are fields of the render context
    that differ from the sample's, `only` are the files and folders that count, all where empty.
    """

    folder: Path
    sample: str = ORDINARY
    variables: Mapping[str, object] = field(default_factory=dict)
    context: Mapping[str, Any] = field(default_factory=dict)
    only: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        return self.folder.name

    @property
    def expected(self) -> Path:
        """The folder of the files that must be rendered."""
        return self.folder / EXPECTED

    def counts(self, path: str) -> bool:
        """Whether the case says anything of that file."""
        return not self.only or any(path == one or path.startswith(f"{one}/") for one in self.only)


def cases_of(template_set: TemplateSet) -> list[Case]:
    """The cases in the set's nearest folder, sorted: those of others are about their own state of it.

    Raises UsageError for a case.yaml that holds what it should not.
    """
    folder = template_set.path / CASES
    found = sorted(path for path in folder.iterdir() if path.is_dir()) if folder.is_dir() else []
    return [_read(path) for path in found]


def rendered_of(template_set: TemplateSet, case: Case) -> dict[str, Entry]:
    """What the set renders in that case, as far as it counts. Raises what rendering raises."""
    plain = _merged(as_plain(sample_context(case.sample, template_set)), case.context)
    settings = resolve_settings([template_set], {template_set.name: case.variables})
    plain["settings"] = {**plain["settings"], **settings}
    return {path: entry for path, entry in render_plain(plain, template_set).items() if case.counts(path)}


def compare(template_set: TemplateSet, case: Case) -> list[Finding]:
    """What differs from what the case expects, a finding for each file."""
    where = f"{template_set.name}:{CASES}/{case.name}"
    if not case.expected.is_dir():
        return [Finding(where, 0, f"there is no folder {EXPECTED}: --update writes it, to be read and committed")]
    try:
        rendered = rendered_of(template_set, case)
    except ModelpressError as error:
        return [Finding(where, 0, error.message)]
    tree = FolderTree(case.expected)
    expected = {name: entry for name in tree.names() if (entry := tree.entry(name)) is not None}
    return [Finding(f"{where}/{path}", 0, what) for path, what in _differences(rendered, expected)]


def _differences(rendered: Mapping[str, Entry], expected: Mapping[str, Entry]) -> Iterator[tuple[str, str]]:
    for path in sorted({*rendered, *expected}):
        if path not in rendered:
            yield path, "it is expected, and not rendered"
        elif path not in expected:
            yield path, "it is rendered, and not expected"
        elif (old := _content(expected[path], path)) != (new := _content(rendered[path], path)):
            yield path, f"what is rendered differs:\n{_difference(old, new)}"


def _content(entry: Entry, path: str) -> bytes:
    with reading(path), entry.open() as file:
        return file.read()


def _difference(old: bytes, new: bytes) -> str:
    other = f"{len(old):,} bytes are expected, and {len(new):,} other ones are rendered"
    if len(old) + len(new) > LONGEST_COMPARED:
        return other
    try:
        texts = old.decode().splitlines(), new.decode().splitlines()
    except UnicodeDecodeError:
        return other
    lines = list(difflib.unified_diff(*texts, EXPECTED, "rendered", n=1, lineterm=""))
    more = [f"... and {len(lines) - MOST_LINES} more lines"] if len(lines) > MOST_LINES else []
    return "\n".join([*lines[:MOST_LINES], *more]) or "in the ends of its lines"


def _read(folder: Path) -> Case:
    file = folder / CASE_NAME
    document = parse_manifest(file) if file.is_file() else {}
    shown = str(file)
    if not isinstance(document, Mapping):
        raise UsageError(f"{shown} is not a mapping", hint=f"Its keys: {', '.join(KEYS)}.", file=shown)
    refuse_unknown_keys(document, KEYS, shown, shown)
    sample = document.get("sample", ORDINARY)
    if not isinstance(sample, str) or sample not in SAMPLES:
        raise UsageError(f"{shown}: there is no sample {sample!r}", hint=suggestion(str(sample), SAMPLES), file=shown)
    only = document.get("only") or []
    for key, value, kind in (("variables", document.get("variables"), Mapping), ("only", only, list)):
        if value is not None and not isinstance(value, kind):
            raise UsageError(f"{shown}: `{key}` is no {kind.__name__.lower()}", hint="Correct it.", file=shown)
    context = document.get("context") or {}
    if not isinstance(context, Mapping):
        raise UsageError(f"{shown}: `context` is no mapping", hint="Give fields of the render context.", file=shown)
    return Case(folder, sample, document.get("variables") or {}, context, tuple(str(one).strip("/") for one in only))


def _merged(base: Mapping[str, Any], other: Mapping[str, Any], where: str = "context") -> dict[str, Any]:
    """The fields of `other` over those of `base`: mappings are merged, all else is replaced."""
    merged = dict(base)
    for key, value in other.items():
        both = isinstance(value, Mapping) and isinstance(merged.get(key), Mapping)
        place = f"{where}.{key}"
        merged[str(key)] = _merged(merged[key], value, place) if both else plain_data(value, place)
    return merged
