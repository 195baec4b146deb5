"""Write docs/reference/ from the code: commands, the render context, the configuration.

Usage: python docs/generate.py [--check]

With --check nothing is written; the exit code is 1 where a page is not what the code says.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import click

from modelpress.cli.main import modelpress
from modelpress.config.native import configuration_schema
from modelpress.templating.filters import FILTERS
from modelpress.templating.schema import context_schema

REFERENCE = Path(__file__).resolve().parent / "reference"
WIDTH = 100  # columns of a command's help
SAMPLE = 'a "b" $c'

EXIT_CODES = """\
## Exit codes

| code | meaning |
|---|---|
| 0 | done |
| 1 | failure |
| 2 | the command line, a variable or a configuration file asks for something wrong |
| 3 | what was rendered, or a template set, does not pass its checks |
| 4 | unsafe or untrusted input |
| 5 | no candidate qualifies |
| 6 | a remote service, or a download, failed |
| 130 | interrupted |

With `--format json` every command prints one JSON document on standard output, errors too:
`{"error": {"code", "message", "hint", "file"}}`. Warnings and notes go to standard error.

## Shell completion

`_MODELPRESS_COMPLETE=bash_source modelpress` prints the completion script for bash; `zsh_source` and `fish_source`
those for zsh and fish.
"""


def commands_page() -> str:
    """Every command with its help."""
    lines = ["# Commands", ""]
    for path, command in _commands(modelpress, ("modelpress",)):
        context = click.Context(command, info_name=" ".join(path), terminal_width=WIDTH, max_content_width=WIDTH)
        lines += [f"## {' '.join(path)}", "", "```", command.get_help(context).rstrip(), "```", ""]
    return "\n".join(lines) + "\n" + EXIT_CODES


def _commands(command: click.Command, path: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], click.Command]]:
    yield path, command
    if isinstance(command, click.Group):
        for name in sorted(command.commands):
            yield from _commands(command.commands[name], (*path, name))


def context_page() -> str:
    """Every template variable, and the filters."""
    lines = [
        "# The render context",
        "",
        "What a template sees: plain data, and nothing else. `modelpress schema context` prints the same as a JSON",
        "Schema.",
        "",
        *_properties_table(context_schema()),
        "",
        "## Filters",
        "",
        "Each writes the whole literal of its language, quotes included, and refuses what the language cannot express.",
        "`raw_text` is the one that writes text as it is: with it the author of a template vouches for the place.",
        "",
        f"| filter | what it makes of the text `{SAMPLE}` |",
        "|---|---|",
        *(f"| `{name}` | `{function(SAMPLE)}` |" for name, function in sorted(FILTERS.items())),
    ]
    return "\n".join(lines) + "\n"


def configuration_page() -> str:
    """Every setting of modelpress.yaml."""
    lines = [
        "# The configuration file",
        "",
        "`modelpress.yaml` in the working folder; `package` and `config` take another file with `-c FILE`.",
        "`modelpress schema config` prints its JSON Schema.",
        "",
        "A setting comes from a flag, else from the environment (`MODELPRESS_` and the name in capitals, dots as",
        "underscores), else from the project's file, else from the user's file (`modelpress/config.yaml` in the",
        "platform's configuration folder), else from its default; `modelpress config --origin` tells which. Relative",
        "paths resolve against the file that they stand in, then against the working folder.",
        "",
        *_properties_table(configuration_schema()),
    ]
    return "\n".join(lines) + "\n"


def _properties_table(schema: Mapping[str, Any]) -> list[str]:
    definitions = schema.get("$defs", {})
    rows = ["| name | type | meaning |", "|---|---|---|"]
    return [*rows, *_rows(schema, definitions, "", ())]


def _rows(
    schema: Mapping[str, Any], definitions: Mapping[str, Any], above: str, seen: tuple[str, ...]
) -> Iterator[str]:
    for name, field in schema.get("properties", {}).items():
        if name == "$schema":
            continue
        yield f"| `{above}{name}` | {_type(field)} | {_cell(field)} |"
        for inner, suffix in _inner(field):
            target = inner.get("$ref", "").rpartition("/")[2]
            if target not in seen:
                found = definitions.get(target, inner)
                yield from _rows(found, definitions, f"{above}{name}{_of_type(found, suffix)}.", (*seen, target))


def _inner(field: Mapping[str, Any]) -> Iterator[tuple[Mapping[str, Any], str]]:
    """The objects below a field, with what stands between the names."""
    for form, suffix in ((field, ""), (field.get("items", {}), "[]"), (field.get("additionalProperties", {}), ".*")):
        if not isinstance(form, Mapping):
            continue
        for option in (form, *form.get("anyOf", ()), *form.get("oneOf", ()), *form.get("allOf", ())):
            if "$ref" in option or "properties" in option:
                yield option, suffix


def _of_type(found: Mapping[str, Any], suffix: str) -> str:
    """The suffix, with the packaging type of one of several kinds of entry."""
    kind = found.get("properties", {}).get("type", {}).get("const")
    return suffix.replace("[]", f"[{kind}]") if kind else suffix


def _type(field: Mapping[str, Any]) -> str:
    if "type" in field:
        return str(field["type"]) if isinstance(field["type"], str) else " or ".join(field["type"])
    options = [*field.get("anyOf", ()), *field.get("oneOf", ())]
    names = dict.fromkeys(_type(option) for option in options)
    return " or ".join(names) or ("object" if "$ref" in field or "allOf" in field else "one of its values")


def _cell(field: Mapping[str, Any]) -> str:
    text = str(field.get("description", "")).replace("|", "\\|").replace("\n", " ")
    if "enum" in field:
        text += f" One of {', '.join(f'`{value}`' for value in field['enum'])}."
    if field.get("default") not in (None, {}, [], ""):
        text += f" Default: `{json.dumps(field['default'])}`." if not isinstance(field["default"], dict) else ""
    if field.get("examples"):
        text += f" Example: `{json.dumps(field['examples'][0])}`.".replace("|", "\\|")
    return text


PAGES = {
    "commands.md": commands_page,
    "context.md": context_page,
    "configuration.md": configuration_page,
}


def main() -> int:
    """Write the pages, or with --check compare them; the exit code."""
    check = "--check" in sys.argv[1:]
    stale = []
    for name, page in PAGES.items():
        path, text = REFERENCE / name, page()
        if check and (not path.exists() or path.read_text(encoding="utf-8") != text):
            stale.append(name)
        elif not check:
            path.parent.mkdir(exist_ok=True)
            path.write_text(text, encoding="utf-8")
    for name in stale:
        print(f"docs/reference/{name} is not what the code says: run python docs/generate.py", file=sys.stderr)
    return bool(stale)


if __name__ == "__main__":
    sys.exit(main())
