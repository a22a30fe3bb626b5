"""Entities of Intuit's schema that the sandbox does not serve; they are known by name and hold nothing.

A query on one is answered "Metadata not found for Entity: TaxService" (recorded), not as a misspelt name is.
"""

from __future__ import annotations

from connectors.quickbooks.sandbox.entities.registry import BY_NAME

SCHEMA = """
    Account Attachable Bill BillPayment Budget ChargeCredit Class Company CompanyCurrency CompanyInfo
    ConvenienceFeeDetail CreditCardPayment CreditCardPaymentTxn CreditMemo Currency Customer CustomerMsg
    CustomerType CustomFieldDefinition Department Deposit EmailDeliveryInfo Employee Estimate ExchangeRate
    FixedAsset InventoryAdjustment InventorySite Invoice Item JobType JournalCode JournalEntry MasterAccount
    OtherName Payment PaymentMethod Preferences PriceLevel PriceLevelPerItem Purchase PurchaseOrder
    QbdtEntityIdMapping RecurringTransaction RefundReceipt ReimburseCharge SalesOrder SalesReceipt SalesRep
    ShipMethod StatementCharge Status SyncActivity Tag Task TaxAgency TaxClassification TaxCode TaxPayment
    TaxRate TaxReturn TaxService TDSMetadata TemplateName Term TimeActivity Transfer UOM User UserAlert Vendor
    VendorCredit VendorType
"""
UNSERVED = {name.casefold(): name for name in SCHEMA.split() if name not in BY_NAME}
