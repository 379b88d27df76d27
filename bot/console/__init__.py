"""The specialists' web pages: the desk, and the layout that the pages of staff and floor extend."""
