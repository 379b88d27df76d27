"""What the desk asks the gateway: the queue, conversations in two languages, speaking, notes, searching, closing."""
