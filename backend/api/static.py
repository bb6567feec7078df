"""The built frontend, and its index page for every address that is a page of the app."""

from pathlib import Path

from fastapi import APIRouter
from fastapi.responses import FileResponse, Response

from backend.services.errors import DomainError
from backend.settings import ROOT

router = APIRouter(include_in_schema=False)

DIST = ROOT / "frontend" / "dist"
# Vite puts a content hash into the names under assets/.
FOREVER = {"Cache-Control": "public, max-age=31536000, immutable"}
ALWAYS_ASK = {"Cache-Control": "no-cache"}


@router.get("/{path:path}")
async def get_page(path: str) -> Response:
    """Return a file of the frontend, or the index page, whose router knows the address."""
    return page(DIST, path)


def page(dist: Path, path: str) -> Response:
    """Return the file `path` of the folder `dist`, or its index page.

    Raises:
        DomainError: 404 for an unknown api route or asset, 503 when the frontend is not built.
    """
    file = (dist / path).resolve()
    if file.is_relative_to(dist.resolve()) and file.is_file():
        return FileResponse(file, headers=FOREVER if path.startswith("assets/") else ALWAYS_ASK)
    if path.startswith(("api/", "assets/")):
        raise DomainError(404, "no_route", f"there is no /{path}; /api/openapi.json lists the routes")
    index = dist / "index.html"
    if not index.is_file():
        raise DomainError(503, "no_frontend", "the frontend is not built; run `make run` once")
    return FileResponse(index, headers=ALWAYS_ASK)
