"""Phone calls: languages, speech, pages for the carrier, transfers."""
