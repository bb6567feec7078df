"""Every expected problem becomes one shape: `{code, text}`."""

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException

from backend.db.database import DatabaseUnavailable
from backend.runtime.bus import ServiceUnavailable
from backend.services.errors import DomainError


def answer(status: int, code: str, text: str) -> JSONResponse:
    """Return the response for a problem."""
    return JSONResponse({"code": code, "text": text}, status_code=status)


def describe(error: RequestValidationError) -> str:
    """Return every invalid field and what is allowed there, in one line."""
    return "; ".join(
        f"{'.'.join(str(part) for part in problem['loc'])}: {problem['msg']}" for problem in error.errors()
    )


def install(app: FastAPI) -> None:
    """Translate expected exceptions into responses."""

    @app.exception_handler(DomainError)
    async def _domain(_: Request, error: DomainError) -> JSONResponse:
        return answer(error.status, error.code, error.text)

    @app.exception_handler(DatabaseUnavailable)
    async def _database(_: Request, error: DatabaseUnavailable) -> JSONResponse:
        return answer(503, "database_unavailable", str(error))

    @app.exception_handler(ServiceUnavailable)
    async def _service(_: Request, error: ServiceUnavailable) -> JSONResponse:
        return answer(503, "process_unavailable", f"{error}; it is started again by itself, try again")

    @app.exception_handler(RequestValidationError)
    async def _invalid(_: Request, error: RequestValidationError) -> JSONResponse:
        return answer(422, "invalid", describe(error))

    @app.exception_handler(HTTPException)
    async def _http(_: Request, error: HTTPException) -> JSONResponse:
        return answer(error.status_code, "refused", str(error.detail))
