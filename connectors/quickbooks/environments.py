"""Where QuickBooks lives: Intuit's production, Intuit's sandbox, or a `cuadre sandbox` at an address of its own."""

from __future__ import annotations

from intuitlib.config import DISCOVERY_URL
from quickbooks import QuickBooks

from connectors.transport import require_safe

PRODUCTION = "production"
SANDBOX = "sandbox"


def require_environment(environment: str) -> None:
    """Check a setting.

    Raises:
        ValueError: neither "production", "sandbox" nor a safe address.
    """
    if environment in {PRODUCTION, SANDBOX}:
        return
    if "://" not in environment:
        raise ValueError(
            f'quickbooks.environment is "{environment}"; it must be "production", "sandbox" or http://127.0.0.1:PORT'
        )
    require_safe(environment)


def api_url(environment: str) -> str:
    """The base of all calls, without a slash at its end (qbo-facts section 1.1)."""
    known = {PRODUCTION: QuickBooks.api_url_v3, SANDBOX: QuickBooks.sandbox_api_url_v3}
    return str(known.get(environment) or f"{environment.rstrip('/')}/v3")


def discovery_url(environment: str) -> str:
    """Where the addresses of consent, token and revocation are published (qbo-facts section 8.1)."""
    known = {name: DISCOVERY_URL[name] for name in (PRODUCTION, SANDBOX)}
    return str(known.get(environment) or f"{environment.rstrip('/')}/.well-known/openid_configuration")


def pages_url(environment: str) -> str:
    """Where a person sees a company."""
    known = {PRODUCTION: "https://app.qbo.intuit.com/app", SANDBOX: "https://sandbox.qbo.intuit.com/app"}
    return known.get(environment) or f"{environment.rstrip('/')}/app"
