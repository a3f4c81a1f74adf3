"""What a user can mend."""


class UserError(Exception):
    """A mistake or a condition the user can mend.

    The command line prints it as it is, without a traceback, and exits with 1.
    The message reads ``where: what is wrong; what to do``.
    """
