"""What a command or a notebook says to its user in one line; any other exception is a fault of the code."""


class UserError(ValueError):
    """What a user can put right: place, found, expected, what to do, in one line (or a line each)."""

    def _render_traceback_(self) -> list[str]:  # IPython asks an exception how to be shown
        return [str(self)]


def unexpected(parameter: str, found: object, expected: str, advice: str) -> UserError:
    """What a user is told of a parameter's value that is not one of those expected."""
    return UserError(f"{parameter}: found {found!r}, expected {expected}; {advice}")
