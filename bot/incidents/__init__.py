"""Anonymous reports at doors that take them: written down for people at the counter, counted for those in charge."""
