"""The tables themselves, grouped by what they describe; `directory_client.models` gathers them."""
