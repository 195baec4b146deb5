"""One YAML file of a project as the checks see it: its data, and the line of each value."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from modelpress.bundle import Bundle, Entry
from modelpress.config import yaml_nodes
from modelpress.config.problems import Keys, MalformedError, at, dotted
from modelpress.errors import UsageError
from modelpress.executors.azure.checking.flaws import Flaw
from modelpress.filetree import reading

LONGEST = 1 << 20  # bytes of a file that people write
RENDER = "Render the project again."
_REMOTE = re.compile(r"[a-z][a-z0-9+.-]*:", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Document:
    """A mapping that stands in the bundle at the path `file`."""

    file: str
    text: str
    data: Mapping[str, Any]

    @classmethod
    def read(cls, bundle: Bundle, file: str) -> Document:
        """Read the file. Raises UsageError, with its line, where it is no YAML mapping."""
        text = text_of(bundle.entries[file], file)
        try:
            data = yaml_nodes.load(text)
        except MalformedError as error:
            where = at(file, error.position[:1])
            raise UsageError(f"{where}: {error}", hint=error.hint or "Correct the YAML.", file=where) from None
        if not isinstance(data, Mapping):
            raise UsageError(f"{file}: must be a mapping of keys to values", hint=RENDER, file=file)
        return cls(file, text, data)

    def get(self, *keys: str) -> Any:
        """The value at the keys; None where there is none."""
        value: Any = self.data
        for key in keys:
            value = value.get(key) if isinstance(value, Mapping) else None
        return value

    def section(self, *keys: str) -> Mapping[Any, Any]:
        """The mapping at the keys; empty where there is none."""
        value = self.get(*keys)
        return value if isinstance(value, Mapping) else {}

    def flaw(self, keys: Keys, text: str, hint: str) -> Flaw:
        """A flaw at the line of the deepest of the keys that is there."""
        where = at(self.file, yaml_nodes.position(self.text, keys)[:1])
        return Flaw(where, f"{dotted(keys)}: {text}", hint)

    def place(self, path: str) -> str | None:
        """The bundle path that a relative path in this file means; None where it leads outside."""
        if _REMOTE.match(path):
            return None
        place = posixpath.normpath(posixpath.join(posixpath.dirname(self.file), path))
        return None if place.startswith(("/", "..")) or place == "." else place


def text_of(entry: Entry, file: str) -> str:
    """The text of a file. Raises UsageError for what is longer than LONGEST or no UTF-8."""
    with reading(file), entry.open() as source:
        content = source.read(LONGEST + 1)
    if len(content) > LONGEST:
        raise UsageError(f"{file}: is larger than {LONGEST:,} bytes", hint=RENDER, file=file)
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise UsageError(f"{file}: is not UTF-8 text", hint="Save the file as UTF-8.", file=file) from None


def is_there(bundle: Bundle, path: str) -> bool:
    """Whether the bundle has a file of that path, or a folder with files."""
    return path in bundle.entries or any(name.startswith(f"{path}/") for name in bundle.entries)


@dataclass(frozen=True, slots=True)
class Rule:
    """What a text must be: the pattern of the whole of it, and the same in words."""

    pattern: re.Pattern[str]
    words: str
    hint: str

    def flaws(self, document: Document, *keys: str, required: bool = False) -> Iterator[Flaw]:
        """What is wrong with the text at the keys."""
        value = document.get(*keys)
        if value is None:
            if required:
                yield document.flaw(keys, "is missing", self.hint)
        elif not isinstance(value, str):
            yield document.flaw(keys, "must be text", "Put quotes around it.")
        elif not self.pattern.fullmatch(value):
            yield document.flaw(keys, f"must be {self.words}", self.hint)


@dataclass(frozen=True, slots=True)
class Bounds:
    """What a whole number must be; None where there is no bound."""

    least: int
    most: int | None = None

    def flaws(self, document: Document, *keys: str) -> Iterator[Flaw]:
        """What is wrong with the number at the keys; nothing where there is none."""
        value = document.get(*keys)
        if value is None:
            return
        whole = isinstance(value, int) and not isinstance(value, bool)
        if not whole or value < self.least or (self.most is not None and value > self.most):
            range_ = f"from {self.least} to {self.most}" if self.most is not None else f"of at least {self.least}"
            yield document.flaw(keys, f"must be a whole number {range_}", "Correct the number.")


def choice_flaws(document: Document, keys: Sequence[str], choices: Sequence[str]) -> Iterator[Flaw]:
    """What is wrong with the name of an enumeration at the keys; nothing where there is none."""
    value = document.get(*keys)
    if value is not None and value not in choices:
        yield document.flaw(tuple(keys), f"must be one of {', '.join(choices)}", "Correct the name.")
