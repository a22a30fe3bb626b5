"""The exit codes of every command, in one place (docs/commands.md)."""

OK = 0
ATTENTION = 1  # the command worked, and something needs a person
USAGE = 2  # the command line was wrong
CONFIGURATION = 3  # the configuration was wrong or missing
UNREACHABLE = 4  # a database, QuickBooks or a mail server could not be reached, or somebody else holds the lock
FAILED = 70  # a mistake of Cuadre's own (EX_SOFTWARE)
INTERRUPTED = 130  # Ctrl-C, or a second signal while stopping
