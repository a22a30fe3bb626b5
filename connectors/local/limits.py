"""The longest texts and largest amounts that an accounting system takes; characters, after cutting blank ends.

Source: qbo-facts sections 2.1 to 2.3 (the strictest target so far sets the limit).
"""

from __future__ import annotations

from decimal import Decimal

CUSTOMER_NAME = 500  # QBO: DisplayName
SERVICE_NAME = 100  # QBO: Item.Name
COMPANY_NAME = 100
PERSON_NAME = 100  # QBO: GivenName, FamilyName
EMAIL = 100
PHONE = 30
NOTES = 2000
DESCRIPTION = 4000  # QBO: Item.Description and Line.Description
MEMO = 4000  # QBO: PrivateNote
NUMBER = 21  # QBO: DocNumber
PAYMENT_REFERENCE = 21  # QBO: Payment.PaymentRefNum
REFUND_REFERENCE = 100  # QBO: RefundReceipt.PaymentRefNum
ACCOUNT_NAME = 100
METHOD = 100  # a local word, mapped to one of QBO's payment methods by configuration
ADDRESS_LINE = 500
ADDRESS_PART = 255
POSTAL_CODE = 30

NAME_REFUSES = ":\t\n\r"  # QBO: DisplayName and Item.Name
AMOUNT = Decimal("99999999999.99")  # QBO: UnitPrice
