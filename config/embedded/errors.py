"""How the embedded servers say that they cannot be had."""


class Unavailable(SystemExit):
    """The servers cannot be provided; the argument is one line that says why and what to do.

    A `SystemExit`, so that whichever command needed the servers ends with that line instead of a traceback.
    """
