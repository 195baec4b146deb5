"""Template sets, filters, the render context and rendering."""

from modelpress.templating.build import Layout, build_context
from modelpress.templating.context import GoldenContext, ProjectContext, RenderContext
from modelpress.templating.model_config import PlacedModel
from modelpress.templating.providers import execution_providers
from modelpress.templating.render import render, render_sets
from modelpress.templating.schema import context_schema
from modelpress.templating.sets import Layer, TemplateSet, find_set, load_sets, resolve_settings, search_path

__all__ = [
    "GoldenContext",
    "Layer",
    "Layout",
    "PlacedModel",
    "ProjectContext",
    "RenderContext",
    "TemplateSet",
    "build_context",
    "context_schema",
    "execution_providers",
    "find_set",
    "load_sets",
    "render",
    "render_sets",
    "resolve_settings",
    "search_path",
]
