"""Guided real-time chunking: a flow-matching policy continues what is being executed.

At noise level t (1 is noise, 0 is clean) the denoised chunk is x0(x) = x - t v(x). Each step of the flow is
corrected towards the left over Y with the true gradient of x0, which LeRobot's own processor leaves out:

    v <- v - min(beta, t/(1-t) * (t^2 + (1-t)^2)/t^2) * J^T (W (Y - x0)),     J = d x0 / d x

as in "Real-Time Execution of Action Chunking Flow Policies" (arXiv 2506.07339).
"""

import math
from collections.abc import Callable

import torch
from lerobot.policies.rtc.modeling_rtc import RTCProcessor
from torch import Tensor


def prefix_weights(delay: int, end: int, horizon: int) -> Tensor:
    """Return (horizon,) weights: 1 for what will be executed, falling to 0 where the left over ends.

    Args:
        delay: steps that will have been executed when the chunk arrives.
        end: length of the left over.
        horizon: length of the chunk.
    """
    end = min(end, horizon)
    delay = min(delay, end)
    steps = torch.arange(horizon, dtype=torch.float64)
    c = torch.clamp((delay - 1 - steps) / (end - delay + 1) + 1, 0.0, 1.0)
    weights = c * torch.expm1(c) / (math.e - 1)
    weights[end:] = 0.0
    return weights


def guided_velocity(
    velocity: Callable[[Tensor], Tensor],
    x: Tensor,
    t: float,
    left_over: Tensor,
    weights: Tensor,
    beta: float,
) -> Tensor:
    """Return the corrected velocity of one step of the flow.

    Args:
        velocity: The policy's flow at this noise level, (B, T, A) -> (B, T, A); must be differentiable.
        x: (B, T, A) present sample.
        t: Noise level, 1 to 0.
        left_over: (B, T, A) what to continue, padded to the chunk's length.
        weights: (T,) how much each step counts.
        beta: Largest guidance.
    """
    with torch.enable_grad():
        x = x.detach().requires_grad_(True)
        v = velocity(x)
        clean = x - t * v
        error = ((left_over - clean) * weights.to(x)[None, :, None]).detach()
        (pulled,) = torch.autograd.grad(clean, x, error)
    guidance = beta if t >= 1.0 else min(beta, t / (1 - t) * (t**2 + (1 - t) ** 2) / t**2)
    return v.detach() - guidance * pulled


class GuidedRtc(RTCProcessor):
    """LeRobot's processor with the guidance above in its place."""

    def denoise_step(
        self,
        x_t: Tensor,
        prev_chunk_left_over: Tensor | None,
        inference_delay: int,
        time: float | Tensor,
        original_denoise_step_partial: Callable[[Tensor], Tensor],
        execution_horizon: int | None = None,
    ) -> Tensor:
        """Return the velocity of one step; arguments are those of LeRobot."""
        if prev_chunk_left_over is None or not prev_chunk_left_over.shape[-2]:
            return original_denoise_step_partial(x_t)
        flat = x_t.ndim == 2
        x = x_t[None] if flat else x_t
        known = prev_chunk_left_over[None] if prev_chunk_left_over.ndim == 2 else prev_chunk_left_over
        steps, size = min(known.shape[1], x.shape[1]), known.shape[2]
        padded = torch.zeros_like(x)
        padded[:, :steps, :size] = known[:, :steps]
        weights = prefix_weights(inference_delay, steps, x.shape[1])
        result = guided_velocity(
            original_denoise_step_partial,
            x,
            float(time),
            padded,
            weights,
            self.rtc_config.max_guidance_weight,
        )
        return result[0] if flat else result
