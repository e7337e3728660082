"""The whole system on one machine: an embedded cloud that runs the very template.yaml."""
