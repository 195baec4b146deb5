"""What a model is: its signature and its files, read without its weights."""

from modelpress.model.description import describe_type, signature_document, spec_document
from modelpress.model.files import Component, ModelFiles, gather_files
from modelpress.model.images import BaseImage, image_for
from modelpress.model.releases import releases_for
from modelpress.model.runtime import Runtime, Versions, compatibility_warnings, runtime_for
from modelpress.model.signature import ModelSignature, TensorSpec, TypeSpec, inspect_model

__all__ = [
    "BaseImage",
    "Component",
    "ModelFiles",
    "ModelSignature",
    "Runtime",
    "TensorSpec",
    "TypeSpec",
    "Versions",
    "compatibility_warnings",
    "describe_type",
    "gather_files",
    "image_for",
    "inspect_model",
    "releases_for",
    "runtime_for",
    "signature_document",
    "spec_document",
]
