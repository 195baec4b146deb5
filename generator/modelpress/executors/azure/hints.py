"""What to do about a failure of Azure, for the classes that are known."""

from __future__ import annotations

import re

AGAIN = "Run the command again: it goes on where it stopped."
_SIGN_IN = (
    "Sign in with `az login`, or set AZURE_TENANT_ID, AZURE_CLIENT_ID and AZURE_CLIENT_SECRET; "
    "--interactive opens a browser."
)
_QUOTA = (
    "Ask for more quota in the Azure portal (Usage + quotas of the subscription), "
    "or choose another instance type or fewer instances."
)
_BY_TEXT = (
    (re.compile(r"\bquota|not enough cores|OutOfCapacity|SkuNotAvailable", re.IGNORECASE), _QUOTA),
    (re.compile(r"no Azure credential works|CredentialUnavailable|AADSTS", re.IGNORECASE), _SIGN_IN),
    (re.compile("within the time limit"), f"{AGAIN} A slow service may need a longer azure.read_timeout."),
    (
        re.compile("CERTIFICATE_VERIFY_FAILED"),
        "Where a proxy ends TLS, name its certificate authority in REQUESTS_CA_BUNDLE.",
    ),
    (
        re.compile("Name or service not known|getaddrinfo|Failed to resolve|Connection refused", re.IGNORECASE),
        "Look at the network, and at HTTPS_PROXY and NO_PROXY.",
    ),
)
_BY_STATUS = {
    400: "Correct what the service names, render again, and run the command again.",
    401: _SIGN_IN,
    403: "Ask for the role AzureML Data Scientist on the workspace, and for access to its storage account.",
    404: "Look at the names of subscription, resource group, workspace and asset, and at who is signed in.",
    409: "It exists with other content or is being changed; look at it in the studio, and run the command again.",
    412: "It was changed meanwhile; run the command again.",
    429: "The service is throttling; wait a while, and run the command again: it goes on where it stopped.",
}


def hint_for(status: int | None, text: str) -> str:
    """What to do about an HTTP status (None: no answer) and what the service says with it."""
    known = next((hint for pattern, hint in _BY_TEXT if pattern.search(text)), None)
    return known or _BY_STATUS.get(status or 0, AGAIN)
