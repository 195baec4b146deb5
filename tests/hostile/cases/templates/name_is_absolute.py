"""A file whose name renders to an absolute path."""

COMMAND = "render model.onnx -t custom --templates templates -o out"
EXIT = 4
STDERR = """\
error: custom: the file name "{{ '%cetc%cowned' | format(47, 47) }}.txt.jinja": '/etc/owned.txt' cannot be a path \
in a bundle: it is absolute
hint: Rename the file to what Linux, macOS and Windows all accept.
"""


def make(given):
    given.template_set({"{{ '%cetc%cowned' | format(47, 47) }}.txt.jinja": "owned\n"})
