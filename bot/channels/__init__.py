"""Channels: the form of a carrier or a browser ⇄ the same Inbound and Reply."""
