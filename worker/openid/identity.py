"""Who the service says is there, as far as the console needs to know."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from worker.config.schema import OpenId

UNVERIFIED = (False, "false")  # some services write words


@dataclass(frozen=True, kw_only=True)
class Identity:
    """`subject` (of issuer and `sub`) never changes and never names another person; `name` may do both.

    `verified`: False when the name is an e-mail address of which the service says that nobody looked whose it is.
    """

    subject: str
    name: str
    groups: frozenset[str]
    verified: bool = True


def identity_of(claims: Mapping[str, Any], settings: OpenId) -> Identity:
    """`name` is empty where the claim is missing or no text."""
    name, groups = claims.get(settings.name_claim), claims.get(settings.groups_claim)
    listed = [groups] if isinstance(groups, str) else groups if isinstance(groups, list) else []
    return Identity(
        subject=hashlib.sha256(f"{settings.issuer}\0{claims['sub']}".encode()).hexdigest(),
        name=name if isinstance(name, str) else "",
        groups=frozenset(each for each in listed if isinstance(each, str)),
        verified=settings.name_claim != "email" or claims.get("email_verified") not in UNVERIFIED,
    )


def lacks(claims: Mapping[str, Any], settings: OpenId) -> bool:
    """Whether something that we look for is missing: some services tell it only when asked for it separately."""
    return settings.name_claim not in claims or bool(settings.roles and settings.groups_claim not in claims)
