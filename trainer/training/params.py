"""What a training job may be told."""

from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta


class TrainParams(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One training run with LeRobot."""

    policy: Annotated[
        str,
        Meta(
            pattern=r"^[a-z0-9_]{1,40}$",
            description="LeRobot's policy type",
            extra_json_schema={"x-choices": "/api/training/policy-types"},
        ),
    ] = "act"
    policy_config: Annotated[
        dict[str, Any],
        Meta(
            description="Fields of the policy's own config class; others keep their default",
            extra_json_schema={"x-schema": "/api/training/policy-types/{policy}/schema"},
        ),
    ] = {}
    cameras: Annotated[
        list[str], Meta(description="Cameras the policy sees; none chosen means all of them")
    ] = []
    image_height_px: Annotated[
        int, Meta(ge=32, le=1080, description="Pictures are scaled to this height")
    ] = 120
    image_width_px: Annotated[int, Meta(ge=32, le=1920, description="Pictures are scaled to this width")] = (
        160
    )
    steps: Annotated[int, Meta(ge=1, le=10_000_000, description="Optimiser steps in all")] = 20_000
    batch_size: Annotated[int, Meta(ge=1, le=4096, description="Samples per step and graphics card")] = 8
    log_every: Annotated[int, Meta(ge=1, description="Steps between two points of the curves")] = 50
    save_every: Annotated[
        int, Meta(ge=1, description="Steps between two checkpoints, each judged on held-out episodes")
    ] = 2_000
    held_out: Annotated[
        float,
        Meta(ge=0.0, le=0.5, description="Chance of each episode to be kept for judging, never trained on"),
    ] = 0.1
    max_episodes: Annotated[
        int, Meta(ge=0, description="Train on that many episodes only, drawn by the seed; 0 means all")
    ] = 0
    init_policy: Annotated[
        str,
        Meta(
            pattern=r"^([0-9a-f-]{36})?$",
            description="Registered policy to start from, with its sizes; nothing starts from scratch",
        ),
    ] = ""
    people_only: Annotated[
        bool,
        Meta(description="Learn only what people did: rows in which a policy drove are left out of the loss"),
    ] = True
    schedule: Annotated[
        Literal["policy", "cosine"],
        Meta(
            description="policy keeps the optimiser and schedule of LeRobot's policy; cosine is AdamW whose "
            "rate rises for a twentieth of the steps and falls to nothing at the end"
        ),
    ] = "policy"
    learning_rate: Annotated[
        float, Meta(gt=0, le=1, description="Highest rate of the cosine schedule; not used otherwise")
    ] = 1e-4
    augment: Annotated[bool, Meta(description="Vary brightness, contrast and colour of the pictures")] = False
    seed: Annotated[int, Meta(ge=0, le=2**31 - 1)] = 0
    device: Annotated[
        Literal["auto", "cpu", "cuda"], Meta(description="auto takes a graphics card when there is one")
    ] = "auto"
    threads: Annotated[
        int,
        Meta(ge=1, le=256, description="CPU threads of one process; more than the idle cores slows it down"),
    ] = 1
    workers: Annotated[int, Meta(ge=0, le=64, description="Processes that prepare batches")] = 0
