"""The report of a run: what it found, as one page of HTML that stands alone."""
