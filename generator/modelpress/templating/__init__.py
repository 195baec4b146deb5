"""Template sets, filters, the render context and rendering."""

from modelpress.templating.build import Layout, build_context, runtime_context
from modelpress.templating.context import GoldenContext, ProjectContext, RenderContext
from modelpress.templating.layer import Layer
from modelpress.templating.mlflow import describe_mlflow, mlflow_limits
from modelpress.templating.mlflow_context import MLFLOW_FOLDER
from modelpress.templating.model_config import PlacedModel
from modelpress.templating.providers import execution_providers
from modelpress.templating.render import render, render_sets
from modelpress.templating.schema import context_schema
from modelpress.templating.search import FolderSource, LayerSource, search_path
from modelpress.templating.sets import Sets, TemplateSet, find_set, load_sets, resolve_settings

__all__ = [
    "MLFLOW_FOLDER",
    "FolderSource",
    "GoldenContext",
    "Layer",
    "LayerSource",
    "Layout",
    "PlacedModel",
    "ProjectContext",
    "RenderContext",
    "Sets",
    "TemplateSet",
    "build_context",
    "context_schema",
    "describe_mlflow",
    "execution_providers",
    "find_set",
    "load_sets",
    "mlflow_limits",
    "render",
    "render_sets",
    "resolve_settings",
    "runtime_context",
    "search_path",
]
