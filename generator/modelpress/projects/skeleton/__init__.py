"""Skeletons: cookiecutter templates that a new project is made from."""
