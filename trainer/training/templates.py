"""Good places to start from. Data only: every field is one of `TrainParams`."""

from backend.core.contracts.job import JobTemplate

ACT_SMALL = {
    "dim_model": 256,
    "n_heads": 4,
    "dim_feedforward": 1024,
    "n_encoder_layers": 3,
    "n_vae_encoder_layers": 2,
    "latent_dim": 16,
    "chunk_size": 30,
    "n_action_steps": 30,
    "pretrained_backbone_weights": None,
    "optimizer_lr": 1e-4,
    "optimizer_lr_backbone": 1e-4,
}

TEMPLATES: tuple[JobTemplate, ...] = (
    JobTemplate(
        name="act_small",
        title="ACT, small (no graphics card needed)",
        text="A first policy on a laptop: one second ahead, pictures of 120x160, about an hour for 5,000 "
        "steps on two cores. The baseline that every other run is compared with.",
        params={
            "policy": "act",
            "policy_config": ACT_SMALL,
            "image_height_px": 120,
            "image_width_px": 160,
            "steps": 5_000,
            "batch_size": 8,
            "save_every": 1_000,
            "device": "cpu",
        },
    ),
    JobTemplate(
        name="act",
        title="ACT",
        text="LeRobot's ACT with its own sizes (52 M parameters), from scratch; 4 GB of graphics memory.",
        params={
            "policy": "act",
            "policy_config": {
                "chunk_size": 60,
                "n_action_steps": 30,
                "pretrained_backbone_weights": None,
                "optimizer_lr": 5e-5,
                "optimizer_lr_backbone": 5e-5,
            },
            "image_height_px": 240,
            "image_width_px": 320,
            "steps": 40_000,
            "batch_size": 32,
            "save_every": 5_000,
            "augment": True,
            "workers": 4,
        },
    ),
    JobTemplate(
        name="diffusion_small",
        title="Diffusion policy, small",
        text="A narrow U-Net (about 20 M parameters) for a weak graphics card; slow without one.",
        params={
            "policy": "diffusion",
            "policy_config": {
                "horizon": 32,
                "n_action_steps": 16,
                "down_dims": [64, 128],
                "pretrained_backbone_weights": None,
                "use_group_norm": True,
                "noise_scheduler_type": "DDIM",
                "num_inference_steps": 10,
            },
            "image_height_px": 96,
            "image_width_px": 128,
            "steps": 20_000,
            "batch_size": 16,
            "save_every": 4_000,
        },
    ),
    JobTemplate(
        name="diffusion",
        title="Diffusion policy",
        text="LeRobot's diffusion policy with its own sizes (265 M parameters); 12 GB of graphics memory.",
        params={
            "policy": "diffusion",
            "policy_config": {
                "horizon": 32,
                "n_action_steps": 16,
                "resize_shape": [240, 320],
                "crop_ratio": 0.9,
                "pretrained_backbone_weights": None,
                "use_group_norm": True,
                "noise_scheduler_type": "DDIM",
                "num_inference_steps": 10,
            },
            "image_height_px": 240,
            "image_width_px": 320,
            "steps": 100_000,
            "batch_size": 64,
            "save_every": 10_000,
            "workers": 4,
        },
    ),
    JobTemplate(
        name="smolvla",
        title="SmolVLA, fine-tuned",
        text="A small vision-language-action model; needs its weights on this machine and the package "
        "transformers. 36 action entries exceed its 32, which its config below raises to 36.",
        params={
            "policy": "smolvla",
            "policy_config": {"max_action_dim": 36, "max_state_dim": 36, "load_vlm_weights": True},
            "image_height_px": 240,
            "image_width_px": 320,
            "steps": 20_000,
            "batch_size": 32,
            "save_every": 5_000,
            "workers": 4,
        },
    ),
    JobTemplate(
        name="pi05",
        title="pi0.5, fine-tuned",
        text="Needs 40 GB of graphics memory or more, its weights on this machine and the package "
        "transformers. Its pretrained heads have 32 action entries, ours 36: raising them starts them anew.",
        params={
            "policy": "pi05",
            "policy_config": {"max_action_dim": 36, "max_state_dim": 36, "dtype": "bfloat16"},
            "image_height_px": 224,
            "image_width_px": 224,
            "steps": 40_000,
            "batch_size": 16,
            "save_every": 5_000,
            "workers": 4,
        },
    ),
)
