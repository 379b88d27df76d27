"""The resident's web pages: templates, styles and scripts, and the code that fills them in."""
