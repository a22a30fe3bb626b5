"""The error table as an operator sees it in a browser: what was asked for, what an order would do, who was faster."""
