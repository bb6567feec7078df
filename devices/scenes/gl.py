"""An OpenGL context without a screen, by EGL or OSMesa, with or without a GPU."""

import ctypes
import os
from typing import Any

LIBRARIES = {
    "egl": ("libEGL.so.1", "libegl1 libegl-mesa0 libgl1-mesa-dri"),
    "osmesa": ("libOSMesa.so.8", "libosmesa6"),
}
"""For each way to render: the shared library it needs and the Debian packages that bring it."""
SOFTWARE = ("llvmpipe", "softpipe", "swrast", "swr")
"""Names that Mesa's renderers without a GPU go by."""


class RenderingUnavailable(ConnectionError):
    """Pictures cannot be rendered on this machine; the text says what to install or set."""


def choose_backend() -> str:
    """Return `egl` or `osmesa`: what MUJOCO_GL asks for, or the first one that is installed.

    Must be called before `import mujoco`, which refuses values of MUJOCO_GL it does not know.

    Raises:
        RenderingUnavailable: MUJOCO_GL names neither, or its library is missing.
    """
    asked = os.environ.get("MUJOCO_GL", "").strip().lower()
    if asked and asked not in LIBRARIES:
        raise RenderingUnavailable(
            f"MUJOCO_GL={asked} cannot render here; set it to {' or '.join(LIBRARIES)}, or leave it unset"
        )
    candidates = [asked] if asked else list(LIBRARIES)
    for name in candidates:
        try:
            ctypes.CDLL(LIBRARIES[name][0])
        except OSError:
            continue
        return name
    packages = " or ".join(f"`sudo apt-get install {LIBRARIES[name][1]}`" for name in candidates)
    raise RenderingUnavailable(f"no OpenGL library for rendering; install it with {packages} and start again")


def open_context(width: int, height: int) -> Any:
    """Return a current OpenGL context for pictures of at most `width` x `height`.

    Raises:
        RenderingUnavailable: No library, or the library cannot open a context.
    """
    name = choose_backend()
    os.environ["MUJOCO_GL"] = name
    try:
        if name == "egl":
            from mujoco.egl import GLContext
        else:
            from mujoco.osmesa import GLContext
        context = GLContext(width, height)
        context.make_current()
    except Exception as error:
        # PyOpenGL and the drivers raise errors of many kinds here; all mean the same to the operator.
        raise RenderingUnavailable(
            f"cannot open an OpenGL context by {name} ({error}); "
            f"install `sudo apt-get install {LIBRARIES[name][1]}` or set MUJOCO_GL to another of "
            f"{', '.join(LIBRARIES)}"
        ) from error
    return context


def renderer_name() -> str:
    """Return the GL_RENDERER of the current context, for instance `llvmpipe (LLVM 15.0.6, 256 bits)`."""
    from OpenGL import GL

    return GL.glGetString(GL.GL_RENDERER).decode()


def is_software(renderer: str) -> bool:
    """Return whether `renderer` draws on the CPU."""
    return any(name in renderer.lower() for name in SOFTWARE)


def cheapen_textures(texture_ids: list[int]) -> None:
    """Filter 2-D textures from one mip level instead of two: a fifth less work on a CPU."""
    from OpenGL import GL

    for texture in texture_ids:
        GL.glBindTexture(GL.GL_TEXTURE_2D, texture)
        GL.glTexParameteri(GL.GL_TEXTURE_2D, GL.GL_TEXTURE_MIN_FILTER, GL.GL_LINEAR_MIPMAP_NEAREST)
