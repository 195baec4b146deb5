"""No secret leaves in a text, in whatever form a service, a URL or an SDK puts it."""

import pytest

from modelpress.executors.azure.redaction import redacted

KEY = "Zm9vYmFyYmF6cXV4MTIzNDU2Nzg5MGFiY2RlZmdoaWprbG1ub3BxcnN0dXZ3eHl6QUJDREVGR0hJSktMTU5PUFE="
TOKEN = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0In0.c2lnbmF0dXJl"  # noqa: S105 - made up

SECRETS = {
    "sas in a url": (
        "PUT https://a.blob.core.windows.net/c/b?sv=2024-01-01&se=2026-11-22T18%3A00Z&sr=c&sig=SECRET%2Bx%3D failed",
        "PUT https://a.blob.core.windows.net/c/b?*** failed",
    ),
    "sas, signature first": ("see ?sig=SECRET&sv=2024 now", "see ?*** now"),
    "sas token by itself": ("token sv=2024&ss=b&sp=rw&sig=SECRET/abc=", "token ***"),
    "sas in JSON": ('{"sasUri": "https://x/y?sv=1&sig=SECRET"}', '{"sasUri": "https://x/y?***"}'),
    "connection string": (
        f"AccountName=a;AccountKey={KEY};EndpointSuffix=core.windows.net",
        "AccountName=a;AccountKey=***;EndpointSuffix=core.windows.net",
    ),
    "bearer": (f"Authorization: Bearer {TOKEN}", "Authorization: Bearer ***"),
    "token alone": (f"got {TOKEN}.", "got ***."),
    "shared key": ("Authorization: SharedKey account:SECRETSECRET=", "Authorization: SharedKey ***"),
    "json fields": (
        '{"client_secret": "SECRET1", "accessToken": "SECRET2", "primaryKey": "SECRET3", "key": "SECRET4"}',
        '{"client_secret": "***", "accessToken": "***", "primaryKey": "***", "key": "***"}',
    ),
    "python repr": ("{'password': 'SECRET'}", "{'password': '***'}"),
    "storage key alone": (f"the key {KEY} is wrong", "the key *** is wrong"),
}


@pytest.mark.parametrize("case", SECRETS)
def test_a_secret_is_replaced(case: str) -> None:
    text, expected = SECRETS[case]
    assert redacted(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "https://a.blob.core.windows.net/c/modelpress/model/model.onnx",
        "https://portal.azure.com/?tenant=x&view=models",
        "sha256 9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
        "model digits_cpu-cpu_1, version 3",
        "the token expired; the key is missing",
        "/subscriptions/11111111-2222-3333-4444-555555555555/resourceGroups/rg",
    ],
)
def test_what_is_no_secret_stays(text: str) -> None:
    assert redacted(text) == text
