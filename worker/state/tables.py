"""The spine, one row for each local record of each company; the links to QuickBooks, cursors, leases and ticks."""

from __future__ import annotations

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Column,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    UniqueConstraint,
    text,
)

from errors.tables import Money, UtcDateTime, Words

metadata = MetaData()

items = Table(
    "items",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("company", String(64), nullable=False),
    Column("kind", String(16), nullable=False),
    Column("local_id", String(255), nullable=False),
    Column("generation", Integer, nullable=False, server_default=text("0")),  # grows when re-created by order
    Column("state", String(16), nullable=False),
    Column("version", String(64), nullable=False),  # hash of the local row as last detected
    Column("sent_version", String(64)),  # the version that is under way: a row changed meanwhile is not lost
    Column("operation", String(8)),  # create | update | void, once prepared
    Column("fingerprint", String(64)),  # hash of the neutral document that `body` says
    Column("body", Text),  # the exact bytes that leave
    Column("request_id", String(50)),  # QBO: requestid at most 50 characters, qbo-facts section 1.4
    Column("bid", String(10)),  # its name in the batch that `request_id` names; none when it left alone
    Column("label", Words, nullable=False, default=""),
    Column("customer_id", String(255), nullable=False, server_default=""),  # local id
    Column("customer", Words, nullable=False, default=""),
    Column("number", String(64), nullable=False, server_default=""),
    Column("job", String(64), nullable=False, server_default=""),  # the job that numbered it, when one did
    Column("number_override", String(64)),  # ordered by a person, where the local books cannot be written
    Column("number_replaced", String(64)),  # what it stands for: another number in the local books ends it
    Column("amount", Money),
    Column("currency", String(3), nullable=False, server_default=""),
    Column("error_id", Integer),  # the error that holds it, or held it last
    Column("attempts", Integer, nullable=False, server_default=text("0")),
    Column("not_before", UtcDateTime),
    Column("seen_at", UtcDateTime, nullable=False),
    Column("changed_at", UtcDateTime, nullable=False),
    UniqueConstraint("company", "kind", "local_id", name="items_record"),
    Index("items_due", "company", "state", "kind", "not_before"),
    Index("items_error", "error_id"),
    Index("items_number", "company", "kind", "number"),
    Index("items_customer", "company", "customer_id"),
)

links = Table(
    "links",
    metadata,
    Column("company", String(64), primary_key=True),
    Column("kind", String(16), primary_key=True),
    Column("local_id", String(255), primary_key=True),
    Column("generation", Integer, primary_key=True),
    Column("realm_id", String(32), primary_key=True),  # ids of one QuickBooks company mean nothing in another
    Column("target_id", String(32), nullable=False),
    Column("version", String(16), nullable=False),  # QBO: SyncToken
    Column("number", String(64), nullable=False, server_default=""),
    Column("total", Money),
    Column("fingerprint", String(64), nullable=False),  # of the document that QuickBooks last took
    Column("body", Text, nullable=False),  # what we last sent: compared when somebody else changed it
    Column("adopted", Boolean, nullable=False),  # it was there before us
    Column("removed", Boolean, nullable=False),  # voided or deleted, by our order
    Column("linked_at", UtcDateTime, nullable=False),
    Index("links_target", "company", "kind", "target_id"),
)

cursors = Table(
    "cursors",
    metadata,
    Column("company", String(64), primary_key=True),
    Column("kind", String(16), primary_key=True),
    Column("cursor", JSON, nullable=False),
)

leases = Table(
    "leases",
    metadata,
    Column("company", String(64), primary_key=True),
    Column("owner", String(128), nullable=False),  # empty: given back
    Column("fence", Integer, nullable=False),  # grows at every change of owner
    Column("expires_at", UtcDateTime, nullable=False),
    Column("history", JSON(none_as_null=True)),  # the calls before it was given back: they count against the limits
)

runs = Table(
    "runs",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("company", String(64), nullable=False),
    Column("started_at", UtcDateTime, nullable=False),
    Column("finished_at", UtcDateTime, nullable=False),
    Column("posted", JSON, nullable=False),  # kind -> documents written
    Column("linked", Integer, nullable=False),
    Column("held", Integer, nullable=False),
    Column("waiting", Integer, nullable=False),
    Column("calls", Integer, nullable=False),
    Column("halted", String(64)),  # code of the kind that stopped it
    Index("runs_latest", "company", "id"),
    Index("runs_finished", "finished_at"),
)

number_ranges = Table(
    "number_ranges",
    metadata,
    Column("company", String(64), primary_key=True),
    Column("kind", String(16), primary_key=True),
    Column("year", Integer, primary_key=True),
    Column("format", String(100), nullable=False),
    Column("last", BigInteger, nullable=False),  # the counter that was drawn last
    Column("changed_at", UtcDateTime, nullable=False),
    Column("changed_by", Words, nullable=False),
)

