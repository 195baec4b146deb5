"""Begins a template set: a manifest, files to change, and a golden case that holds."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from modelpress.bundle import Entry, RenderedText
from modelpress.errors import UsageError
from modelpress.templating.checking.cases import CASE_NAME, EXPECTED, cases_of, rendered_of
from modelpress.templating.layer import Layer
from modelpress.templating.manifest import MANIFEST_NAME
from modelpress.templating.origin import origin_of
from modelpress.templating.set_folder import CASES, SUFFIX
from modelpress.templating.sets import TemplateSet, find_set, load_sets
from modelpress.templating.stacking import check_name

CASE = f"{CASES}/first"


@dataclass(frozen=True, slots=True)
class Wish:
    """The set that is wanted: its name, the one that it extends, and the files of that one that it changes."""

    name: str
    extends: str | None = None
    overrides: tuple[str, ...] = ()


def scaffold(wish: Wish, layers: Sequence[Layer]) -> dict[str, Entry]:
    """The files of the set by their path in its folder. It passes its own case, and `check`.

    Raises UsageError for a name that cannot be one, and for a set or a file that is not there.
    """
    check_name(wish.name, wish.name)
    if wish.overrides and not wish.extends:
        raise UsageError("there is nothing to override", hint="Name the set with --extends.")
    if wish.name in load_sets(layers) and wish.name != wish.extends:
        raise UsageError(
            f"there is a template set {wish.name!r} already",
            hint=f"Take another name, or change that one with --extends {wish.name}.",
        )
    files = _inheriting(wish, layers) if wish.extends else _plain(wish.name)
    with tempfile.TemporaryDirectory() as scratch:
        top = Path(scratch, wish.name)
        for name, content in files.items():
            place = top / name
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_bytes(content)
        made = find_set(load_sets([Layer("new", Path(scratch)), *layers]), wish.name)
        (case,) = cases_of(made)
        expected = {f"{CASE}/{EXPECTED}/{path}": _kept(entry) for path, entry in rendered_of(made, case).items()}
    return {**{name: RenderedText(content) for name, content in files.items()}, **expected}


def _kept(entry: Entry) -> Entry:
    with entry.open() as file:
        return RenderedText(file.read(), entry.is_text, entry.executable)


def _plain(name: str) -> dict[str, bytes]:
    """A set of its own, with one variable and one file."""
    variable = f"settings[{json.dumps(name)}].audience"
    return _encoded(
        {
            MANIFEST_NAME: (
                f"description: What {name} is for.\n"
                "variables:\n"
                "  audience: {type: str, default: everyone, help: Whom it is for.}\n"
            ),
            f"{name}.md{SUFFIX}": f"# {{{{ project.name | md }}}} for {{{{ {variable} | md }}}}\n",
            f"{CASE}/{CASE_NAME}": "sample: ordinary\nvariables: {audience: operators}\n",
        }
    )


def _inheriting(wish: Wish, layers: Sequence[Layer]) -> dict[str, bytes]:
    """A set that keeps all of another but for the files that it changes."""
    base = find_set(load_sets(layers), str(wish.extends))
    own = dict(_override(base, path) for path in wish.overrides)
    outputs = [name.removesuffix(SUFFIX) for name in own if "{" not in name]
    manifest = f"description: {base.name}, changed.\nextends: {base.name}\n"
    only = f"only: {json.dumps(outputs)}\n" if outputs else ""
    return {**_encoded({MANIFEST_NAME: manifest, f"{CASE}/{CASE_NAME}": f"sample: ordinary\n{only}"}), **own}


def _override(base: TemplateSet, wanted: str) -> tuple[str, bytes]:
    """A file that extends the one of the other set, ready to change a block; one without blocks is copied."""
    origin = origin_of(base, wanted)
    if not origin.blocks:
        return origin.name, origin.files[0].path.read_bytes()
    blocks = [block for block, _ in origin.blocks]
    text = (
        f'{{% extends "{base.name}:{origin.name}" %}}\n'
        f"{{# Blocks that can be changed: {', '.join(blocks)}. super() is what the block holds so far. #}}\n"
        f"{{% block {blocks[0]} %}}\n"
        "{{ super() }}{% endblock %}\n"
    )
    return origin.name, text.encode()


def _encoded(files: Mapping[str, str]) -> dict[str, bytes]:
    return {name: text.encode() for name, text in files.items()}
