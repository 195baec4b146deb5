"""What each packaging type comes down to: a plan that can be printed, and carried out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from modelpress.cli.rendering import golden_for, rendering_for

if TYPE_CHECKING:
    from modelpress.cli.output import Output
    from modelpress.cli.runtime_packages import RuntimeOptions
    from modelpress.config.settings import Settings
    from modelpress.executors.azure.plan import OnConflict
    from modelpress.executors.progress import Report
    from modelpress.packaging.chosen import Chosen
    from modelpress.packaging.golden import Golden
    from modelpress.packaging.rendering import Rendering


@dataclass(frozen=True, slots=True)
class Made:
    """What a job made: plain data of each artifact, and the same for people."""

    documents: Sequence[Mapping[str, Any]]
    text: str


class Job(Protocol):
    """One entry of the configuration, planned. `refuse` raises ModelpressError where the plan shows a conflict."""

    @property
    def warnings(self) -> tuple[str, ...]: ...

    def refuse(self) -> None: ...

    def plan_document(self) -> dict[str, Any]: ...

    def plan_text(self) -> str: ...

    def carry_out(self, output: Output) -> Made: ...


@dataclass(frozen=True, slots=True)
class AzureOptions:
    """What the command line says of publishing."""

    on_conflict: OnConflict
    interactive: bool


@dataclass(frozen=True)
class Shared:
    """What all jobs of one run start from: the source is read and ranked once."""

    settings: Settings
    chosen: Chosen
    dims: Mapping[str, int]
    folder: Path
    runtime: RuntimeOptions
    azure: AzureOptions
    report: Report
    force: bool = False

    @cached_property
    def golden(self) -> Golden:
        """Golden vectors where they are asked for."""
        return golden_for(self.settings, self.chosen, self.dims, by_default=False)

    @cached_property
    def golden_unless_unwanted(self) -> Golden:
        """Golden vectors for what is tested with them."""
        return golden_for(self.settings, self.chosen, self.dims, by_default=True)

    def rendering(self, sets: tuple[str, ...], variables: Mapping[str, Mapping[str, object]]) -> Rendering:
        """The template sets with these variables."""
        return rendering_for(self.settings, self.chosen.request.source, sets, self.dims, variables)
