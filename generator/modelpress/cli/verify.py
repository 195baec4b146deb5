"""`modelpress verify`: run what was rendered, and compare it with the golden outputs."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from modelpress.cli.output import Output, Table, output_options, table
from modelpress.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from modelpress.proving.report import Finding

FAILED = 3  # the exit code of a verification that failed
CHECKS = ("manifest", "azure", "models", "samples", "scoring")
ON_REQUEST = ("image",)  # takes minutes, so that it only runs where it is named


@click.command(short_help="Run what was rendered, compare with golden outputs.")
@click.argument("path", type=click.Path(path_type=Path), metavar="DIR|ZIP")
@click.option("--only", metavar="CHECK,...", help=f"Only these checks: {', '.join((*CHECKS, *ON_REQUEST))}.")
@click.option("--require", metavar="NAME,...", help="A skip of these is a failure: checks, languages, or all.")
@click.option("--trust", is_flag=True, help="Run code that was not rendered on this computer.")
@output_options
def verify(path: Path, output: Output, only: str | None, require: str | None, trust: bool) -> None:  # noqa: FBT001 - click passes by name
    """Check a rendered project or zip: hashes, every model loads, every sample builds, runs and agrees.

    Code is run only where this computer rendered it, or with --trust. Exits with 3 where
    something failed. The image is built and run only where --only or --require names it, as the
    settings `image` say; MODELPRESS_IMAGE_BASE_IMAGE is one of them.
    """
    from modelpress.cli.options import settings_in_force
    from modelpress.cli.publish.image import build_options
    from modelpress.executors.image.options import BuildOptions
    from modelpress.proving.languages import LANGUAGES
    from modelpress.proving.report import required
    from modelpress.proving.verification import Verification
    from modelpress.proving.verification import verify as prove

    known, wanted = (*CHECKS, *ON_REQUEST), _names(require)
    chosen = _names(only) or (*CHECKS, *(name for name in wanted if name in ON_REQUEST))
    _refuse_unknown("--only", chosen, known)
    _refuse_unknown("--require", [name.partition("/")[0] for name in wanted], (*known, *LANGUAGES, "all"))
    image = build_options(settings_in_force({})) if "image" in chosen else BuildOptions()
    findings = required(prove(path, Verification(chosen, trust=trust, image=image)), wanted)
    failed = any(found.status == "failed" for found in findings)
    document = {
        "passed": not failed,
        "findings": [
            {"what": found.what, "status": found.status, "detail": found.detail, "hint": found.hint or None}
            for found in findings
        ],
    }
    output.data(document, lambda: _as_table(findings))
    if failed:
        raise click.exceptions.Exit(FAILED)


def _names(text: str | None) -> tuple[str, ...]:
    return tuple(name.strip() for name in (text or "").split(",") if name.strip())


def _refuse_unknown(option: str, names: Sequence[str], known: Sequence[str]) -> None:
    for name in names:
        if name not in known:
            raise UsageError(f"{option} {name}: there is no such name", hint=f"Known: {', '.join(known)}.")


def _as_table(findings: Sequence[Finding]) -> Table:
    grid = table("check", "result", "detail")
    for found in findings:
        grid.add_row(found.what, found.status, ". ".join(filter(None, (found.detail.rstrip("."), found.hint))))
    return grid
