"""What a pipeline folder remembers on this machine: hashes of files, past runs. It can be deleted at any time."""
