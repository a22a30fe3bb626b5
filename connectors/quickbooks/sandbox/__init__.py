"""A QuickBooks Online that runs on the user's own machine; it imports nothing of the connector it examines.

The way of a request: `server` or `adapter` -> `core` -> `calls` (what is asked) -> `limits` -> `injection` (trouble on
order) -> `routes` -> `company_api` (token, dispatch) -> `replay` (requestid) -> `operations` (the common steps) ->
`entities/<noun>` (the noun's rules, built from `rules/`) -> `store`. `oauth` signs in, `control` looks inside.
"""

from connectors.quickbooks.sandbox.adapter import SANDBOX_URL, SandboxAdapter
from connectors.quickbooks.sandbox.core import FIRST_REALM, Sandbox
from connectors.quickbooks.sandbox.messages import Request, Response
from connectors.quickbooks.sandbox.server import SandboxServer, serve
from connectors.quickbooks.sandbox.trouble.injection import FaultRule
from connectors.quickbooks.sandbox.trouble.limits import Limits

__all__ = [
    "FIRST_REALM",
    "SANDBOX_URL",
    "FaultRule",
    "Limits",
    "Request",
    "Response",
    "Sandbox",
    "SandboxAdapter",
    "SandboxServer",
    "serve",
]
