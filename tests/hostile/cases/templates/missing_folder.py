"""A folder of template sets that is not there."""
COMMAND = "render model.onnx --templates nowhere -o out"
EXIT = 2
STDERR = """\
error: the template folder nowhere does not exist
hint: Correct --templates or MODELPRESS_TEMPLATES.
"""
def make(given):
    given.model()
