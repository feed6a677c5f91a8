"""The errors that people can mend."""


class MendableError(Exception):
    """What was asked for cannot be done, and the words say why and what to do: a command needs no traceback."""
