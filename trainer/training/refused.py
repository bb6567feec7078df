"""Why a training does not take place."""


class DatasetRefused(Exception):
    """The dataset cannot be learned from as asked; the text says why and what would help."""


class NonFiniteLoss(Exception):
    """The loss became not finite; going on would only destroy the policy."""
