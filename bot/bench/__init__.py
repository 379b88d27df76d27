"""Speed, side by side with a bare Rasa server, in one run on one machine."""
