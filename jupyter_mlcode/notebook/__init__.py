"""From an .ipynb file to a `Notebook`; the only room that knows nbformat, tags and magics."""
