"""The literal filters of template sets, for skeletons too: `{{ cookiecutter.name | yaml }}`.

A skeleton asks for them in its cookiecutter.json:
`"_extensions": ["modelpress.projects.skeleton.filters.LiteralFilters"]`.
"""

from __future__ import annotations

from jinja2 import Environment
from jinja2.ext import Extension

from modelpress.templating.filters import LITERAL_FILTERS


class LiteralFilters(Extension):
    """Adds the filters that write a value as a whole literal of a language, quotes included."""

    def __init__(self, environment: Environment) -> None:
        super().__init__(environment)
        environment.filters.update(LITERAL_FILTERS)
