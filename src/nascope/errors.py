"""The one exception that a user is meant to read."""


class NascopeError(Exception):
    """Something the user can mend: the message names the place, what is wrong there and the remedy."""
