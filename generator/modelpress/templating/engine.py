"""The Jinja environment that renders template sets. Imports Jinja: only functions import this module.

Inside the environment a template's name is `set:path#place`: the set that is rendered, the
path in it, and the place in the set's folders that the file was taken from. So a file can
extend the one that it replaces (the same path, a later place), and a file that a set
inherits still finds the set's own partials.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from contextlib import suppress
from functools import lru_cache, wraps
from pathlib import Path
from typing import Any, NamedTuple

from jinja2 import BaseLoader, BytecodeCache, Environment, StrictUndefined, TemplateNotFound, Undefined
from jinja2 import __version__ as jinja_version
from jinja2.bccache import Bucket
from jinja2.sandbox import ImmutableSandboxedEnvironment

from modelpress.bundle import ExistingFile
from modelpress.cache_folder import private_cache_folder
from modelpress.errors import ModelpressError, UnsafeInputError
from modelpress.templating.filters import FILTERS
from modelpress.templating.set_folder import SetFolder
from modelpress.templating.sets import Library
from modelpress.whole_file import replace_file

KIND = "sandboxed"  # code compiled without the sandbox must never be loaded by it
RANDOM_GLOBALS = ("lipsum",)
RANDOM_FILTERS = ("random",)  # the same input gives the same bytes


class TemplateName(NamedTuple):
    """A template's name taken apart."""

    set_name: str
    path: str
    place: int

    def __str__(self) -> str:
        return f"{self.set_name}:{self.path}#{self.place}"

    @classmethod
    def parse(cls, name: str) -> TemplateName:
        """Take a full name apart (`join_path` makes them)."""
        set_name, _, rest = name.partition(":")
        path, _, place = rest.rpartition("#")
        return cls(set_name, path, int(place))


class SetLoader(BaseLoader):
    """Reads templates from the folders of their set, never from outside."""

    def __init__(self, library: Library) -> None:
        self._folders = dict(library)

    def resolve(self, name: str, parent: TemplateName) -> TemplateName:
        """The template that `parent` means by `name`.

        `path` is the nearest file of the set that is rendered. `set:path` is that of the named
        set, and for the parent's own path the file that the parent replaces.
        """
        said, colon, path = name.rpartition(":")
        if not colon:
            return self._first(TemplateName(parent.set_name, path, 0))
        folders = self._folders[parent.set_name]
        inherited = [place for place, folder in enumerate(folders) if folder.set_name == said and not folder.mount]
        if not inherited:
            return self._first(TemplateName(said, path, 0))
        # Seen from the set that is rendered, so that partials of an inherited file stay its own.
        replaced = path == parent.path
        start = max(inherited[0], parent.place + 1) if replaced else inherited[0]
        missing = f"no farther layer has a {name!r} for it to extend" if replaced else None
        return self._first(TemplateName(parent.set_name, path, start), missing)

    def _first(self, wanted: TemplateName, missing: str | None = None) -> TemplateName:
        folders = self._folders.get(wanted.set_name, ())
        for place in range(wanted.place, len(folders)):
            if _holds(folders[place], wanted.path):
                return wanted._replace(place=place)
        raise TemplateNotFound(f"{wanted.set_name}:{wanted.path}", missing)

    def display(self, file: str) -> str:
        """A template's file as people name it: `set:path`."""
        for folder in (folder for folders in self._folders.values() for folder in folders):
            with suppress(ValueError):
                return f"{folder.set_name}:{Path(file).relative_to(folder.path).as_posix()}"
        return file

    def folder(self, name: TemplateName) -> SetFolder:
        """The folder that the template was taken from."""
        return self._folders[name.set_name][name.place]

    def get_source(self, environment: Environment, template: str) -> tuple[str, str, Callable[[], bool]]:  # noqa: ARG002 - Jinja's signature
        name = TemplateName.parse(template)
        entry = self.folder(name).entry(name.path)
        if not isinstance(entry, ExistingFile):
            raise TemplateNotFound(template)
        changed = entry.path.stat().st_mtime_ns
        try:
            source = entry.path.read_text(encoding="utf-8")
        except ValueError:
            raise ModelpressError(
                f"{self.folder(name).describe(name.path)} is not UTF-8 text",
                hint="Convert it, or take off `.jinja` to have it copied as it is.",
                file=str(self.folder(name).file(name.path)),
            ) from None
        return source, str(self.folder(name).file(name.path)), lambda: _unchanged(entry.path, changed)


def _holds(folder: SetFolder, path: str) -> bool:
    try:
        return folder.entry(path) is not None
    except UnsafeInputError as error:  # without its file: the template that names the path is what matters
        raise UnsafeInputError(error.message, hint="Do not use this template set; ask where it comes from.") from None


def _unchanged(path: Path, changed: int) -> bool:
    try:
        return path.stat().st_mtime_ns == changed
    except OSError:
        return False


class SetEnvironment(ImmutableSandboxedEnvironment):
    """The sandbox, with names of templates understood as above."""

    loader: SetLoader

    def join_path(self, template: str, parent: str) -> str:
        return str(self.loader.resolve(template, TemplateName.parse(parent)))


class PrivateCache(BytecodeCache):
    """Compiled templates in a folder of our own. What cannot be read or written is compiled again."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def load_bytecode(self, bucket: Bucket) -> None:
        try:
            with (self._folder / bucket.key).open("rb") as file:
                bucket.load_bytecode(file)
        except Exception:  # noqa: BLE001 - a damaged file fails in any way that pickle knows
            bucket.reset()

    def dump_bytecode(self, bucket: Bucket) -> None:
        with suppress(OSError):
            replace_file(self._folder / bucket.key, bucket.bytecode_to_string())


def environment_for(library: Library) -> SetEnvironment:
    """The environment for these sets; the same one for the same sets, so that nothing is compiled twice."""
    return _environment(library, Path.cwd())


@lru_cache(maxsize=8)
def _environment(library: Library, _: Path) -> SetEnvironment:
    """The environment for these sets, whose folders may be relative to the working folder."""
    folder = private_cache_folder("templates", f"{KIND}-jinja{jinja_version}-{_filters_digest()}")
    environment = SetEnvironment(
        loader=SetLoader(library),
        undefined=StrictUndefined,
        autoescape=False,  # the literal filters escape, each for its language
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        bytecode_cache=PrivateCache(folder) if folder else None,
    )
    environment.filters.update({name: _strict(function) for name, function in FILTERS.items()})
    for name in RANDOM_FILTERS:
        del environment.filters[name]
    for name in RANDOM_GLOBALS:
        del environment.globals[name]
    return environment


def _filters_digest() -> str:
    """Jinja computes constant filters while it compiles, so what filters do is part of what is kept."""
    digest = hashlib.sha256()
    for path in sorted(Path(__file__).with_name("literals").glob("*.py")):
        digest.update(path.read_bytes())
    return digest.hexdigest()[:16]


def _strict(function: Callable[..., Any]) -> Callable[..., Any]:
    """The filter, reporting an undefined value as such and not as a value of a strange type."""

    @wraps(function)
    def filtered(value: object, *arguments: Any, **options: Any) -> Any:
        try:
            return function(value, *arguments, **options)
        except ModelpressError:
            _raise_if_undefined(value)
            raise

    return filtered


def _raise_if_undefined(value: object) -> None:
    if isinstance(value, Undefined):
        str(value)  # StrictUndefined raises here, with the name that is missing
    elif isinstance(value, dict):
        for item in value.values():
            _raise_if_undefined(item)
    elif isinstance(value, list | tuple):
        for item in value:
            _raise_if_undefined(item)
