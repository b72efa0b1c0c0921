"""Facts and tags to a stage graph: who made what each statement reads, and which stage must hand it over.

`flow` links every reader to the last writer in one pass; `project` keeps of the notebook what a
stage needs; `files` orders stages that meet in a file; `connect` puts the pipeline together.
"""
