"""What goes into a bundle: the rendered project, and Olive's Zipfile layout."""
