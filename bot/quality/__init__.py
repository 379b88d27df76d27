"""How well messages are understood, measured on the committed test sets."""
