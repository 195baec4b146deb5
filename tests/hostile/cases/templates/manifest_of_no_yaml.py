"""A template-set.yaml that is damaged."""

COMMAND = "render model.onnx -t custom --templates templates -o out"
EXIT = 2
STDERR = """\
error: templates/custom/template-set.yaml:3: not valid YAML: while scanning a quoted scalar, found unexpected end \
of stream
hint: Correct the YAML.
"""


def make(given):
    given.template_set({"template-set.yaml": "description: 'A set.\nvariables: {}\n"})
