"""`modelpress rank`: the candidates of a source in order, with the reason for each place."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from modelpress.cli import notes
from modelpress.cli.options import Selection, selection_options
from modelpress.cli.output import Output, Table, output_options, table

if TYPE_CHECKING:
    from modelpress.candidates import Ranking


@click.command(short_help="Candidates in order, with reasons.")
@click.option("--top", type=click.IntRange(min=1), metavar="K", help="Only the first K.")
@click.option("--explain", "explained", is_flag=True, help="Say step by step why each candidate stands where it does.")
@selection_options
@output_options
def rank(selection: Selection, top: int | None, explained: bool, output: Output) -> None:  # noqa: FBT001 - click passes by name
    """Rank the candidates of SOURCE.

    SOURCE is an Olive run, its workflow file or zip, a listing (YAML, JSON, CSV), or a model.
    Model files are not needed.
    """
    from modelpress import candidates

    settings = selection.settings()
    request = selection.request(settings)
    found = candidates.read(request.source, strict=request.strict)
    ranking = candidates.rank(found, request.policy)
    shown = ranking.top(top)
    document = candidates.ranking_document(shown, found.root)
    document["warnings"] = [*settings.warnings, *document["warnings"]]
    output.note((*notes.of_settings(settings), *notes.of_ranking(ranking)))
    output.warn(document["warnings"])
    if explained:
        steps = candidates.explain(shown)
        document["explanation"] = steps
        output.data(document, lambda: _as_sentences(shown, steps))
    else:
        output.data(document, lambda: _as_table(shown))


def _as_table(ranking: Ranking) -> Table:
    objectives = [objective.metric for objective in ranking.objectives]
    grid = table("rank", "candidate", "accelerator", *objectives, "reason", right=("rank", *objectives))
    for entry in ranking.entries:
        figures = [entry.candidate.metrics.get(name) for name in objectives]
        values = ["-" if figure is None or figure.value is None else f"{figure.value:.6g}" for figure in figures]
        grid.add_row(str(entry.rank), entry.candidate.id, entry.candidate.accelerator, *values, entry.reason)
    return grid


def _as_sentences(ranking: Ranking, steps: dict[str, list[str]]) -> str:
    ranks = {entry.candidate.id: f"{entry.rank}. " for entry in ranking.entries}
    return "\n".join(
        "\n".join([f"{ranks.get(name, '   ')}{name}: {first}", *(f"     {step}" for step in rest)])
        for name, (first, *rest) in steps.items()
    )
