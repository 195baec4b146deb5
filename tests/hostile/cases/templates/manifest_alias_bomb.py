"""A template-set.yaml of a thousand bytes that is billions of values."""

COMMAND = "render model.onnx -t custom --templates templates -o out"
EXIT = 2
STDERR = """\
error: templates/custom/template-set.yaml:7: holds more values, aliases included, than a configuration can
hint: Correct the YAML.
"""


def make(given):
    lines = ["a: &a [x, x, x, x, x, x, x, x, x]"]
    lines += [
        f"{name}: &{name} [{', '.join([f'*{before}'] * 9)}]"
        for before, name in zip("abcdefgh", "bcdefghi", strict=True)
    ]
    given.template_set({"template-set.yaml": "\n".join([*lines, "description: *i", ""])})
