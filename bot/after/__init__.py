"""After a conversation: follow-ups, evaluations of a service, and what is forgotten when."""
