"""What QuickBooks holds, kept in the state database: reads are metered (qbo-facts section 6), and most ask the same."""
