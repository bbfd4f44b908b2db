"""Reading of raw tables: files, cells, roles of columns, faults, the audit and the profile."""
