"""AccountType, its Classification, and its sub-types with the default first (qbo-facts 2.2)."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class AccountType:
    """A type of account: its Classification and its sub-types; the first is the default."""

    classification: str
    subtypes: tuple[str, ...]


EXPENSES = (
    "Travel AdvertisingPromotional Auto BadDebts BankCharges CharitableContributions CommissionsAndFees CostOfLabor "
    "DuesSubscriptions EntertainmentMeals Entertainment EquipmentRental FinanceCosts Insurance InterestPaid "
    "LegalProfessionalFees OfficeGeneralAdministrativeExpenses OtherBusinessExpenses OtherMiscellaneousServiceCost "
    "PayrollExpenses PromotionalMeals RentOrLeaseOfBuildings RepairMaintenance ShippingFreightDelivery "
    "SuppliesMaterials TaxesPaid TravelMeals Utilities UnappliedCashBillPaymentExpense"
)
ACCOUNT_TYPES = {
    "Bank": AccountType(
        "Asset", ("CashOnHand", "Checking", "Savings", "MoneyMarket", "RentsHeldInTrust", "TrustAccounts")
    ),
    "Other Current Asset": AccountType(
        "Asset",
        (
            "EmployeeCashAdvances",
            "AllowanceForBadDebts",
            "Inventory",
            "LoansToOfficers",
            "LoansToOthers",
            "LoansToStockholders",
            "OtherCurrentAssets",
            "PrepaidExpenses",
            "Retainage",
            "UndepositedFunds",
        ),
    ),
    "Fixed Asset": AccountType(
        "Asset",
        (
            "FurnitureAndFixtures",
            "AccumulatedDepreciation",
            "Buildings",
            "Land",
            "LeaseholdImprovements",
            "MachineryAndEquipment",
            "OtherFixedAssets",
            "Vehicles",
        ),
    ),
    "Other Asset": AccountType("Asset", ("Licenses", "Goodwill", "OtherLongTermAssets", "SecurityDeposits")),
    "Accounts Receivable": AccountType("Asset", ("AccountsReceivable",)),
    "Accounts Payable": AccountType("Liability", ("AccountsPayable",)),
    "Credit Card": AccountType("Liability", ("CreditCard",)),
    "Other Current Liability": AccountType(
        "Liability",
        (
            "OtherCurrentLiabilities",
            "DirectDepositPayable",
            "GlobalTaxPayable",
            "LineOfCredit",
            "LoanPayable",
            "PayrollTaxPayable",
            "PayrollClearing",
            "SalesTaxPayable",
            "TrustAccountsLiabilities",
            "UndistributedTips",
        ),
    ),
    "Long Term Liability": AccountType(
        "Liability",
        ("NotesPayable", "OtherLongTermLiabilities", "ShareholderNotesPayable"),
    ),
    "Equity": AccountType(
        "Equity",
        (
            "OpeningBalanceEquity",
            "CommonStock",
            "OwnersEquity",
            "PaidInCapitalOrSurplus",
            "PartnerContributions",
            "PartnerDistributions",
            "PartnersEquity",
            "PreferredStock",
            "RetainedEarnings",
            "TreasuryStock",
        ),
    ),
    "Income": AccountType(
        "Revenue",
        (
            "OtherPrimaryIncome",
            "DiscountsRefundsGiven",
            "NonProfitIncome",
            "SalesOfProductIncome",
            "ServiceFeeIncome",
            "UnappliedCashPaymentIncome",
        ),
    ),
    "Other Income": AccountType(
        "Revenue",
        ("OtherInvestmentIncome", "DividendIncome", "InterestEarned", "OtherMiscellaneousIncome", "TaxExemptInterest"),
    ),
    "Expense": AccountType("Expense", tuple(EXPENSES.split())),
    "Other Expense": AccountType(
        "Expense",
        ("Depreciation", "Amortization", "ExchangeGainOrLoss", "OtherMiscellaneousExpense", "PenaltiesSettlements"),
    ),
    "Cost of Goods Sold": AccountType(
        "Expense",
        (
            "SuppliesMaterialsCogs",
            "CostOfLaborCos",
            "EquipmentRentalCos",
            "OtherCostsOfServiceCos",
            "ShippingFreightDeliveryCos",
        ),
    ),
}


def type_of(subtype: str) -> str | None:
    """Return the AccountType a sub-type belongs to."""
    return next((name for name, one in ACCOUNT_TYPES.items() if subtype in one.subtypes), None)
