"""Control of companies: list, make, remove, dump and load them; what a person sets in QuickBooks' pages; switches."""

from __future__ import annotations

from dataclasses import asdict, fields, replace

from connectors.quickbooks.sandbox.books.changes import Change
from connectors.quickbooks.sandbox.books.company import Company
from connectors.quickbooks.sandbox.books.store import Json
from connectors.quickbooks.sandbox.books.switches import Switches
from connectors.quickbooks.sandbox.entities.registry import POSTS
from connectors.quickbooks.sandbox.inside.preferences import set_preferences
from connectors.quickbooks.sandbox.inside.route import Asked, Route
from connectors.quickbooks.sandbox.storage import state

ONE = "/sandbox/realms/{realm}"
MAKING = ("seed", "country", "company_name", "access_token", "refresh_token")


def shown(company: Company) -> Json:
    """Return a company as the control API shows it."""
    return {
        "company_name": company.information["CompanyName"],
        "seed": company.seed,
        "country": company.information.get("Country", "US"),
        "counts": {kind: company.store.count(kind) for kind in company.store.kinds()},
        "switches": asdict(company.switches),
    }


def _list(asked: Asked) -> Json:
    return {realm: shown(one) for realm, one in asked.sandbox.companies.items()}


def _show(asked: Asked) -> Json:
    return {"realm": asked.realm, **shown(asked.sandbox.companies[asked.realm])}


def _make(asked: Asked) -> Json:
    asked.check(*MAKING)
    if not all(isinstance(value, str) for value in asked.body.values()):
        raise ValueError(f"{', '.join(MAKING)} are texts")
    seed, country, name, access, refresh = (asked.body.get(one, "") for one in MAKING)
    made = asked.sandbox.add_company(asked.realm, seed=seed, country=country, name=name)
    if access or refresh:
        asked.sandbox.connect(asked.realm, access_token=access, refresh_token=refresh)
    return {"realm": asked.realm, "company_name": made.information["CompanyName"], "seed": made.seed}


def _remove(asked: Asked) -> Json:
    del asked.sandbox.companies[asked.realm]
    asked.sandbox.tokens.disconnect(asked.realm)
    return {"realm": asked.realm}


def _dump(asked: Asked) -> Json:
    return state.dump(asked.sandbox.companies[asked.realm])


def _load(asked: Asked) -> Json:
    try:
        asked.sandbox.companies[asked.realm] = state.load(asked.realm, asked.body, POSTS)
    except (KeyError, TypeError, AttributeError, ArithmeticError) as error:
        raise ValueError(f"the body is no dump of a company ({type(error).__name__}: {error})") from error
    return _show(asked)


def _prefer(asked: Asked) -> Json:
    company = asked.sandbox.companies[asked.realm]
    done = set_preferences(company, asked.body)
    company.news.append(Change("Preferences", "1", "Update", asked.sandbox.clock.now()))
    return done


def _switches(asked: Asked) -> Json:
    set_now = asked.sandbox.companies[asked.realm].switches
    return {
        one.name: {"value": getattr(set_now, one.name), **{name: one.metadata[name] for name in ("choices", "says")}}
        for one in fields(Switches)
    }


def _switch(asked: Asked) -> Json:
    asked.check(*(one.name for one in fields(Switches)))
    company = asked.sandbox.companies[asked.realm]
    company.switches = replace(company.switches, **asked.body)
    return asdict(company.switches)


def _connect(asked: Asked) -> Json:
    asked.check("access_token", "refresh_token")
    given = {name: str(value) for name, value in asked.body.items()}
    if not given:
        raise ValueError("say access_token, refresh_token or both")
    asked.sandbox.connect(asked.realm, **given)
    return {"realm": asked.realm, **given}


def _disconnect(asked: Asked) -> Json:
    asked.sandbox.tokens.disconnect(asked.realm)
    return {"realm": asked.realm}


ROUTES = (
    Route("GET", "/sandbox/realms", "All companies, by number.", _list),
    Route("GET", ONE, "One company: name, seed, country, how many objects, switches.", _show),
    Route(
        "POST",
        ONE,
        "Make a company, or make it anew; all members may be left out.",
        _make,
        {"seed": "us", "country": "US", "company_name": "Plumbing & Sons", "access_token": "a", "refresh_token": "r"},
    ),
    Route("DELETE", ONE, "Remove a company and its tokens.", _remove),
    Route("GET", f"{ONE}/dump", "The whole company as one JSON document.", _dump),
    Route("POST", f"{ONE}/load", "Put a dump in this company's place; the body is what dump answered.", _load),
    Route(
        "POST",
        f"{ONE}/preferences",
        "Set what a person sets in QuickBooks' own pages, and switches; null clears.",
        _prefer,
        {"BookCloseDate": "2026-01-31", "CustomTxnNumbers": True, "SubscriptionStatus": "EXPIRED"},
    ),
    Route(
        "GET",
        f"{ONE}/switches",
        "Every switch: its value, its choices (the first is the default), its sense.",
        _switches,
    ),
    Route("POST", f"{ONE}/switches", "Set switches.", _switch, {"replay": "refuse"}),
    Route("POST", f"{ONE}/tokens", "Fixed tokens that open this company.", _connect, {"access_token": "a"}),
    Route(
        "POST",
        f"{ONE}/disconnect",
        "Every token dies, as when the admin disconnects the app.",
        _disconnect,
    ),
)
