"""References to secrets, and literals that look like secrets."""

import base64
import string

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from modelpress.config.references import (
    Reference,
    SecretLiteralError,
    references_in,
    refuse_secret,
    resolved,
    secret_form,
)

JWT = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0." + "dozjgNryP4J3jVmNHl0w5N_XgL0n3I9P"
SAS = "https://acct.blob.core.windows.net/c?sv=2022-11-02&se=2030-01-01&sig=" + "aB3%2F" * 8

SECRETS = [
    ("URL", SAS, "it has the form of a shared access signature"),
    ("STORE", "AccountName=a;AccountKey=" + "Zm9v" * 20, "it has the form of an account or access key"),
    ("BUS", "Endpoint=sb://b/;SharedAccessKey=" + "Zm9v" * 8, "it has the form of an account or access key"),
    ("TICKET", JWT, "it has the form of a JSON web token"),
    ("PEM", "-----BEGIN RSA PRIVATE KEY-----\nMII", "it has the form of a private key"),
    ("DATABASE", "postgres://user:hunter2@host/db", "it has the form of a password in an address"),
    ("CACHE", "redis://:hunter2@host", "it has the form of a password in an address"),
    ("DATABASE", "Server=s;Password=hunter2;", "it has the form of a password"),
    ("HUB", "hf_" + "a1B2" * 8, "it has the form of an access token"),
    ("API_KEY", "x", "its name says so"),
    ("client-secret", "x", "its name says so"),
    ("DbPassword", "1234", "its name says so"),
    ("HF_TOKEN", "hunter2", "its name says so"),
    ("STORAGE_KEY", "4f3c8a9d0b1e2f7a66", "it is random text under the name of a key"),
    ("MY_AUTH", "QWxhZGRpbjpvcGVuIHNlc2FtZQ9", "it is random text under the name of a key"),
    ("API_KEY", "${env:PREFIX}-and-a-literal", "its name says so"),
]


@pytest.mark.parametrize(("name", "text", "reason"), SECRETS)
def test_a_literal_secret_is_refused_without_showing_it(name: str, text: str, reason: str) -> None:
    with pytest.raises(SecretLiteralError) as caught:
        refuse_secret(name, text)
    assert str(caught.value) == f"a literal that looks like a secret: {reason}"
    assert caught.value.hint.startswith("Refer to it: ${env:NAME}")


HARMLESS = [
    ("API_KEY", "${env:API_KEY}"),
    ("API_KEY", "${keyvault:api-key}"),
    ("DATABASE", "postgres://${env:DB_USER}:${keyvault:db-password}@host/db"),
    ("DATABASE", "Server=s;Password=${keyvault:db-password}"),
    ("DATABASE", "pwd=${env:A},host=b"),
    ("STORE", "AccountKey=${keyvault:store};EndpointSuffix=core.windows.net"),
    ("MAX_TOKENS", "100"),
    ("TOKENIZERS_PARALLELISM", "false"),
    ("USE_TOKEN", "true"),
    ("API_KEY", ""),
    ("PARTITION_KEY", "customer-identifier-of-a-row"),
    ("PRIVATE_DATA_FOLDER", "/mnt/data/models/resnet50-v1-12"[:15]),
    ("HOME", "${HOME}/x"),
    ("LOG_LEVEL", "INFO"),
    ("ENDPOINT", "https://example.org:8443/path?signal=1"),
]


@pytest.mark.parametrize(("name", "text"), HARMLESS)
def test_what_is_no_secret_passes(name: str, text: str) -> None:
    refuse_secret(name, text)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("${keyvaul:x}", "${keyvaul:...} is no reference. Did you mean keyvault?"),
        ("${kv:x}", "${kv:...} is no reference. Known: env, keyvault."),
        ("${env:1a}", "1a is no name for ${env:...}"),
        ("${env:}", '"" is no name for ${env:...}'),
        ("${keyvault:a_b}", "a_b is no name for ${keyvault:...}"),
    ],
)
def test_a_bad_reference_is_refused(text: str, message: str) -> None:
    with pytest.raises(ValueError, match="is no ") as caught:
        refuse_secret("X", text)
    assert str(caught.value) == message
    assert not isinstance(caught.value, SecretLiteralError)


def test_references_are_found_and_resolved() -> None:
    text = "a ${env:ONE} ${keyvault:two-2} ${HOME} $ENV b"
    assert references_in(text) == (Reference("env", "ONE"), Reference("keyvault", "two-2"))
    assert resolved(text, lambda one: f"<{one.kind} {one.name}>") == "a <env ONE> <keyvault two-2> ${HOME} $ENV b"
    assert str(Reference("env", "ONE")) == "${env:ONE}"


def test_what_is_resolved_is_not_resolved_again() -> None:
    assert resolved("${env:A}", lambda _: "${env:B}") == "${env:B}"


@settings(deadline=None, max_examples=60)
@given(st.binary(min_size=64, max_size=64))
def test_generated_keys_are_known_by_name_and_form(key: bytes) -> None:
    text = base64.b64encode(key).decode()
    assert secret_form(f"AccountKey={text}") == "an account or access key"
    with pytest.raises(SecretLiteralError):
        refuse_secret("SERVICE_API_KEY", text)


@settings(deadline=None, max_examples=60)
@given(st.text(alphabet=string.printable, max_size=60), st.text(max_size=20))
def test_a_refusal_never_repeats_the_text(text: str, name: str) -> None:
    value = f"Password=Qq7{text}7qQ"
    with pytest.raises(ValueError, match=r"looks like a secret|is no ") as caught:
        refuse_secret(name, value)
    assert "Qq7" not in str(caught.value)
