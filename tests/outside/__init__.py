"""Exhibit seen from outside: evidence made from the specifications, and what the program must say of it."""
