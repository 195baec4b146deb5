"""Template sets, filters, the render context and rendering."""
