"""Why an export does not take place."""


class ExportRefused(Exception):
    """The episodes cannot become the dataset that was asked for; the text says which and why."""
