"""The vault: the sealed list, kits, the ledger, and the one door to unblinded records.

Nothing that analyses or reports can import it. How the list was made leaves it as plain data
(`equipoise.records.AllocationAccount`).
"""
