"""A door's questions: asked one at a time, in any channel and language. The machine is pure; storing is apart."""
