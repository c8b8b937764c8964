"""Makers of evidence, written from the published specifications alone."""
