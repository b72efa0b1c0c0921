"""What libraries do, as data: one YAML file per library, described in README.md."""
