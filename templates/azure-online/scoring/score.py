"""Answers requests to the model in the inference server of Azure ML.

The server calls init() once and run() for each request. A request has its inputs as JSON
({"inputs": {name: nested lists}}, names at the top, or the form of golden.json) or, as
application/octet-stream, as a .npz file; the answer has the outputs in the same form. What
the model cannot take is answered with 400 and the input at fault.
"""

# ruff: noqa: E402 - what is imported last is found by the path that is set before
from __future__ import annotations

import functools
import sys
from pathlib import Path
from typing import TYPE_CHECKING

HERE = str(Path(__file__).resolve().parent)
if HERE not in sys.path:  # the server finds this file by its path
    sys.path.append(HERE)

from azureml_inference_server_http.api.aml_request import rawhttp
from azureml_inference_server_http.api.aml_response import AMLResponse

from model_runner.messages import SampleError
from model_serving.answers import outputs_answer, refusal
from model_serving.payloads import read_payload
from model_serving.service import Service
from model_serving.swagger import describe

if TYPE_CHECKING:
    from flask import Request

OK, NOT_ALLOWED = 200, 405


@functools.cache
def service() -> Service:
    """The model, opened at the first call."""
    return Service.start()


def init() -> None:
    """Open the model and run it once. What fails here ends the server, and is in its log."""
    describe(run, service())


def run(request: Request) -> AMLResponse:
    """Answer one request."""
    if request.method == "OPTIONS":  # asked by browsers; the server adds the headers
        return AMLResponse("", OK)
    if request.method != "POST":
        return AMLResponse({"message": "POST the inputs"}, NOT_ALLOWED, json_str=True)
    try:
        values, form = read_payload(request.get_data(), request.content_type or "")
        outputs = service().predict(values)
        answer = outputs_answer(
            outputs, form.of_answer(request.headers.get("Accept", ""))
        )
    except SampleError as error:
        answer = refusal(error, service().arguments)
    return AMLResponse(
        answer.body, answer.status, {"Content-Type": answer.content_type}
    )


rawhttp(run)  # the server passes the request as it is, whatever its content type
