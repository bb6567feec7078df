"""The expected problems of the web path."""


class DomainError(Exception):
    """A request that cannot be done, for a reason its sender can understand.

    Args:
        status: HTTP status; a 500 would be a bug, never a `DomainError`.
        code: short name for programs, such as `stale_version`.
        text: for people: what happened and what is allowed.
    """

    def __init__(self, status: int, code: str, text: str) -> None:
        super().__init__(text)
        self.status = status
        self.code = code
        self.text = text
