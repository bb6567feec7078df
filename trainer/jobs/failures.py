"""Why a process failed, in the words of the person who has to act on it."""

import re
import signal

CAUSES: tuple[tuple[str, str], ...] = (
    (
        r"CUDA out of memory|OutOfMemoryError: CUDA",
        "the graphics card ran out of memory; choose a smaller batch size or smaller pictures",
    ),
    (
        r"MemoryError|DefaultCPUAllocator: can't allocate memory|Cannot allocate memory",
        "the machine ran out of memory; choose a smaller batch size, smaller pictures or fewer workers",
    ),
    (
        r"No space left on device|OSError: \[Errno 28\]|Disk quota exceeded",
        "the disk is full; delete old checkpoints, jobs or episodes, then resume",
    ),
    (
        r"download\.pytorch\.org|pretrained_backbone_weights",
        "the pretrained weights of the image backbone are not on this machine, and training works offline; "
        "set pretrained_backbone_weights to empty, or put the weights into torch's cache",
    ),
    (
        r"OfflineModeIsEnabled|LocalEntryNotFoundError|HF_HUB_OFFLINE|couldn't connect to 'https://huggingface",
        "it needs weights that are not on this machine, and training works offline; download them first and "
        "give their folder as pretrained_path",
    ),
    (
        r"DatasetRefused: (?P<why>.+)",
        "{why}",
    ),
    (
        r"CUDA error|NCCL error|cudaErrorNoKernelImage",
        "the graphics card or its driver failed; look at the log, then resume from the last checkpoint",
    ),
    (
        r"(?:loss|grad\w*) (?:is|became) (?:nan|not finite)|NonFiniteLoss",
        "the loss is no longer a number; choose a smaller learning rate, and check the dataset's statistics",
    ),
    (
        r"DataLoader worker .* (?:killed|exited unexpectedly)",
        "a process that prepares batches was killed, most often for lack of memory; choose fewer workers",
    ),
    (
        r"No module named '(?P<module>[\w.]+)'|`(?P<extra>\w+)` is (?:not|required)",
        "the Python package {module}{extra} is missing; install it for this policy type",
    ),
)
"""Pattern in the log -> what it means. The first that matches wins."""


def in_words(exit_code: int, log_tail: str) -> str:
    """Return why a process failed.

    Args:
        exit_code: of the process; negative when a signal ended it.
        log_tail: the last part of what it printed.
    """
    for pattern, words in CAUSES:
        if found := re.search(pattern, log_tail):
            return words.format(**{name: value or "" for name, value in found.groupdict().items()})
    code = exit_code if exit_code < 0 else 128 - exit_code if exit_code > 128 else exit_code
    if code == -signal.SIGKILL:
        return "it was killed by the system (SIGKILL), most often because the machine ran out of memory"
    if code < 0:
        return f"it was ended by {signal.Signals(-code).name} from outside"
    return f"{_last_error(log_tail)} (exit code {exit_code})"


def _last_error(log_tail: str) -> str:
    """Return the last line that looks like an error, or the last line at all."""
    lines = [line.strip() for line in log_tail.splitlines() if line.strip()]
    errors = [line for line in lines if re.match(r"^[\w.]*(Error|Exception|Refused|Interrupt)\b", line)]
    return (errors or lines or ["it printed nothing"])[-1][:400]
