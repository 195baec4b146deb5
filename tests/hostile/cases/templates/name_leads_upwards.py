"""A file whose name renders to a path out of the project."""

COMMAND = "render model.onnx -t custom --templates templates -o out"
EXIT = 4
STDERR = """\
error: custom: the file name "{{ '..' }}/{{ '..' }}/owned.txt.jinja": '../../owned.txt' cannot be a path in a \
bundle: it is not normalised ('..' between slashes)
hint: Rename the file to what Linux, macOS and Windows all accept.
"""


def make(given):
    given.template_set({"{{ '..' }}/{{ '..' }}/owned.txt.jinja": "owned\n"})
