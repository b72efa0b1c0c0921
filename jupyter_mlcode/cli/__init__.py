"""The command line: parse, call `api`, print. One file per verb."""
