"""The verbs of a collection, by what they do; ``Collection`` inherits all of them."""
