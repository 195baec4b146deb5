"""Carrying out plans, or printing them for --dry-run."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from modelpress.cli.output import Output
from modelpress.cli.progress import progress_for

if TYPE_CHECKING:
    from modelpress.executors.streaming import Written
    from modelpress.pipeline import Prepared


def carry_out(prepared: Prepared, output: Output) -> Written:
    """Execute with the progress that was asked for; what was rendered here, `verify` runs without being told to."""
    from modelpress import pipeline
    from modelpress.proving.rendered_here import remember

    written = pipeline.execute(prepared, progress_for(output.progress))
    remember(written.content_sha256)
    return written


def written_text(written: Written) -> str:
    """What was written, for people."""
    return f"{written.path}: {len(written.digests)} files, {written.bytes_written:,} bytes"


def plan_document(prepared: Prepared) -> dict[str, Any]:
    """The plan as plain data: every file in the order of writing, with its size in bytes (None: made last)."""
    plan = prepared.plan
    return {
        "path": str(plan.target),
        "replaces": plan.replaces,
        "files": [{"path": file.path, "size": file.size, "method": file.method} for file in plan.files],
    }


def plan_text(prepared: Prepared) -> str:
    """The plan for people."""
    plan = prepared.plan
    verb = "would replace" if plan.replaces else "would write"
    packed = " before compression" if any(file.method == "deflate" for file in plan.files) else ""
    lines = [f"{verb} {plan.target}: {len(plan.files)} files, {plan.bundle.size:,} bytes{packed}"]
    lines += [f"  {file.path}" + ("" if file.size is None else f"  {file.size:,}") for file in plan.files]
    return "\n".join(lines)
