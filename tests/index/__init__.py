"""Tests of datagit.index."""
