"""Exceptions of the Azure SDK become one sentence with a hint; only what may pass is tried again."""

import json
from types import SimpleNamespace

import pytest
from azure.core.exceptions import (
    AzureError,
    ClientAuthenticationError,
    HttpResponseError,
    ResourceExistsError,
    ServiceRequestError,
    ServiceResponseError,
)

from modelpress.errors import RemoteError
from modelpress.executors.azure.faults import fault_of, is_transient, service_error
from modelpress.executors.azure.wording import cleaned


def answer(status: int, body: object, kind: type[HttpResponseError] = HttpResponseError) -> HttpResponseError:
    text = body if isinstance(body, str) else json.dumps(body)
    response = SimpleNamespace(status_code=status, reason="Reason", headers={}, text=lambda: text)
    return kind(response=response)  # type: ignore[arg-type]


def user_error(message: str, code: str = "UserError", details: object = ()) -> dict[str, object]:
    return {"error": {"code": code, "message": message, "details": details, "additionalInfo": [{"type": "x"}]}}


def test_an_answer_is_named_with_status_and_code() -> None:
    error = service_error(answer(409, user_error("It exists.", "Conflict"), ResourceExistsError), "registering model m")
    assert error.message == "registering model m failed (HTTP 409, Conflict): It exists."
    assert error.status == 409
    assert isinstance(error, RemoteError)
    assert error.exit_code == 6


def test_nested_errors_are_unwrapped() -> None:
    inner = json.dumps({"error": {"code": "OutOfQuota", "message": "Not enough quota for Standard_DS3_v2."}})
    body = user_error(f"Deployment failed: {inner}", details=[{"code": "X", "message": "Container crashed."}])
    fault = fault_of(answer(400, body))
    assert fault.text == "Deployment failed; Not enough quota for Standard_DS3_v2.; Container crashed."
    assert "quota in the Azure portal" in service_error(answer(400, body), "x").hint


def test_an_error_that_never_ends_nesting_is_cut() -> None:
    body: dict[str, object] = {"message": "deepest"}
    for _ in range(50):
        body = {"message": "m", "error": body}
    assert fault_of(answer(400, body)).text == "m"


def test_an_answer_without_json_keeps_its_text() -> None:
    assert fault_of(answer(502, "<html>Bad gateway</html>")).text == (
        "Operation returned an invalid status 'Reason'\nContent: <html>Bad gateway</html>"
    )


def test_secrets_in_answers_are_masked() -> None:
    error = service_error(answer(403, user_error("no right to https://a/b?sv=1&sig=SECRET")), "uploading x")
    assert "SECRET" not in error.message
    assert "https://a/b?***" in error.message


def test_colours_and_boilerplate_go() -> None:
    text = "\x1b[31mThe path does not exist.\x1b[39m\n\nResolutions: \n1) Look at it\nIf using the CLI, you can also"
    assert cleaned(text) == "The path does not exist."


def test_a_refused_yaml_names_the_field() -> None:
    text = (
        'Validation for ModelSchema failed:\n\n {\n  "type": [\n    "Value \'foo\' is not in set"\n  ],\n'
        '  "tags": {\n    "a": [\n      "Not a string."\n    ]\n  }\n} \n\n \n\nVisit this link to refer to the schema'
    )
    assert cleaned(text) == "type: Value 'foo' is not in set; tags.a: Not a string."


def test_a_missing_credential_lists_what_was_tried_and_what_was_refused() -> None:
    text = (
        "DefaultAzureCredential failed to retrieve a token from the included credentials.\nAttempted credentials:\n"
        "\tEnvironmentCredential: AADSTS7000215: Invalid client secret provided.\n"
        "\tManagedIdentityCredential: ManagedIdentityCredential authentication unavailable. \n"
        "\tAzureCliCredential: Azure CLI not found on path\nTo mitigate this issue, please refer to"
    )
    error = service_error(ClientAuthenticationError(message=text), "opening workspace w")
    assert error.message == (
        "opening workspace w failed: no Azure credential works; "
        "tried EnvironmentCredential, ManagedIdentityCredential, AzureCliCredential\n"
        "EnvironmentCredential: AADSTS7000215: Invalid client secret provided."
    )
    assert "az login" in error.hint


@pytest.mark.parametrize("status", [408, 429, 500, 502, 503, 504])
def test_what_may_pass_is_tried_again(status: int) -> None:
    assert is_transient(answer(status, user_error("x")))


@pytest.mark.parametrize("status", [400, 401, 403, 404, 409, 412, 422])
def test_a_refusal_is_final(status: int) -> None:
    assert not is_transient(answer(status, user_error("x")))


def test_broken_connections_are_tried_again() -> None:
    assert is_transient(ServiceRequestError("connection refused"))
    assert is_transient(ServiceResponseError("connection reset"))
    assert not is_transient(ServiceRequestError("SSL: CERTIFICATE_VERIFY_FAILED"))
    assert not is_transient(AzureError("something else"))
    assert not is_transient(ValueError("no matter of Azure"))


def test_what_must_not_run_twice_is_tried_again_only_where_it_cannot_have_begun() -> None:
    assert is_transient(answer(429, user_error("x")), repeatable=False)
    assert is_transient(ServiceRequestError("connection refused"), repeatable=False)
    assert not is_transient(answer(500, user_error("x")), repeatable=False)
    assert not is_transient(ServiceResponseError("connection reset"), repeatable=False)
