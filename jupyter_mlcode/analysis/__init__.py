"""Cells to facts: what every top-level statement reads, binds, changes and does to the world.

Nothing of the notebook runs. `evaluate` interprets the syntax tree over abstract values
(`values`), with library knowledge as data (`knowledge`), in notebook order; `session` keeps
the result per cell, so that an edit re-analyses only what it can change.
"""
