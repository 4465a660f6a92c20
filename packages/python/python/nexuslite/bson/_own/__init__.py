"""BSON's types where pymongo is not installed: the same names, equality, hash, order, text and pickles."""
