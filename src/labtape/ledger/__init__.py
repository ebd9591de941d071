"""The ledger of claims: what articles say of shares and volumes, held against what other articles have said before."""
