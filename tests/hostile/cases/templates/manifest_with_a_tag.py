"""A template-set.yaml that asks for a Python object."""

COMMAND = "render model.onnx -t custom --templates templates -o out"
EXIT = 2
STDERR = """\
error: templates/custom/template-set.yaml:1: not valid YAML: only plain values are allowed, no tags
hint: Correct the YAML.
"""


def make(given):
    given.template_set({"template-set.yaml": "description: !!python/object/apply:os.system ['touch owned']\n"})
