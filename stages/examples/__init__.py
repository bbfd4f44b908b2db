"""The data that lies between two stages: the table of examples, the encoded arrays, their descriptions."""
