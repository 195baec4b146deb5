"""Images: build the context of a project, name what came out, and push it."""
