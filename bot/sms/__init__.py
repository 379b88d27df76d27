"""Text messages: what comes in, what goes out, and in which order."""
