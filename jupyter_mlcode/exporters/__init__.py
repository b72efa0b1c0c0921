"""Pipeline -> files: exporters turn it into a `Bundle` in memory, `write` puts one on the disk."""
