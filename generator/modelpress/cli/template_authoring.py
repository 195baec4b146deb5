"""`modelpress templates new`, `check` and `test`: for the authors of template sets."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from modelpress.cli.options import dry_run_option, templates_option
from modelpress.cli.output import Output, output_options
from modelpress.cli.template_sets import chosen_sets, layers_in_force, sets_in_force

if TYPE_CHECKING:
    from modelpress.templating import TemplateSet
    from modelpress.templating.checking.cases import Case


@click.command()
@click.argument("name", metavar="NAME")
@click.option("--extends", metavar="SET", help="The template set that it changes.")
@click.option("--override", "overrides", multiple=True, metavar="PATH", help="A file of that set to change.")
@click.option("--in", "folder", type=click.Path(path_type=Path), metavar="DIR", help="Folder of template sets.")
@dry_run_option
@templates_option
@output_options
def new(name: str, folder: Path | None, output: Output, **options: Any) -> None:
    """Begin a template set in DIR/NAME: a manifest, the files to change, and a golden case.

    DIR is by default the nearest folder of template sets in force, else `templates`.
    """
    from modelpress.bundle import Bundle
    from modelpress.executors import folder as writer
    from modelpress.templating.scaffolding import Wish, scaffold

    layers = layers_in_force(options["templates"])
    own = next((layer.path for layer in layers if layer.kind == "folder"), None)
    target = (folder or own or Path("templates")) / name
    files = scaffold(Wish(name, options["extends"], options["overrides"]), layers)
    plan = writer.plan(Bundle.of(files), target)
    document = {"path": str(target), "files": [file.path for file in plan.files]}
    verb = "would write" if options["dry_run"] else "wrote"
    if not options["dry_run"]:
        writer.execute(plan)
    if folder is None and own is None:
        output.note(["Add `templates: [templates]` to modelpress.yaml, or give --templates templates."])
    output.data(document, lambda: "\n".join([f"{verb} {target}:", *(f"  {file.path}" for file in plan.files)]))


@click.command()
@click.argument("names", metavar="[SET]...", nargs=-1)
@templates_option
@output_options
def check(names: tuple[str, ...], templates: tuple[str, ...], output: Output) -> None:
    """Check template sets, all of them by default, without a model.

    Finds undefined fields, unknown filters and blocks, and values that no literal filter
    writes; then renders sample models, one of them with hostile names. Exits with 3 where
    anything is found.
    """
    from modelpress.templating.checking.check import check as check_set
    from modelpress.templating.checking.specimens import sample_contexts

    sets = sets_in_force(templates)
    chosen = chosen_sets(names, sets)
    contexts = sample_contexts()
    broken = [] if names else [error.message for error in sets.broken.values()]
    _refuse([*broken, *(str(finding) for one in chosen for finding in check_set(one, contexts))])
    checked = [one.name for one in chosen]
    output.data({"checked": checked, "findings": []}, lambda: f"nothing found in {', '.join(checked)}")


@click.command()
@click.argument("names", metavar="[SET]...", nargs=-1)
@click.option("--update", is_flag=True, help="Write what is rendered as what is expected, to be read and committed.")
@templates_option
@output_options
def test(names: tuple[str, ...], templates: tuple[str, ...], output: Output, *, update: bool) -> None:
    """Run the golden cases of template sets, of all by default.

    A case is a folder `_tests/CASE` in the set: `case.yaml` says what to render (sample,
    variables, context, only), and `expected` holds the files. Exits with 3 where they differ.
    """
    from modelpress.templating.checking.cases import cases_of, compare

    cases = [(one, case) for one in chosen_sets(names, sets_in_force(templates)) for case in cases_of(one)]
    told = [f"{one.name}:{case.name}" for one, case in cases]
    if update:
        for one, case in cases:
            _expect(one, case)
        output.data({"updated": told}, lambda: f"wrote what is expected of {', '.join(told) or 'no case'}")
        return
    _refuse([str(finding) for one, case in cases for finding in compare(one, case)])
    output.data({"passed": told, "findings": []}, lambda: f"passed: {', '.join(told) or 'there is no case'}")


def _expect(template_set: TemplateSet, case: Case) -> None:
    """Write what the set renders as what the case expects."""
    from modelpress.bundle import Bundle
    from modelpress.errors import UsageError
    from modelpress.executors import folder
    from modelpress.templating.checking.cases import rendered_of

    if template_set.folders[0].is_foreign:
        raise UsageError(
            f"the template set {template_set.name} was fetched from elsewhere",
            hint="Change its cases where it comes from, and pin the new version.",
        )
    folder.execute(folder.plan(Bundle.of(rendered_of(template_set, case)), case.expected, force=True))


def _refuse(findings: list[str]) -> None:
    from modelpress.errors import VerificationError

    if findings:
        raise VerificationError("\n".join(findings), hint="Correct the template sets.")
