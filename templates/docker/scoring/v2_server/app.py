"""The addresses of the Open Inference Protocol, version 2."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import Any

from anyio import CapacityLimiter, to_thread
from fastapi import FastAPI, Request
from fastapi.openapi.utils import get_openapi
from fastapi.responses import FileResponse, JSONResponse, Response
from starlette.exceptions import HTTPException

from model_runner.messages import SampleError
from v2_server import project
from v2_server.describing import infer_operation
from v2_server.errors import RequestError
from v2_server.served import ServedModel
from v2_server.writing import Answer

JSON_LENGTH = "Inference-Header-Content-Length"
PAGE = Path(__file__).with_name("page.html")

DESCRIPTION = """Open Inference Protocol, version 2. Every address below /v2/models/NAME
is also there below /v2/models/NAME/versions/VERSION."""


def make_app(model: ServedModel, workers: int, limit: int) -> FastAPI:
    """The application: `workers` requests run at a time, and none has more bytes than `limit`."""
    app = FastAPI(
        title=project.NAME,
        version=project.VERSION,
        description=DESCRIPTION,
        docs_url=None,  # FastAPI's own page loads its scripts from elsewhere
        redoc_url=None,
    )
    app.state.model = model
    app.state.workers = CapacityLimiter(workers)
    app.state.limit = limit
    app.openapi = partial(_openapi, app)  # type: ignore[method-assign]
    for refusal in (HTTPException, RequestError, SampleError):
        app.add_exception_handler(refusal, _refuse)
    app.add_exception_handler(Exception, _fail)
    _add_routes(app)
    return app


def _add_routes(app: FastAPI) -> None:
    add = app.add_api_route
    add("/v2", server)
    add("/v2/health/live", live)
    add("/v2/health/ready", ready)
    # A name may hold slashes, so what follows it is looked for first.
    for version, shown in (("/versions/{version}", False), ("", True)):
        model = "/v2/models/{name:path}" + version
        add(f"{model}/ready", model_ready, include_in_schema=shown)
        add(f"{model}/infer", infer, methods=["POST"], include_in_schema=shown)
        add(model, metadata, include_in_schema=shown)
    add("/docs", page, include_in_schema=False)


async def server() -> dict[str, Any]:
    """What this server is."""
    return {
        "name": "modelpress-v2-server",
        "version": project.VERSION,
        "extensions": ["binary_tensor_data"],
    }


async def live() -> dict[str, bool]:
    """Whether the server runs."""
    return {"live": True}


async def ready() -> dict[str, bool]:
    """Whether requests are answered: the model is loaded before the port is open."""
    return {"ready": True}


async def model_ready(request: Request, name: str) -> dict[str, Any]:
    """Whether the model is loaded."""
    _check_model(request, name)
    return {"name": project.NAME, "ready": True}


async def metadata(request: Request, name: str) -> dict[str, Any]:
    """The inputs and outputs of the model; -1 is a dimension of any size."""
    _check_model(request, name)
    found: dict[str, Any] = request.app.state.model.metadata
    return found


async def infer(request: Request, name: str) -> Response:
    """Run the model on one set of inputs."""
    _check_model(request, name)
    state = request.app.state
    body = await _body(request, state.limit)
    length = _json_length(request)
    answer: Answer = await to_thread.run_sync(
        state.model.infer, body, length, limiter=state.workers
    )
    if answer.json_length is None:
        return Response(answer.body, media_type="application/json")
    return Response(
        answer.body,
        media_type="application/octet-stream",
        headers={JSON_LENGTH: str(answer.json_length)},
    )


async def page() -> FileResponse:
    return FileResponse(PAGE)


def _check_model(request: Request, name: str) -> None:
    if name != project.NAME:
        raise RequestError(f"there is no model {name!r}, but {project.NAME!r}", 404)
    version = request.path_params.get("version", project.VERSION)
    if version != project.VERSION:
        raise RequestError(
            f"there is no version {version!r}, but {project.VERSION!r}", 404
        )


async def _body(request: Request, limit: int) -> bytes:
    """The whole body, which is not read where it is longer than `limit` bytes."""
    encoding = request.headers.get("Content-Encoding", "identity")
    if encoding != "identity":
        raise RequestError(f"Content-Encoding is {encoding!r}: send it plain", 415)
    too_long = RequestError(f"the body is longer than {limit} bytes", 413)
    if int(request.headers.get("Content-Length", "0")) > limit:
        raise too_long
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > limit:
            raise too_long
    return bytes(body)


def _json_length(request: Request) -> int | None:
    text = request.headers.get(JSON_LENGTH)
    if text is None:
        return None
    if not (text.isascii() and text.isdigit()):
        raise RequestError(f"{JSON_LENGTH} is {text!r}, which is no length")
    return int(text)


async def _refuse(_: Request, error: Exception) -> JSONResponse:
    if isinstance(error, HTTPException):
        return _error(error.detail, error.status_code)
    return _error(str(error), error.status if isinstance(error, RequestError) else 400)


async def _fail(_: Request, error: Exception) -> JSONResponse:
    """Uvicorn logs the error itself."""
    return _error(f"the server failed: {type(error).__name__}; its log says more", 500)


def _error(message: str, status: int) -> JSONResponse:
    closing = {"Connection": "close"} if status in (413, 415) else None
    return JSONResponse({"error": message}, status, closing)


def _openapi(app: FastAPI) -> dict[str, Any]:
    """FastAPI's description of the addresses, and the model's inputs and outputs in it."""
    if app.openapi_schema is None:
        schema = get_openapi(
            title=app.title,
            version=app.version,
            description=app.description,
            routes=app.routes,
        )
        model: ServedModel = app.state.model
        for path, operations in schema["paths"].items():
            for operation in operations.values():
                operation["responses"].pop("422", None)  # FastAPI's own, never sent
            if path.endswith("/infer"):
                operations["post"] |= infer_operation(model.inputs, model.outputs)
        schema.pop("components", None)
        app.openapi_schema = schema
    return app.openapi_schema
