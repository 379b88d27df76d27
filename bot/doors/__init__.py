"""Front doors: the services that the helpline answers for. Data in doors/, not code."""
