# One line per model, in alphabetical order.
