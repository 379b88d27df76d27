"""Those who work at the helpline: their accounts, what each may do, and the record of what each has seen."""
