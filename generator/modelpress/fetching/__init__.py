"""Getting what lies elsewhere, a repository or a zip, without running anything of it."""
