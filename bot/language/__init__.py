"""Language: which one a person writes, the fixed sentences in it, and machine translation of the rest."""
