"""A bad moment on the command line: one clear sentence, what to do, and the exit code."""

from __future__ import annotations

import requests
from sqlalchemy.exc import ArgumentError, DBAPIError, NoSuchModuleError, SQLAlchemyError

from errors.kinds import Verb
from errors.language import _, fix, say, sentence
from errors.problem import Problem, ProblemError
from worker import exits
from worker.commands.output import complain
from worker.config import ConfigError
from worker.log import clean


def explain(error: Exception) -> int:
    """Say what happened on standard error.

    Returns:
        The exit code (worker/exits.py).
    """
    if isinstance(error, ConfigError):
        return _configuration(error)
    if isinstance(error, ProblemError):
        return _problem(error.problem)
    if isinstance(error, SQLAlchemyError):
        return _database(error)
    if isinstance(error, requests.RequestException):
        complain(say("No answer from the other side: {detail}", detail=clean(str(error))))
        return exits.UNREACHABLE
    if isinstance(error, OSError):
        complain(say("The system refused: {detail}", detail=clean(str(error))))
        return exits.UNREACHABLE
    detail = clean(f"{type(error).__name__}: {error}")
    complain(say("Cuadre itself failed ({detail}).", detail=detail))
    complain(_("Run it again with CUADRE_DEBUG=1 to see where, and please report it."))
    return exits.FAILED


def _problem(problem: Problem) -> int:
    passing = problem.verb in {Verb.WAIT, Verb.RETRY}
    advice = _("Run it again in a while: a command is not tried again by itself.") if passing else fix(problem)
    complain(f"{sentence(problem)}\n{advice}")
    return exits.UNREACHABLE if passing else exits.ATTENTION


def _configuration(error: ConfigError) -> int:
    for mistake in error.mistakes:
        complain(str(mistake))
    if len(error.mistakes) > 1:
        complain(say("{count} mistakes in the configuration; nothing was started.", count=len(error.mistakes)))
    return exits.CONFIGURATION


def _database(error: SQLAlchemyError) -> int:
    if isinstance(error, ArgumentError | NoSuchModuleError):
        complain(say("This is no database URL that Cuadre can use: {detail}", detail=clean(str(error))))
        complain(_("See state.url and source.url in the configuration."))
        return exits.CONFIGURATION
    cause = error.orig if isinstance(error, DBAPIError) and error.orig is not None else error
    complain(say("A database could not be used: {detail}", detail=clean(str(cause)).strip()))
    complain(_("See whether it runs and whether state.url is right; `cuadre doctor` looks at every database."))
    return exits.UNREACHABLE
