"""The app's version, from the project file."""

import tomllib

from backend.settings import ROOT

VERSION: str = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["version"]
