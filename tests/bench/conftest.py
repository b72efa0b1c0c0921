"""Nothing in this folder is collected: these are programs, run by hand or by `make bench`."""

collect_ignore_glob = ["*.py"]
