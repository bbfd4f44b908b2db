"""The sections of the report: each takes what is known of the run and returns its blocks, or None."""
