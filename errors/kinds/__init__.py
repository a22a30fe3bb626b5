"""Every kind of error Cuadre knows: one class each, in the file of its sort. A new kind is one class and its line here.

`kind` says what a kind is; `rows`, `names`, `documents` and `moments` hold them.
"""

from errors.kinds.documents import (
    AccountMissing as AccountMissing,
    AccountRefused as AccountRefused,
    AccountTypeWrong as AccountTypeWrong,
    AlreadyVoided as AlreadyVoided,
    ChangedInQuickBooks as ChangedInQuickBooks,
    CurrencyRefused as CurrencyRefused,
    DeletedInQuickBooks as DeletedInQuickBooks,
    Deposited as Deposited,
    DuplicateNumber as DuplicateNumber,
    DuplicateOwnNumber as DuplicateOwnNumber,
    FieldRefused as FieldRefused,
    InactiveReference as InactiveReference,
    LinkRefused as LinkRefused,
    MatchedWithBank as MatchedWithBank,
    NameListBusy as NameListBusy,
    NotPermitted as NotPermitted,
    NotUnderstood as NotUnderstood,
    PaymentMethodNotCreditCard as PaymentMethodNotCreditCard,
    PaymentMethodUnknown as PaymentMethodUnknown,
    PeriodClosed as PeriodClosed,
    RefusedByQuickBooks as RefusedByQuickBooks,
    SettledByQuickBooksPayments as SettledByQuickBooksPayments,
    TaxCodeMissing as TaxCodeMissing,
    TotalsDiffer as TotalsDiffer,
)
from errors.kinds.kind import KINDS as KINDS, Action as Action, Category as Category, Kind as Kind, Verb as Verb
from errors.kinds.moments import (
    AppRefused as AppRefused,
    CompanyReset as CompanyReset,
    ConnectedElsewhere as ConnectedElsewhere,
    ConnectionLost as ConnectionLost,
    ConsentFailed as ConsentFailed,
    DifferentCompany as DifferentCompany,
    InternalFailure as InternalFailure,
    OutcomeUnknown as OutcomeUnknown,
    QuickBooksFailed as QuickBooksFailed,
    QuickBooksUnavailable as QuickBooksUnavailable,
    SourceBroken as SourceBroken,
    SourceUnavailable as SourceUnavailable,
    SubscriptionEnded as SubscriptionEnded,
    Throttled as Throttled,
    WrittenByAnotherVersion as WrittenByAnotherVersion,
)
from errors.kinds.names import (
    CustomerAmbiguous as CustomerAmbiguous,
    CustomerInactive as CustomerInactive,
    CustomerNameTaken as CustomerNameTaken,
    CustomerNotFound as CustomerNotFound,
    ServiceAccountWrong as ServiceAccountWrong,
    ServiceAmbiguous as ServiceAmbiguous,
    ServiceDeleted as ServiceDeleted,
    ServiceInactive as ServiceInactive,
    ServiceNameTaken as ServiceNameTaken,
    ServiceNotFound as ServiceNotFound,
)
from errors.kinds.rows import (
    InvalidField as InvalidField,
    LinesDoNotAddUp as LinesDoNotAddUp,
    MissingExchangeRate as MissingExchangeRate,
    NumberTooLong as NumberTooLong,
    RowVanished as RowVanished,
    ServiceMissingOnLine as ServiceMissingOnLine,
    TextRefused as TextRefused,
    UnknownLocalCustomer as UnknownLocalCustomer,
    UnknownLocalInvoice as UnknownLocalInvoice,
    UnknownLocalPayment as UnknownLocalPayment,
    UnknownLocalService as UnknownLocalService,
)
