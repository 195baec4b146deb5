"""An environment variable whose name says that it is a secret is written out."""

COMMAND = 'render model.onnx -t azure-online --var \'azure-online.environment_variables={"API_KEY": "hunter2"}\' -o out'
EXIT = 2
STDERR = """\
error: azure-online.environment_variables: API_KEY: a literal that looks like a secret: its name says so
hint: Refer to it: ${env:NAME} takes an environment variable of the publisher, ${keyvault:NAME} a Key Vault secret.
"""


def make(given):
    given.model()
