from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.support.quickbooks_desk import close_all


@pytest.fixture(autouse=True)
def closed_stores() -> Iterator[None]:
    """No test leaves a database connection to the garbage collector."""
    yield
    close_all()
