"""Names of images: the repository and the tags, from what the Dockerfile says of the project."""

from __future__ import annotations

import re
from dataclasses import dataclass

from modelpress.errors import UsageError

LABEL = re.compile(r'^LABEL "?org\.opencontainers\.image\.(title|version)"?="((?:[^"\\]|\\.)*)"', re.MULTILINE)
NOT_IN_TAGS = re.compile(r"[^A-Za-z0-9_.-]+")
LONGEST_TAG = 128  # characters, of the distribution specification
LONGEST_NAME = 100
HASH_DIGITS = 12  # of the content's SHA-256 that a tag shows
PART = r"[a-z0-9]+(?:(?:\.|_{1,2}|-+)[a-z0-9]+)*"
REPOSITORY = re.compile(rf"(?:[A-Za-z0-9.-]+(?::\d+)?/)?{PART}(?:/{PART})*")
REGISTRY = re.compile(
    rf"(?:[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+(?::\d+)?|localhost(?::\d+)?|[A-Za-z0-9-]+:\d+)(?:/{PART})+"
)


@dataclass(frozen=True, slots=True)
class ImageName:
    """A repository and its two tags: the content's, which never means anything else, and the version's."""

    repository: str
    content_tag: str
    version_tag: str

    @property
    def references(self) -> tuple[str, str]:
        """The content first: what people look for appears last."""
        return f"{self.repository}:{self.content_tag}", f"{self.repository}:{self.version_tag}"

    def at(self, repository: str) -> ImageName:
        """The same tags in another repository."""
        return ImageName(repository, self.content_tag, self.version_tag)


def image_name(dockerfile: str, content_sha256: str, repository: str = "") -> ImageName:
    """The name that the labels of a Dockerfile ask for; `repository` replaces the first part.

    Raises UsageError where that cannot be a repository.
    """
    if repository and not REPOSITORY.fullmatch(repository):
        raise UsageError(
            f"--name: {repository!r} cannot be the name of an image",
            hint="Small letters, digits, dots and dashes between slashes; the tags are made.",
        )
    labels = {name: re.sub(r"\\(.)", r"\1", value) for name, value in LABEL.findall(dockerfile)}
    tag = NOT_IN_TAGS.sub("-", labels.get("version", "")).strip(".-")[:LONGEST_TAG]
    return ImageName(
        repository or _repository(labels.get("title", "")), f"sha256-{content_sha256[:HASH_DIGITS]}", tag or "latest"
    )


def check_push(repository: str) -> None:
    """Raise UsageError unless it is a repository with the registry before it."""
    if not REGISTRY.fullmatch(repository):
        raise UsageError(
            f"--push: {repository!r} is not REGISTRY/NAME",
            hint="For example registry.example.com/team/model; the tags are made.",
        )


def _repository(title: str) -> str:
    """The title in letters that a repository may have; projects are called whatever their people like."""
    from slugify import slugify

    return slugify(title, max_length=LONGEST_NAME) or "model"
