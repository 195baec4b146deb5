"""The `modelpress` command: its groups, and the one place where errors become messages and exit codes."""

from __future__ import annotations

import signal
import sys
from collections.abc import Sequence
from contextlib import suppress
from typing import Any

import click

from modelpress.cli.config import config
from modelpress.cli.doctor import doctor
from modelpress.cli.init import init
from modelpress.cli.inspect import inspect
from modelpress.cli.output import error_document, report_error, wants_json
from modelpress.cli.packaging.package import package
from modelpress.cli.publish.group import publish
from modelpress.cli.rank import rank
from modelpress.cli.render import render
from modelpress.cli.schema import schema
from modelpress.cli.status import status
from modelpress.cli.templates import templates
from modelpress.cli.update import update
from modelpress.cli.verify import verify
from modelpress.errors import ModelpressError, UsageError
from modelpress.version import __version__

INTERRUPTED = 130  # what shells use for a process ended by SIGINT
TERMINATED = 143  # and by SIGTERM


class ModelpressGroup(click.Group):
    """Runs a command and turns every known error into one message and its exit code.

    A bug keeps its traceback.
    """

    def main(self, args: Sequence[str] | None = None, *_: Any, standalone_mode: bool = True, **extra: Any) -> Any:
        arguments = list(sys.argv[1:] if args is None else args)
        if not standalone_mode:
            return super().main(arguments, standalone_mode=False, **extra)
        with suppress(ValueError):  # not in the main thread: then the signal is not ours to handle
            signal.signal(signal.SIGTERM, lambda *_: sys.exit(TERMINATED))
        try:
            result = super().main(arguments, standalone_mode=False, **extra)
        except click.exceptions.Abort:
            error = ModelpressError("interrupted; nothing was left half-written", hint="Run the command again.")
            report_error(error, as_json=wants_json(arguments))
            sys.exit(INTERRUPTED)
        except click.ClickException as error:
            self._report_usage(error, arguments)
            sys.exit(error.exit_code)
        except ModelpressError as error:
            report_error(error, as_json=wants_json(arguments))
            sys.exit(error.exit_code)
        sys.exit(result if isinstance(result, int) else 0)

    @staticmethod
    def _report_usage(error: click.ClickException, arguments: Sequence[str]) -> None:
        if wants_json(arguments):
            context = error.ctx if isinstance(error, click.UsageError) else None
            hint = f"See {context.command_path} --help." if context else ""
            click.echo(error_document(UsageError(error.format_message(), hint=hint)))
        else:
            error.show()


@click.group(cls=ModelpressGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="modelpress")
def modelpress() -> None:
    """Ranked model candidates in, a proven deployable project out."""


for command in (
    package,
    rank,
    inspect,
    render,
    verify,
    publish,
    init,
    status,
    update,
    templates,
    schema,
    config,
    doctor,
):
    modelpress.add_command(command)
