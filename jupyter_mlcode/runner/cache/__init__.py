"""Results of stages that need not be computed again: what they depend on, where they are kept, when they count.

components   everything that a stage's result depends on, by kind: what is hashed is also what `status` compares
decide       whether a stage runs, and why
store        results by the hash of what they depend on; shared between checkouts if asked
restore      puts results back where a run leaves them
"""
