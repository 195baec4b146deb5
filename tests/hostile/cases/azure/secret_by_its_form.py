"""An environment variable holds the key of a storage account."""

VALUE = '{"A": "AccountKey=Zm9vYmFyYmF6cXV4"}'
COMMAND = f"render model.onnx -t azure-batch --var 'azure-batch.environment_variables={VALUE}' -o deploy"
EXIT = 2
WHY = "it has the form of an account or access key"
STDERR = f"""\
error: azure-batch.environment_variables: A: a literal that looks like a secret: {WHY}
hint: Refer to it: ${{env:NAME}} takes an environment variable of the publisher, ${{keyvault:NAME}} a Key Vault secret.
"""


def make(given):
    given.model()
