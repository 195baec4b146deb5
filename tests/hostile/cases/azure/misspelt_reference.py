"""A reference to a secret of a kind that there is not."""

COMMAND = 'render model.onnx -t azure-online --var \'azure-online.environment_variables={"A": "${keyvalt:x}"}\' -o out'
EXIT = 2
STDERR = """\
error: azure-online.environment_variables: A: ${keyvalt:...} is no reference. Did you mean keyvault?
hint: Environment variables of the server; ${env:NAME} and ${keyvault:NAME} refer to secrets.
"""


def make(given):
    given.model()
