"""Tests of datagit.merge."""