# Every counter that was ever drawn or left out has a row: that is what explains a gap (promise B7).
drawn_numbers = Table(
    "drawn_numbers",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("company", String(64), nullable=False),
    Column("kind", String(16), nullable=False),
    Column("year", Integer, nullable=False),
    Column("counter", BigInteger, nullable=False),
    Column("up_to", BigInteger, nullable=False),  # the same, but for a stretch that a person left out
    Column("number", String(64), nullable=False),
    Column("state", String(16), nullable=False),  # reserved | released | passed
    Column("owner", String(300), nullable=False),  # "invoice 17", or who asked for it
    Column("reason", Words, nullable=False, server_default=""),
    Column("drawn_at", UtcDateTime, nullable=False),
    Column("expires_at", UtcDateTime),  # none: it belongs to a document
    Index("drawn_numbers_owner", "company", "kind", "owner", "state"),
    Index("drawn_numbers_number", "company", "kind", "number"),
    Index("drawn_numbers_counter", "company", "kind", "year", "counter"),
)

# --- the console ------------------------------------------------------------------------------------------------------

users = Table(
    "users",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("name", String(64), nullable=False, unique=True),
    Column("password", String(200), nullable=False),  # argon2id
    Column("signs_in", String(16), nullable=False, server_default="password"),  # password | openid | group
    Column("subject", String(255), nullable=False, server_default=""),  # who it is to the sign-in service, once seen
    Column("once", Boolean, nullable=False),  # a one-time password: another is chosen at the first sign-in
    Column("role", String(16), nullable=False),
    Column("language", String(8), nullable=False, server_default=""),  # empty: what the browser asks for
    Column("theme", String(8), nullable=False, server_default=""),  # empty: what the machine prefers
    Column("created_at", UtcDateTime, nullable=False),
    Column("seen_at", UtcDateTime),
    sqlite_autoincrement=True,  # the number of a user who was removed never names another
)

sessions = Table(
    "sessions",
    metadata,
    Column("mark", String(64), primary_key=True),  # keyed hash of the cookie: this table alone opens no session
    Column("user_id", Integer, ForeignKey("users.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("began_at", UtcDateTime, nullable=False),
    Column("ends_at", UtcDateTime, nullable=False),
)

sign_ins = Table(  # tries that failed, or are being looked at just now: what guessing is slowed down by
    "sign_ins",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("name", String(64), nullable=False),
    Column("address", String(64), nullable=False),
    Column("at", UtcDateTime, nullable=False),
    Index("sign_ins_by_name", "name", "at"),
    Index("sign_ins_by_address", "address", "at"),
)

openid_starts = Table(  # sign-ins that a reader began at the sign-in service and did not end yet
    "openid_starts",
    metadata,
    Column("mark", String(64), primary_key=True),  # keyed hash of the cookie of whoever began it
    Column("address", String(64), nullable=False),
    Column("back", Text, nullable=False),
    Column("at", UtcDateTime, nullable=False),
    Index("openid_starts_by_address", "address", "at"),
)

deeds = Table(  # what people did besides ordering something for an error: the other half of the audit
    "deeds",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("at", UtcDateTime, nullable=False),
    Column("by", Words, nullable=False),
    Column("act", String(32), nullable=False),
    Column("subject", Words, nullable=False, server_default=""),  # whom or what it was about
    Column("value", Words, nullable=False, server_default=""),
    Column("company", String(64), nullable=False, server_default=""),
    Column("why", Words, nullable=False, server_default=""),
    Index("deeds_at", "at", "id"),
    sqlite_autoincrement=True,
)

decisions = Table(  # what a person decided about a record or a word, which holds until they decide otherwise
    "decisions",
    metadata,
    Column("company", String(64), primary_key=True),
    Column("about", String(16), primary_key=True),  # a kind of record, or payment-method
    Column("key", String(255), primary_key=True),  # its local id, or the word
    Column("matter", String(16), primary_key=True),
    Column("realm_id", String(32), nullable=False, server_default=""),  # of the QuickBooks company that it is about
    Column("value", Words, nullable=False, server_default=""),
    Column("instead_of", Words, nullable=False, server_default=""),  # holds while the local books still say this
    Column("error_id", Integer, nullable=False),  # for which it was decided
    Column("by", Words, nullable=False),
    Column("why", Words, nullable=False, server_default=""),
    Column("at", UtcDateTime, nullable=False),
)

wishes = Table(  # what people want of the daemon, company by company
    "wishes",
    metadata,
    Column("company", String(64), primary_key=True),
    Column("paused_at", UtcDateTime),
    Column("paused_by", Words, nullable=False, server_default=""),
    Column("why", Words, nullable=False, server_default=""),
    Column("wanted_at", UtcDateTime),  # a look is wanted now
    Column("wanted_by", Words, nullable=False, server_default=""),
)
