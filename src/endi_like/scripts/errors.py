"""What a command cannot do."""


class Unusable(Exception):
    """The command cannot do its work; the message is one line that says why."""
