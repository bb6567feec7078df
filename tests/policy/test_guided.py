"""Guided real-time chunking on a toy flow whose Jacobian is known."""

import math

import pytest
import torch
from lerobot.policies.rtc.configuration_rtc import RTCConfig

from trainer.policy_server.guided import GuidedRtc, guided_velocity, prefix_weights

HORIZON, SIZE = 20, 3


def test_weights_hold_the_prefix_and_fade_to_the_end_of_the_left_over():
    weights = prefix_weights(delay=5, end=15, horizon=HORIZON)
    assert weights[:5].tolist() == pytest.approx([1.0] * 5)
    assert torch.all(weights[5:15].diff() < 0)
    assert torch.all(weights[15:] == 0)
    c = (5 - 1 - 9) / (15 - 5 + 1) + 1
    assert weights[9] == pytest.approx(c * math.expm1(c) / (math.e - 1))
    assert prefix_weights(30, 8, HORIZON)[:8].tolist() == pytest.approx([1.0] * 8)


def test_the_correction_is_the_true_jacobian_product():
    """For a linear flow v = x A the Jacobian of x - t v is I - t A, which finite differences confirm."""
    generator = torch.Generator().manual_seed(0)
    A = torch.randn(SIZE, SIZE, generator=generator, dtype=torch.float64) * 0.3
    x = torch.randn(1, HORIZON, SIZE, generator=generator, dtype=torch.float64)
    goal = torch.randn(1, HORIZON, SIZE, generator=generator, dtype=torch.float64)
    weights = prefix_weights(4, 12, HORIZON)
    t, beta = 0.6, 100.0
    result = guided_velocity(lambda x: x @ A, x, t, goal, weights, beta)
    error = (goal - (x - t * x @ A)) * weights[None, :, None]
    guidance = t / (1 - t) * (t**2 + (1 - t) ** 2) / t**2
    assert torch.allclose(result, x @ A - guidance * error @ (torch.eye(SIZE) - t * A).T)
    identity = x @ A - guidance * error
    assert not torch.allclose(result, identity), "leaving out the Jacobian is another answer"
    assert torch.allclose(
        guided_velocity(lambda x: x @ A, x, 1.0, goal, weights, 5.0),
        x @ A - 5.0 * (goal - (x - x @ A)).mul(weights[None, :, None]) @ (torch.eye(SIZE) - A).T,
    )


class Flow(torch.nn.Module):
    """The exact flow of a broad Gaussian over smooth chunks; sampled freely, chunks differ widely."""

    def __init__(self) -> None:
        super().__init__()
        steps = torch.arange(HORIZON, dtype=torch.float64)
        kernel = torch.exp(-((steps[:, None] - steps[None]) ** 2) / (2 * 6.0**2))
        self.covariance = kernel + 1e-4 * torch.eye(HORIZON, dtype=torch.float64)

    def velocity(self, x: torch.Tensor, t: float) -> torch.Tensor:
        """E[noise - clean | x] for x = (1 - t) clean + t noise."""
        total = (1 - t) ** 2 * self.covariance + t**2 * torch.eye(HORIZON, dtype=torch.float64)
        inverse = torch.linalg.solve(total, x)
        return t * inverse - (1 - t) * self.covariance @ inverse


def sample(left_over: torch.Tensor | None, delay: int, seed: int, steps: int = 20) -> torch.Tensor:
    generator = torch.Generator().manual_seed(seed)
    x = torch.randn(1, HORIZON, SIZE, generator=generator, dtype=torch.float64)
    flow, rtc = Flow(), GuidedRtc(RTCConfig(enabled=True, max_guidance_weight=10.0))
    for k in range(steps):
        t = 1 - k / steps
        v = rtc.denoise_step(x, left_over, delay, t, lambda x, t=t: flow.velocity(x, t))
        x = x - v / steps
    return x


def test_a_guided_sample_continues_the_left_over_and_a_free_one_does_not():
    jumps = {"free": [], "guided": []}
    for seed in range(10):
        known = sample(None, 0, 100 + seed)[:, 8:]
        for name, given in (("free", None), ("guided", known)):
            chunk = sample(given, 5, seed)
            jumps[name].append(float((chunk[:, 5] - known[:, 5]).abs().max()))
    free, guided = (sum(jumps[name]) / 10 for name in ("free", "guided"))
    assert free > 0.8
    assert guided < 0.15 * free


def test_without_a_left_over_it_is_the_plain_flow():
    rtc = GuidedRtc(RTCConfig(enabled=True))
    x = torch.ones(HORIZON, SIZE)
    assert torch.equal(rtc.denoise_step(x, None, 3, 0.5, lambda x: 2 * x), 2 * x)
    assert torch.equal(rtc.denoise_step(x, torch.zeros(0, SIZE), 3, 0.5, lambda x: 2 * x), 2 * x)
    assert rtc.denoise_step(x, torch.zeros(4, SIZE), 3, 0.5, lambda x: 2 * x).shape == x.shape
