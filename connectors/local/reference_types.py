"""What the reference schema's columns are made of on each database: exact numbers and moments in UTC."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from sqlalchemy import DateTime, Dialect, Numeric
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.functions import FunctionElement
from sqlalchemy.sql.type_api import TypeEngine
from sqlalchemy.types import TypeDecorator, UserDefinedType

MARIADB = ("mysql", "mariadb")
NOW = {
    "sqlite": "strftime('%Y-%m-%d %H:%M:%f', 'now') || '000'",  # milliseconds, in the width of SQLAlchemy's texts
    "postgresql": "clock_timestamp()",
    "mariadb": "UTC_TIMESTAMP(6)",
    "mysql": "UTC_TIMESTAMP(6)",
}


class Moment(DateTime):
    """A time in UTC to the microsecond."""

    def __init__(self) -> None:
        super().__init__(timezone=True)


@compiles(Moment, *MARIADB)
def _moment_mariadb(_type: Moment, _compiler: Any, **_options: Any) -> str:
    return "DATETIME(6)"  # not TIMESTAMP, which ends in 2038


class PresentMoment(FunctionElement[Any]):
    """The database's clock, in UTC whatever the time zone of the session."""

    inherit_cache = True


@compiles(PresentMoment)
def _present_moment(_element: PresentMoment, compiler: Any, **_options: Any) -> str:
    return f"({NOW[compiler.dialect.name]})"


class _SqliteNumeric(UserDefinedType[Any]):
    """A column that turns every number, and every text that is one, into a number."""

    cache_ok = True

    def get_col_spec(self, **_options: Any) -> str:
        return "NUMERIC"


class Exact(TypeDecorator[Decimal]):
    """A decimal number of up to 15 digits.

    SQLite keeps it as a whole number or a double; the shortest spelling of a double is exact up to 15 digits.
    """

    impl = Numeric
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        if dialect.name == "sqlite":
            return dialect.type_descriptor(_SqliteNumeric())
        return dialect.type_descriptor(self.impl_instance)

    def process_bind_param(self, value: Any, dialect: Dialect) -> Any:
        return str(value) if value is not None and dialect.name == "sqlite" else value

    def process_result_value(self, value: Any, dialect: Dialect) -> Decimal | None:  # noqa: ARG002 - SQLAlchemy's
        return None if value is None else Decimal(str(value))
