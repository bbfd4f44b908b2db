"""The types, ranges and meaning of every parameter, one module a section; free of TensorFlow."""
