"""The work of a service's own case-workers: cases that people have agreed to pass on, and nothing else of them."""
