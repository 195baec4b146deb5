"""The same after --type."""

COMMAND = "package candidates.yaml --type Tarball"
EXIT = 2
STDERR = """\
error: there is no packaging type Tarball
hint: Packaging types: Zipfile, AzureMLModels, AzureMLData, AzureMLDeployment, Dockerfile.
"""


def make(given):
    given.listing()
